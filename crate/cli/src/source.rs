//! The text a person names on the command line: a file, packed or not, standard input, or an example.
//!
//! The rule: whatever cannot be read as text is one message that begins with its name.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
};

use flate2::bufread::MultiGzDecoder;
use interleave_playground::{
    self as playground,
    batch::{Batch, Place, Problem, Severity, input::Read as ReadBatch},
    contracts::Contracts,
    gallery,
    limits::FILE_BYTES,
    report::ContractFile,
};

/// Names of batches that a message shows at the most.
const NAMES: usize = 8;

/// Why there is nothing to show, and of which file.
pub type Refused = (String, Vec<Problem>);

/// The text of the file `name`, or of standard input for `-`.
///
/// Where there is no such file, the example of that name.
pub fn read(name: &str) -> Result<String, Problem> {
    match bytes(name) {
        Ok(bytes) => text(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            example(name).ok_or_else(|| Problem::error(error.to_string()))
        }
        Err(error) => Err(Problem::error(error.to_string())),
    }
}

/// The text of the file `name`, or of standard input for `-`, and never an example.
pub fn file(name: &str) -> Result<String, Problem> {
    let bytes = bytes(name).map_err(|error| Problem::error(error.to_string()))?;
    text(bytes)
}

fn bytes(name: &str) -> io::Result<Vec<u8>> {
    match name {
        "-" => unpacked(&mut io::stdin().lock()),
        _ => File::open(name).and_then(|file| unpacked(&mut BufReader::new(file))),
    }
}

fn text(bytes: Vec<u8>) -> Result<String, Problem> {
    if bytes.len() as u64 > FILE_BYTES {
        let most = FILE_BYTES >> 20;
        return Err(Problem::error(format!(
            "the text is larger than {most} MB, and no more is read; lines of batches can be split into several files"
        )));
    }
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let place = Place::after(&String::from_utf8_lossy(before));
        Problem::error("not a text: this is not UTF-8").at(place)
    })
}

/// All batches of what `name` names; a single error where it is no text.
pub fn batches(name: &str, contracts: &Contracts) -> Vec<ReadBatch> {
    match read(name) {
        Ok(text) => playground::read(&text, contracts),
        Err(problem) => vec![Err(vec![problem])],
    }
}

/// The contracts of the examples and of these files; one that cannot be read is an error.
pub fn contracts(names: &[String]) -> Result<Contracts, Refused> {
    let mut files = Vec::new();
    for name in names {
        let text = file(name).map_err(|problem| (name.clone(), vec![problem]))?;
        let name = name.clone();
        files.push(ContractFile { name, text });
    }
    let (contracts, problems) = playground::contracts(&files);
    match problems.is_empty() {
        true => Ok(contracts),
        false => Err(("contracts".into(), problems)),
    }
}

fn example(name: &str) -> Option<String> {
    let examples = gallery::examples();
    let example = examples.into_iter().find(|example| example.id == name)?;
    Some(example.script)
}

/// All bytes of `input`, unpacked where they are gzipped.
fn unpacked(input: &mut dyn BufRead) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more than the limit tells that there is more.
    if input.fill_buf()?.starts_with(&[0x1f, 0x8b]) {
        let mut unpacked = MultiGzDecoder::new(input).take(FILE_BYTES + 1);
        let read = unpacked.read_to_end(&mut bytes);
        read.map_err(|error| {
            let what = match error.kind() {
                io::ErrorKind::UnexpectedEof => "the gzip data ends too early".to_owned(),
                _ => format!("the gzip data is damaged: {error}"),
            };
            let after = bytes.len();
            io::Error::new(error.kind(), format!("{what}, after {after} bytes of text"))
        })?;
    } else {
        input.take(FILE_BYTES + 1).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// The batch that `case` names, or the only one.
pub fn chosen(
    mut read: Vec<ReadBatch>,
    case: Option<&str>,
) -> Result<(Batch, Vec<Problem>), Vec<Problem>> {
    let names = || {
        let readable = read.iter().enumerate().filter_map(|(place, read)| {
            let (batch, _) = read.as_ref().ok()?;
            Some(format!("{} ({})", place + 1, batch.title))
        });
        let names: Vec<_> = readable.take(NAMES).collect();
        let more = if read.len() > NAMES { ", …" } else { "" };
        names.join(", ") + more
    };
    let Some(case) = case else {
        if read.len() == 1 {
            return read.remove(0);
        }
        return Err(vec![Problem::error(format!(
            "this holds {} batches; choose one with --case: {}",
            read.len(),
            names()
        ))]);
    };
    let number = case.parse::<usize>().ok().and_then(|it| it.checked_sub(1));
    let named = |read: &ReadBatch| matches!(read, Ok((batch, _)) if batch.title == case);
    let place = number.or_else(|| read.iter().position(named));
    match place.filter(|place| *place < read.len()) {
        Some(place) => read.swap_remove(place),
        None => Err(vec![Problem::error(format!(
            "there is no case `{case}`; there are {}",
            names()
        ))]),
    }
}

/// `FILE:line:column: error: message`, the form editors and other tools recognise.
///
/// A problem that is in a file of contracts names that file.
pub fn diagnostic(name: &str, problem: &Problem) -> String {
    let name = problem.file.as_deref().unwrap_or(name);
    let severity = match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    match problem.place {
        Some(place) => format!(
            "{name}:{}:{}: {severity}: {}",
            place.line, place.column, problem.message
        ),
        None => format!("{name}: {severity}: {}", problem.message),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    #[test]
    fn packed_and_plain_text_are_read_alike() {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all("a block".as_bytes()).unwrap();
        let packed = packed.finish().unwrap();
        for bytes in [&packed[..], b"a block"] {
            assert_eq!(unpacked(&mut &bytes[..]).unwrap(), b"a block");
        }
        let cut = unpacked(&mut &packed[..packed.len() - 3]).unwrap_err();
        assert_eq!(
            cut.to_string(),
            "the gzip data ends too early, after 7 bytes of text"
        );
        let mut damaged = packed.clone();
        damaged[12] ^= 0xff;
        let message = unpacked(&mut &damaged[..]).unwrap_err().to_string();
        assert!(
            message.starts_with("the gzip data is damaged: "),
            "{message}"
        );
    }

    #[test]
    fn more_than_the_limit_is_refused_before_all_of_it_is_read() {
        let mut endless = io::BufReader::new(io::repeat(b' '));
        assert_eq!(unpacked(&mut endless).unwrap().len() as u64, FILE_BYTES + 1);
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        io::copy(&mut io::repeat(b'[').take(FILE_BYTES + 9), &mut packed).unwrap();
        let packed = packed.finish().unwrap();
        assert_eq!(
            unpacked(&mut &packed[..]).unwrap().len() as u64,
            FILE_BYTES + 1
        );
    }

    #[test]
    fn a_diagnostic_names_file_line_and_column() {
        let place = Place::after("one\ntwö");
        assert_eq!(
            diagnostic("x.rhai", &Problem::error("no").at(place)),
            "x.rhai:2:4: error: no"
        );
        assert_eq!(diagnostic("-", &Problem::error("no")), "-: error: no");
        assert_eq!(
            diagnostic("x.rhai", &Problem::error("no").of("A.json").at(place)),
            "A.json:2:4: error: no"
        );
    }

    #[test]
    fn an_example_is_found_by_name() {
        assert!(read("transfer-chain").unwrap().contains("transfer("));
    }

    #[test]
    fn a_missing_file_says_so() {
        let problem = read("/no/such/file").unwrap_err();
        assert!(problem.message.contains("No such file"), "{problem:?}");
    }
}
