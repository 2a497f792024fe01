//! Input as a stranger might give it: readers of every kind, and what must hold whatever they read.
//!
//! The same readers are used by tests, which change good input at random from a seed
//! ([`mutation`]), and by a fuzzer, which looks for what reaches new code (`src/bin/fuzz.rs`).
//! The rule: a reader ends, and gives something that can run or says what is wrong and where; it never
//! panics.

pub mod mutation;

use std::{fs, path::Path};

use alloy_primitives::{Address, U256};
use interleave_engine::{block::Block, oracle, runner::Control};
use interleave_playground::{
    self as playground,
    batch::{Place, Problem, access_list, input, lower, room},
    checker::Ways,
    contracts::{
        Contracts, assembler,
        call::{Value, encode_call, parse_signature},
        reader,
    },
    report::{ContractFile, RunOptions, RunResult, RunnerKind},
};

use crate::{adversary::Adversarial, check_in, data, on_machine};

/// What reading came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It can be run, or used for what it is.
    Good,
    /// What is wrong with it; never empty.
    Refused(Vec<Problem>),
}

/// Something that reads what a stranger wrote.
pub struct Reader {
    /// Its name on the command line, and of the folder of its corpus.
    pub name: &'static str,
    /// Reads, and panics where what must hold does not.
    pub read: fn(&[u8]) -> Verdict,
    /// What it reads is text, of which [`mutation`] makes other text.
    pub of_text: bool,
}

/// All there are.
pub const READERS: [Reader; 7] = [
    Reader {
        name: "script",
        read: script,
        of_text: true,
    },
    Reader {
        name: "file",
        read: file,
        of_text: true,
    },
    Reader {
        name: "contract",
        read: contract,
        of_text: true,
    },
    Reader {
        name: "access-list",
        read: list,
        of_text: true,
    },
    Reader {
        name: "assembler",
        read: assembled,
        of_text: true,
    },
    Reader {
        name: "abi",
        read: abi,
        of_text: false,
    },
    Reader {
        name: "batch",
        read: batch,
        of_text: false,
    },
];

/// The reader of this name.
pub fn reader(name: &str) -> Option<&'static Reader> {
    READERS.iter().find(|reader| reader.name == name)
}

impl Reader {
    /// The input that is kept for it, by name: good, odd, what once was read wrongly, and what a fuzzer found
    /// to take other ways through the code.
    ///
    /// # Panics
    /// When there is none.
    pub fn corpus(&self) -> Vec<(String, Vec<u8>)> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
        let files = data::all_files(&root.join(self.name)).into_iter();
        let kept: Vec<_> = files
            .map(|file| {
                let name = file.file_name().expect("a file").to_string_lossy();
                let bytes = fs::read(&file).expect("a readable file");
                (name.into_owned(), bytes)
            })
            .collect();
        assert!(!kept.is_empty(), "tests/fuzz/{} is empty", self.name);
        kept
    }

    /// What of it people wrote: a fuzzer names what it found by a hash.
    pub fn written(&self) -> Vec<Vec<u8>> {
        let is_hash =
            |name: &str| name.len() == 40 && name.bytes().all(|it| it.is_ascii_hexdigit());
        let written = self.corpus().into_iter();
        let written = written.filter(|(name, _)| !is_hash(name));
        written.map(|(_, bytes)| bytes).collect()
    }
}

/// Larger input is only slower.
const MOST_BYTES: usize = 1 << 20;
/// Blocks with more transactions or more gas are read, but not run as well.
const MOST_RUN: usize = 60;
const MOST_GAS: u64 = 5_000_000;

/// A script, with the contracts of the examples.
fn script(bytes: &[u8]) -> Verdict {
    let Some(text) = text(bytes) else {
        return Verdict::Good;
    };
    let checked = playground::check(&text, &[], &Control::default());
    for problem in &checked.problems {
        expect_place(problem, &text);
    }
    if input::cannot_run(&checked.problems) {
        return Verdict::Refused(checked.problems);
    }
    run(&text, checked.transactions as usize);
    Verdict::Good
}

/// What can run does, and comes to what sequential execution does.
fn run(text: &str, transactions: usize) {
    if transactions > MOST_RUN {
        return;
    }
    let options = RunOptions {
        runner: RunnerKind::Simulated,
        workers: 3,
        ..RunOptions::default()
    };
    match on_machine(|machine| playground::run(text, &[], &options, machine)) {
        Ok(RunResult::Report { report, .. }) => assert!(report.summary.matches, "{text}"),
        Ok(RunResult::Problems { problems }) => expect_problems(&problems, text),
        other => panic!("{other:?}"),
    }
}

/// A file of any format, as the command line reads it.
fn file(bytes: &[u8]) -> Verdict {
    let Some(text) = text(bytes) else {
        return Verdict::Good;
    };
    let contracts = Contracts::default();
    let mut wrong = Vec::new();
    for read in playground::read(&text, &contracts) {
        let batch = match read {
            Ok((batch, _)) => batch,
            Err(problems) => {
                expect_problems(&problems, &text);
                wrong.extend(problems);
                continue;
            }
        };
        let block = match lower(&batch, &contracts) {
            Ok(block) => block,
            Err(problems) => {
                assert!(!problems.is_empty());
                wrong.extend(problems);
                continue;
            }
        };
        if is_quick(&block) {
            let truth = oracle::result(&block);
            if room(&batch, &block, &truth).is_ok() {
                check_in(&block, &in_two_ways());
            }
        }
    }
    verdict(wrong)
}

/// A file of compiled contracts.
fn contract(bytes: &[u8]) -> Verdict {
    let Some(text) = text(bytes) else {
        return Verdict::Good;
    };
    let file = ContractFile {
        name: "Some.json".into(),
        text: text.clone(),
    };
    let (contracts, problems) = reader::read(&[file]);
    // What was read can be shown.
    contracts.entries();
    for problem in &problems {
        // What a whole file lacks has no place in it.
        if problem.place.is_some() {
            expect_place(problem, &text);
        }
        assert_eq!(problem.file.as_deref(), Some("Some.json"), "{problem:?}");
    }
    verdict(problems)
}

/// A block access list.
fn list(bytes: &[u8]) -> Verdict {
    let Some(text) = text(bytes) else {
        return Verdict::Good;
    };
    match access_list::read(&text, 3) {
        Ok(_) => Verdict::Good,
        Err(problem) => {
            expect_place(&problem, &text);
            Verdict::Refused(vec![problem])
        }
    }
}

/// A program of the assembler. Its messages begin with their line.
fn assembled(bytes: &[u8]) -> Verdict {
    let text = String::from_utf8_lossy(bytes);
    match assembler::assemble(&text) {
        Ok(code) => {
            // What is too long for code is refused then.
            let _ = assembler::creation(&code);
            Verdict::Good
        }
        Err(message) => refused(message),
    }
}

/// A signature in the first line, and what the rest gives as its arguments.
fn abi(bytes: &[u8]) -> Verdict {
    let end = bytes.iter().position(|byte| *byte == b'\n');
    let (signature, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
    let function = match parse_signature(&String::from_utf8_lossy(signature)) {
        Ok(function) => function,
        Err(message) => return refused(message),
    };
    let mut rest = rest.get(1..).unwrap_or_default();
    let [count] = filled(taken(&mut rest, 1));
    let args: Vec<_> = (0..count % 8).map(|_| value(&mut rest, 0)).collect();
    match encode_call(&function, &args) {
        Ok(data) => {
            assert_eq!(data.len() % 32, 4, "a selector and words");
            Verdict::Good
        }
        Err(message) => refused(message),
    }
}

/// An argument drawn from bytes, which are used up.
fn value(bytes: &mut &[u8], depth: u32) -> Value {
    let [kind] = filled(taken(bytes, 1));
    let length = usize::from(kind >> 3);
    match kind % 8 {
        0 => Value::Int(i64::from_le_bytes(filled(taken(bytes, 8)))),
        1 => Value::Uint(U256::from_be_slice(taken(bytes, 32))),
        2 => Value::Bool(length > 15),
        3 => Value::Text(String::from_utf8_lossy(taken(bytes, length)).into_owned()),
        4 => Value::Address(Address::from(filled(taken(bytes, 20)))),
        5 => Value::Bytes(taken(bytes, length).to_vec().into()),
        6 if depth < 20 => {
            let items = length % 6;
            Value::List((0..items).map(|_| value(bytes, depth + 1)).collect())
        }
        _ => Value::Other("something else".into()),
    }
}

/// So many bytes, or what is left of them.
fn taken<'b>(bytes: &mut &'b [u8], count: usize) -> &'b [u8] {
    let (taken, left) = bytes.split_at(count.min(bytes.len()));
    *bytes = left;
    taken
}

fn filled<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut filled = [0; N];
    filled[..bytes.len()].copy_from_slice(bytes);
    filled
}

/// Seeds for the setting and the transactions of an adversarial block, which all strategies run.
fn batch(bytes: &[u8]) -> Verdict {
    let (setting, transactions) = bytes.split_at(bytes.len().min(8));
    let seed = |bytes: &[u8]| u64::from_le_bytes(filled(bytes));
    let transactions = transactions.chunks(8).take(MOST_RUN).map(seed);
    let Adversarial(block) = Adversarial::of_seeds(seed(setting), transactions);
    if is_quick(&block) {
        check_in(&block, &in_two_ways());
    }
    Verdict::Good
}

/// Is it run in little time, however it is run?
fn is_quick(block: &Block) -> bool {
    let gas = block.txs.iter().map(|tx| tx.gas_limit);
    block.txs.len() <= MOST_RUN && gas.fold(0, u64::saturating_add) <= MOST_GAS
}

/// Few ways, since there are many blocks.
fn in_two_ways() -> Ways {
    Ways {
        workers: vec![3],
        seeds: 1,
        ..Ways::default()
    }
}

/// The text, as whoever reads files makes one of them; nothing for what never comes so far.
fn text(bytes: &[u8]) -> Option<String> {
    (bytes.len() <= MOST_BYTES).then(|| String::from_utf8_lossy(bytes).into_owned())
}

fn refused(message: String) -> Verdict {
    assert!(!message.trim().is_empty(), "a message that says nothing");
    Verdict::Refused(vec![Problem::error(message)])
}

fn verdict(problems: Vec<Problem>) -> Verdict {
    match problems.is_empty() {
        true => Verdict::Good,
        false => Verdict::Refused(problems),
    }
}

/// There is a problem, and each is somewhere in the text.
fn expect_problems(problems: &[Problem], text: &str) {
    assert!(!problems.is_empty(), "refused without a reason: {text}");
    for problem in problems {
        expect_place(problem, text);
    }
}

/// The problem is at a place that the text has, or one behind its end.
fn expect_place(problem: &Problem, text: &str) {
    assert!(
        !problem.message.trim().is_empty(),
        "a message that says nothing"
    );
    let Some(Place { line, column }) = problem.place else {
        panic!("no place: {problem:?}");
    };
    // As in editors.
    let lines = text.replace("\r\n", "\n");
    let mut lines = lines.split(['\n', '\r']);
    let at = (line as usize).checked_sub(1).and_then(|it| lines.nth(it));
    let most = at.map(|it| it.chars().count() + 1);
    assert!(
        column > 0 && most.is_some_and(|most| column as usize <= most),
        "outside of the text: {problem:?}"
    );
}
