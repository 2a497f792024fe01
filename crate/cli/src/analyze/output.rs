//! Where the lines of `interleave analyze` go: standard output, or a file that is gone on with.
//!
//! The rule: a line is there as a whole or not at all. One that was cut off when the command was ended
//! is taken away before more is written, and its batch is done again.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{File, OpenOptions},
    io::{self, BufRead, BufReader, Seek, SeekFrom, Write},
};

use serde::Deserialize;
use serde_json::Value;

/// The name of standard input, which cannot be known again.
const INPUT: &str = "-";

/// Lines as they are written, and what was there before.
pub struct Output {
    sink: Box<dyn Write>,
    /// Of each file, how many batches it holds and which of them have a line.
    done: BTreeMap<String, (usize, BTreeSet<usize>)>,
    /// Does a line of before say that something could not be read?
    pub problems: bool,
}

/// What of a line tells which batch it is about.
#[derive(Deserialize)]
struct Line {
    file: String,
    batch: usize,
    batches: usize,
    #[serde(default)]
    problems: Vec<Value>,
}

impl Output {
    /// Standard output, which has nothing yet.
    pub fn standard() -> Self {
        Self::to(io::stdout())
    }

    fn to(sink: impl Write + 'static) -> Self {
        Self {
            sink: Box::new(sink),
            done: BTreeMap::new(),
            problems: false,
        }
    }

    /// Goes on with the file of this name, which is made where there is none.
    pub fn file(name: &str) -> Result<Self, String> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(name)
            .map_err(|error| error.to_string())?;
        let mut before = Self::to(io::sink());
        let whole = before.read(&file)?;
        let cut = file
            .set_len(whole)
            .and_then(|()| file.seek(SeekFrom::End(0)));
        cut.map_err(|error| error.to_string())?;
        before.sink = Box::new(file);
        Ok(before)
    }

    /// Learns what the lines of `file` say; returns where the last whole one ends.
    fn read(&mut self, file: &File) -> Result<u64, String> {
        let mut file = BufReader::new(file);
        let mut whole = 0;
        let mut bytes = Vec::new();
        for number in 1_usize.. {
            bytes.clear();
            let read = file.read_until(b'\n', &mut bytes);
            read.map_err(|error| error.to_string())?;
            if bytes.last() != Some(&b'\n') {
                break;
            }
            let line: Line = serde_json::from_slice(&bytes).map_err(|error| {
                format!("line {number} is none that `analyze` writes ({error}); name another file")
            })?;
            self.problems |= !line.problems.is_empty();
            let (of, done) = self.done.entry(line.file).or_default();
            *of = line.batches;
            done.insert(line.batch);
            whole += bytes.len() as u64;
        }
        Ok(whole)
    }

    /// Has every batch of this file a line, so that it need not be read?
    pub fn has_all(&self, file: &str) -> bool {
        let done = self.done.get(file).filter(|_| file != INPUT);
        done.is_some_and(|(of, done)| done.len() == *of)
    }

    /// Has this batch of the file a line, counted from 1?
    pub fn has(&self, file: &str, batch: usize) -> bool {
        let done = self.done.get(file).filter(|_| file != INPUT);
        done.is_some_and(|(_, done)| done.contains(&batch))
    }

    /// Writes a line.
    pub fn say(&mut self, line: &Value) -> io::Result<()> {
        self.sink.write_all(format!("{line}\n").as_bytes())?;
        self.sink.flush()
    }
}
