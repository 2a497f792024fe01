//! The commands of this repository: `cargo xtask <command>`.
//!
//! Each command finds out by itself what is missing and says what it does while it works.
//! It is not part of the product: nothing else may depend on it.

mod bench;
mod browser;
mod corpus;
mod dependencies;
mod dist;
mod firefox;
mod fuzz;
mod mutants;
mod package;
mod place;
mod play;
mod python;
mod races;
mod run;
mod setup;
mod soak;
mod specification;
mod test;
mod toolchain;
mod wasm;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(bin_name = "cargo xtask", about = "The commands of this repository.")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Set up what is missing and open the playground.
    Play(play::Options),
    /// Set up what is missing and run the tests: all of them, or the named parts.
    Test(test::Options),
    /// Measure how fast the engine is, natively and in a browser: all of it, or the named parts.
    Bench(bench::Options),
    /// Do for long what the tests do a little of.
    Soak(soak::Options),
    /// Look for input that a reader of scripts, files or links does not stand.
    Fuzz(fuzz::Options),
    /// Is every error that could be made in the scheduler and its memory noticed by a test?
    Mutants(mutants::Options),
    /// Look for data races with ThreadSanitizer.
    Races,
    /// Compare random adversarial blocks with the executable specification of Ethereum.
    Specification(specification::Options),
    /// Analyse many blocks on a local cluster, of which a machine is killed, as `examples/corpus` does.
    Corpus,
    /// Look for known weaknesses in the packages of others; it asks the network.
    Advisories,
    /// Make the folder that any static host serves.
    Dist(dist::Options),
    /// Set up what is missing and test the page in Firefox.
    Firefox,
    /// Make the npm package, with the engine as a library.
    Package,
    /// Install what the other commands need, without running anything.
    Setup,
    /// Build the engine for the browser.
    Wasm,
}

fn main() -> ExitCode {
    match execute(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn execute(command: Command) -> Result<()> {
    match command {
        Command::Play(options) => play::play(&options),
        Command::Test(options) => test::test(&options),
        Command::Bench(options) => bench::bench(&options),
        Command::Soak(options) => soak::soak(&options),
        Command::Fuzz(options) => fuzz::fuzz(&options),
        Command::Mutants(options) => mutants::mutants(&options),
        Command::Races => races::races(),
        Command::Specification(options) => specification::specification(&options),
        Command::Corpus => corpus::corpus(),
        Command::Advisories => dependencies::advisories(),
        Command::Dist(options) => dist::dist(&options),
        Command::Firefox => firefox::firefox(),
        Command::Package => package::package(),
        Command::Setup => setup::everything(),
        Command::Wasm => setup::for_page().and_then(|tools| wasm::build(&tools, wasm::Kind::Small)),
    }
}
