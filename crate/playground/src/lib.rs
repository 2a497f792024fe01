//! From what a person wrote to what they see: reads a script or a block, runs it with the engine,
//! and explains the run.
//!
//! Pure Rust: no JavaScript, no clock, no files, no threads. The page, the terminal and tests call
//! the functions of this file; the work is done where it belongs.

pub mod analysis;
pub mod batch;
pub mod checker;
pub mod contracts;
pub mod gallery;
pub mod report;
pub mod run;

use interleave_engine::{
    runner::{Phase, RunError},
    strategy::{self, Needs},
};

use self::{
    batch::{
        input, limits, lower,
        script::{
            options::Opt,
            verbs::{VERBS, Verb},
        },
    },
    report::{
        Catalog, Check, Limits, OptionEntry, RunOptions, RunResult, StrategyEntry, StrategyNeeds,
        VerbEntry,
    },
    run::{MAX_SIMULATED_WORKERS, Machine},
};

/// What there is to choose from.
pub fn catalog() -> Catalog {
    Catalog {
        strategies: strategy::ALL.iter().map(entry).collect(),
        examples: gallery::examples(),
        verbs: VERBS.iter().map(verb_entry).collect(),
        limits: Limits {
            transactions: limits::TRANSACTIONS as u32,
            script_chars: limits::SCRIPT_CHARS as u32,
            script_operations: limits::SCRIPT_OPERATIONS as u32,
            simulated_workers: MAX_SIMULATED_WORKERS,
        },
    }
}

fn entry(entry: &strategy::Entry) -> StrategyEntry {
    StrategyEntry {
        id: entry.id.into(),
        name: entry.name.into(),
        summary: entry.summary.into(),
        needs: match entry.needs {
            Needs::Nothing => StrategyNeeds::Nothing,
            Needs::Hints => StrategyNeeds::Hints,
            Needs::List => StrategyNeeds::List,
        },
    }
}

fn verb_entry(verb: &Verb) -> VerbEntry {
    let option = |option: &Opt| OptionEntry {
        name: option.name.into(),
        help: option.help.into(),
    };
    VerbEntry {
        name: verb.name.into(),
        group: verb.group.into(),
        signature: verb.signature.into(),
        help: verb.help.into(),
        example: verb.example.into(),
        options: verb.options.iter().map(option).collect(),
    }
}

/// Reads a text and executes its preparation, so that all that is wrong with it is known.
pub fn check(text: &str) -> Check {
    let contracts = gallery::contracts();
    let (batch, mut problems) = input::read(text, contracts);
    if !input::cannot_run(&problems)
        && let Some(Err(more)) = batch.as_ref().map(|batch| lower(batch, contracts))
    {
        problems.extend(more);
    }
    Check {
        problems,
        transactions: batch.as_ref().map_or(0, |it| it.transactions.len()) as u32,
        title: batch.map(|batch| batch.title).unwrap_or_default(),
    }
}

/// Reads all batches of a script or of a file of any known format.
#[cfg(feature = "formats")]
pub fn read(text: &str) -> Vec<input::Read> {
    input::all(text, gallery::contracts())
}

/// Runs a script, or a block from a node.
pub fn run(text: &str, options: &RunOptions, machine: &Machine<'_>) -> Result<RunResult, RunError> {
    machine.control.reset();
    machine.control.begin(Phase::Reading, 0);
    let (batch, problems) = match input::one(text, gallery::contracts()) {
        Ok(read) => read,
        Err(problems) => return Ok(RunResult::Problems { problems }),
    };
    let mut result = run::run(&batch, gallery::contracts(), options, machine)?;
    if let RunResult::Report {
        problems: warnings, ..
    } = &mut result
    {
        warnings.extend(problems);
    }
    Ok(result)
}

/// A script with its line `let n = …;` changed; the examples have one that says how many transactions there are.
pub fn scaled(text: &str, transactions: u32) -> Option<String> {
    let is_count = |line: &&str| {
        line.strip_prefix("let n")
            .is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    let line = text.lines().find(is_count)?;
    let (_, rest) = line.split_once(';')?;
    Some(text.replacen(line, &format!("let n = {transactions};{rest}"), 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scaling_changes_one_line() {
        let script = "// Title\nlet n     = 200; // transactions\nsend(n);";
        assert_eq!(
            scaled(script, 7).unwrap(),
            "// Title\nlet n = 7; // transactions\nsend(n);"
        );
        assert_eq!(scaled("let m = 3;", 7), None);
    }
}
