//! Prints adversarial blocks as t8n inputs with the keys of their senders, one a line.
//!
//! `adversarial SEEDS FROM` prints that many, of the seeds from there on.

use std::{
    env,
    io::{self, Write as _},
};

use interleave_tests::adversary::Adversarial;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let numbers: Result<Vec<u64>, _> = env::args().skip(1).map(|it| it.parse()).collect();
    let [seeds, from] = numbers?[..] else {
        return Err("say how many seeds, and the first".into());
    };
    let mut out = io::stdout().lock();
    for seed in from..from + seeds {
        let block = Adversarial::of_seed(seed);
        writeln!(out, "{}", block.written(&format!("seed {seed}")))?;
    }
    Ok(())
}
