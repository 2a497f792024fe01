//! From what a person wrote to what they see: reads a script or a block, runs it with the engine,
//! and explains the run.
//!
//! Pure Rust: no JavaScript, no clock, no files, no threads. The page, the terminal and tests call
//! the functions of this file; the work is done where it belongs.

pub mod analysis;
pub mod batch;
pub mod checker;
pub mod contracts;
pub mod export;
pub mod gallery;
pub mod limits;
pub mod measure;
mod numbers;
pub mod open;
pub mod report;
pub mod run;
#[cfg(feature = "replay")]
pub mod schedule;
pub mod series;

use interleave_engine::{
    runner::{Control, Phase, RunError},
    strategy::{self, Needs},
};

use self::{
    batch::{
        Batch, Problem, access_list, input, lower_watched, node_block,
        script::{
            options::Opt,
            verbs::{VERBS, Verb},
        },
    },
    contracts::{Contracts, evm_version, reader},
    report::{
        Assembled, Catalog, Check, CompareResult, ContractFile, CurveOptions, CurveResult,
        ExportResult, FeeAssumptions, FeesResult, MeasureOptions, MeasureResult, NodeAnswers,
        OptionEntry, Report, RunOptions, RunResult, StrategyEntry, StrategyNeeds, VerbEntry,
    },
    run::Machine,
};

/// What there is to choose from.
pub fn catalog() -> Catalog {
    Catalog {
        strategies: strategy::ALL.iter().map(entry).collect(),
        examples: gallery::examples(),
        verbs: VERBS.iter().map(verb_entry).collect(),
        contracts: gallery::contracts().entries(),
        formats: export::ALL.iter().map(export::Format::entry).collect(),
        evm_version: evm_version(Default::default()).into(),
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

/// The contracts of the examples and those of `files`, which go first; and what is wrong with the files.
pub fn contracts(files: &[ContractFile]) -> (Contracts, Vec<Problem>) {
    let (own, problems) = reader::read(files);
    let mut contracts = gallery::contracts().clone();
    contracts.extend(&own);
    (contracts, problems)
}

/// Reads a text and executes its preparation, so that all that is wrong with it is known; and what
/// is wrong with the files of contracts beside it.
///
/// Where whoever watches wants it to stop meanwhile, it says that and nothing else.
pub fn check(text: &str, files: &[ContractFile], control: &Control) -> Check {
    let (own, of_files) = reader::read(files);
    let mut contracts = gallery::contracts().clone();
    contracts.extend(&own);
    let (mut batch, mut problems) = input::read_watched(text, &contracts, control);
    if let Some(batch) = &mut batch
        && let Err(problem) = access_list::give(files, batch)
    {
        problems.push(problem);
    }
    let evm_version = batch.as_ref().and_then(|it| wanted_version(it, &problems));
    if !input::cannot_run(&problems)
        && let Some(Err(more)) = batch
            .as_ref()
            .map(|batch| lower_watched(batch, &contracts, control))
    {
        problems.extend(more);
    }
    problems.extend(of_files);
    Check {
        stopped: control.stopped(),
        problems,
        transactions: batch.as_ref().map_or(0, |it| it.transactions.len()) as u32,
        access_list: list_name(files),
        description: (batch.as_ref())
            .map(|batch| batch.description.clone())
            .unwrap_or_default(),
        title: batch.map(|batch| batch.title).unwrap_or_default(),
        contracts: own.entries(),
        evm_version,
    }
}

/// For which EVM the contracts of a batch are compiled. A script with errors may not have come to
/// the line that says.
fn wanted_version(batch: &Batch, problems: &[Problem]) -> Option<String> {
    let says = batch.spec != Default::default();
    (says || !input::cannot_run(problems)).then(|| evm_version(batch.spec).into())
}

/// Reads all batches of a script or of a file of any known format.
pub fn read(text: &str, contracts: &Contracts) -> Vec<input::Read> {
    input::all(text, contracts)
}

/// Runs a script, or a block from a node, with the contracts of the examples and of `files`.
pub fn run(
    text: &str,
    files: &[ContractFile],
    options: &RunOptions,
    machine: &Machine<'_>,
) -> Result<RunResult, RunError> {
    let (batch, contracts, problems) = match begin(text, files, machine) {
        Ok(read) => read,
        Err(_) if machine.control.stopped() => return Ok(RunResult::Stopped),
        Err(problems) => return Ok(RunResult::Problems { problems }),
    };
    let mut result = run::run(&batch, &contracts, options, machine)?;
    if let RunResult::Report { problems: all, .. }
    | RunResult::Rejected { problems: all, .. }
    | RunResult::Problems { problems: all } = &mut result
    {
        all.extend(problems);
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

/// Runs a script, or a block from a node, once under every strategy; `options` say how else.
pub fn compare(
    text: &str,
    files: &[ContractFile],
    options: &RunOptions,
    machine: &Machine<'_>,
) -> Result<CompareResult, RunError> {
    let (batch, contracts, problems) = match begin(text, files, machine) {
        Ok(read) => read,
        Err(_) if machine.control.stopped() => return Ok(CompareResult::Stopped),
        Err(problems) => return Ok(CompareResult::Problems { problems }),
    };
    let of = |entry: &strategy::Entry| options.under(entry.id);
    let runs: Vec<_> = strategy::ALL.iter().map(of).collect();
    let mut result = series::compare(&batch, &contracts, &runs, machine)?;
    if let CompareResult::Comparison { problems: all, .. }
    | CompareResult::Problems { problems: all } = &mut result
    {
        all.extend(problems);
    }
    Ok(result)
}

/// Runs a script, or a block from a node, under one strategy on more and more workers.
pub fn curve(
    text: &str,
    files: &[ContractFile],
    options: &CurveOptions,
    machine: &Machine<'_>,
) -> Result<CurveResult, RunError> {
    let (batch, contracts, problems) = match begin(text, files, machine) {
        Ok(read) => read,
        Err(_) if machine.control.stopped() => return Ok(CurveResult::Stopped),
        Err(problems) => return Ok(CurveResult::Problems { problems }),
    };
    let mut result = series::curve(&batch, &contracts, options, machine)?;
    if let CurveResult::Curve { problems: all, .. } | CurveResult::Problems { problems: all } =
        &mut result
    {
        all.extend(problems);
    }
    Ok(result)
}

/// Measures a script, or a block from a node: the oracle, the machine's ceiling and some runs, in turn.
pub fn measure(
    text: &str,
    files: &[ContractFile],
    options: &MeasureOptions,
    machine: &Machine<'_>,
) -> Result<MeasureResult, RunError> {
    match begin(text, files, machine) {
        Ok((batch, contracts, _)) => measure::measure(&batch, &contracts, options, machine),
        Err(_) if machine.control.stopped() => Ok(MeasureResult::Stopped),
        Err(problems) => Ok(MeasureResult::Problems { problems }),
    }
}

/// Writes a run of a script, or of a block from a node, in the format of this name.
///
/// `report` is what the run came to; formats that are made of the block alone do without.
pub fn export(
    text: &str,
    files: &[ContractFile],
    format: &str,
    report: Option<&Report>,
) -> ExportResult {
    let Some(format) = export::find(format) else {
        let message = format!("there is no format called `{format}`");
        return ExportResult::Problems {
            problems: vec![Problem::error(message)],
        };
    };
    let (contracts, _) = contracts(files);
    let written = input::one(text, &contracts)
        .and_then(|(batch, _)| format.write(&batch, &contracts, report));
    match written {
        Ok(text) => ExportResult::File { text },
        Err(problems) => ExportResult::Problems { problems },
    }
}

/// The file beside a batch that has its block access list.
fn list_name(files: &[ContractFile]) -> Option<String> {
    let mut lists = files.iter().filter(|it| access_list::is_list(&it.text));
    lists.next().map(|file| file.name.clone())
}

/// Begins a run: the batch that was read, the contracts it can use, and all that is wrong with both.
fn begin(
    text: &str,
    files: &[ContractFile],
    machine: &Machine<'_>,
) -> Result<(Batch, Contracts, Vec<Problem>), Vec<Problem>> {
    machine.control.reset();
    machine.control.begin(Phase::Reading, 0);
    let (contracts, of_files) = contracts(files);
    match input::one_watched(text, &contracts, machine.control) {
        Ok((mut batch, mut problems)) => {
            problems.extend(of_files);
            match access_list::give(files, &mut batch) {
                Ok(()) => Ok((batch, contracts, problems)),
                Err(problem) => {
                    problems.push(problem);
                    Err(problems)
                }
            }
        }
        Err(mut problems) => {
            problems.extend(of_files);
            Err(problems)
        }
    }
}

/// What a throughput would mean for fees and waiting time.
pub fn fees(assumptions: &FeeAssumptions) -> FeesResult {
    match analysis::fees::fees(assumptions) {
        Ok(fees) => FeesResult::Fees {
            fees: Box::new(fees),
        },
        Err(problems) => FeesResult::Problems { problems },
    }
}

/// The file of a block that the answers of a node make, or what else the node must be asked.
pub fn assemble(answers: &NodeAnswers) -> Assembled {
    node_block::answers::assemble(answers)
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
