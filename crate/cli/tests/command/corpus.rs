//! A corpus of blocks: gone on with where it was ended, and within bounds of memory.

use std::{collections::BTreeSet, fs, path::PathBuf};

use serde_json::Value;

use super::{block, interleave};

/// A folder that is there for one test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("interleave-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).expect("a folder for a while");
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        let path = self.0.join(name);
        path.to_str().expect("a name of text").to_owned()
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::write(&path, text).expect("a file for a while");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).expect("it was made");
    }
}

#[test]
fn a_corpus_is_gone_on_with_where_it_was_ended() {
    let folder = Folder::new("corpus");
    let many = folder.file("many.jsonl", &format!("{}\n{{\n{}\n", block(), block()));
    let one = folder.file("one.json", &block().to_string());
    let into = folder.path("lines.jsonl");
    let analyze = || {
        interleave(
            &["analyze", &many, "no-such-file", &one, "--into", &into],
            "",
        )
    };
    let read = || fs::read_to_string(&into).expect("it was written");

    let call = analyze();
    assert_eq!(
        (call.status, call.output.as_str()),
        (2, ""),
        "{}",
        call.error
    );
    let whole = read();
    let of = |line: &str| {
        let line: Value = serde_json::from_str(line).expect("an object a line");
        let bad = line["problems"].is_array();
        (line["file"].to_string(), line["batch"].as_u64(), bad)
    };
    let lines: Vec<_> = whole.lines().map(of).collect();
    let bad: Vec<_> = lines.iter().map(|it| it.2).collect();
    assert_eq!(bad, [false, true, false, true, false], "{whole}");

    // Ended in the middle of any line: what is missing is added, and nothing twice.
    for cut in (0..whole.len()).step_by(97) {
        fs::write(&into, &whole[..cut]).expect("a file for a while");
        assert_eq!(analyze().status, 2);
        assert_eq!(read(), whole, "cut after {cut} bytes");
    }
    // Nothing is left to do, and what could not be read still could not.
    assert_eq!(analyze().status, 2);
    assert_eq!(read(), whole);
    let distinct: BTreeSet<_> = lines.into_iter().collect();
    assert_eq!(distinct.len(), 5);
}

#[test]
fn a_file_of_something_else_is_not_written_to() {
    let folder = Folder::new("elsewhere");
    let script = "// A script\nlet a = 1;\n";
    let into = folder.file("mine.rhai", script);
    let call = interleave(&["analyze", "hot-counter", "--into", &into], "");
    assert_eq!(call.status, 2);
    assert!(
        call.error
            .contains("mine.rhai: error: line 1 is none that `analyze` writes"),
        "{}",
        call.error
    );
    assert_eq!(fs::read_to_string(&into).expect("it is there"), script);
}

/// The text of all files together is many times what the process may use.
#[test]
#[cfg(target_os = "linux")]
fn the_memory_that_a_corpus_takes_is_that_of_its_largest_file() {
    const MOST_KIB: usize = 400_000;
    let folder = Folder::new("memory");
    let space = " ".repeat(20_000_000);
    let file = folder.file("wide.json", &format!("{}{space}", block()));
    let files = vec![file.as_str(); 40];
    assert!(files.len() * space.len() > 1_024 * MOST_KIB);
    let limited = format!("ulimit -v {MOST_KIB} && exec \"$0\" analyze \"$@\"");
    let output = std::process::Command::new("sh")
        .args(["-c", &limited, env!("CARGO_BIN_EXE_interleave")])
        .args(&files)
        .output()
        .expect("a shell");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    let lines = String::from_utf8(output.stdout).expect("text");
    assert_eq!(lines.lines().count(), files.len());
}
