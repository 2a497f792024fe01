//! Malformed input: every reader says what is wrong and where, whatever it is given.
//!
//! `INTERLEAVE_TIMES=10` makes ten times as many inputs (`cargo xtask soak malformed`).

use std::{env, fs, panic, time::Instant};

use fastrand::Rng;
use interleave_tests::hostile::{READERS, Reader, Verdict, mutation::mutated, reader};

/// Inputs for each reader.
const INPUTS: u64 = 200;
/// What one may take without optimisation, and on a machine that does other things too.
const SECONDS: u64 = 60;

fn times() -> u64 {
    let times = env::var("INTERLEAVE_TIMES").ok();
    times.map_or(1, |it| it.parse().expect("INTERLEAVE_TIMES is a number"))
}

/// Reads; panics, and keeps what was read, where that goes wrong.
fn read(reader: &'static Reader, name: &str, bytes: &[u8]) -> Verdict {
    let began = Instant::now();
    let Ok(verdict) = panic::catch_unwind(|| (reader.read)(bytes)) else {
        let file = env::temp_dir().join(format!("interleave-{}-{name}", reader.name));
        fs::write(&file, bytes).expect("a file");
        panic!(
            "{} of {name} went wrong; it is kept in {file:?}",
            reader.name
        )
    };
    let took = began.elapsed().as_secs();
    assert!(took < SECONDS, "{} of {name} took {took} s", reader.name);
    verdict
}

fn malformed(name: &str) {
    let reader = reader(name).expect("a reader");
    let mut corpus = reader.written();
    corpus.retain(|bytes| (reader.read)(bytes) == Verdict::Good);
    assert!(!corpus.is_empty(), "nothing good is kept for {name}");
    let mut refused = 0;
    let inputs = INPUTS * times();
    for seed in 0..inputs {
        let mut random = Rng::with_seed(seed);
        let mut any = || &corpus[random.usize(..corpus.len())];
        let (input, other) = (any(), any());
        let input = mutated(input, other, &mut random);
        if let Verdict::Refused(_) = read(reader, &format!("seed-{seed}"), &input) {
            refused += 1;
        }
    }
    println!(
        "{name}: {inputs} inputs, {refused} refused, {} read",
        inputs - refused
    );
    // Where nothing is wrong, nothing was tried.
    assert!(refused * 10 > inputs, "{refused} of {inputs} refused");
}

#[test]
fn what_is_kept_for_every_reader_is_read() {
    for reader in &READERS {
        let corpus = reader.corpus();
        let count = corpus.len();
        for (name, bytes) in corpus {
            read(reader, &name, &bytes);
        }
        println!("{}: {count} kept", reader.name);
    }
}

#[test]
fn malformed_scripts_get_errors_with_places() {
    malformed("script");
}

#[test]
fn malformed_files_of_other_tools_get_errors_with_places() {
    malformed("file");
}

#[test]
fn malformed_contracts_get_errors_with_places() {
    malformed("contract");
}

#[test]
fn malformed_access_lists_get_errors_with_places() {
    malformed("access-list");
}

#[test]
fn malformed_programs_get_errors() {
    malformed("assembler");
}

#[test]
fn malformed_signatures_and_arguments_get_errors() {
    malformed("abi");
}
