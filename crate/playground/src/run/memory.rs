//! How much memory a run needs at the least, so that a batch for which there is none is refused at once.
//!
//! It counts what a run holds whatever its transactions do: batch and block, what is kept of each
//! execution and said of each transaction, stacks. What contracts do and what strategies plan is not in it.
//! The rule: it may be far too low and never too high, since what it refuses could not have run.

use alloy_primitives::{Address, B256, U256};
use interleave_engine::{
    access_list::Value,
    block::{Block, TxIdx},
    hints::Hint,
    memory::{Executed, Location, Version},
    outcome::Outcome,
    state::{Account, State},
    trace::Span,
};
use revm::context::TxEnv;

use super::Machine;
use crate::batch::{Batch, Problem, Transaction};

const MIB: u64 = 1 << 20;
/// The stack of the engine worker in a browser, and some data. It is there before anything runs.
const ENGINE: u64 = 8 * MIB;
/// The stack of each thread of a pool in a browser. All are there whether they work or not.
const STACK: u64 = 2 * MIB;
/// What the multi-version memory sets aside for a transaction: its record, two accounts and a slot.
const CELLS: u64 = 700;
/// What a report says of a transaction, and what is put together for that.
const REPORTED: u64 = 700;

/// What is made of a block beside executing it.
#[derive(Clone, Copy, Debug)]
pub enum Beside {
    /// A report, for which it is executed once more.
    Report,
    /// Sums, and so many more copies of it.
    Copies(u32),
}

/// Is there memory to execute `block`, and for what is made of it beside?
pub(crate) fn fits(
    batch: &Batch,
    block: &Block,
    beside: Beside,
    machine: &Machine<'_>,
) -> Result<(), Problem> {
    let Some(most) = machine.memory else {
        return Ok(());
    };
    let pool = match machine.threads.count() {
        1 => 0,
        threads => u64::from(threads) * STACK,
    };
    let with = |beside| ENGINE + pool + least(batch, block, beside);
    let needed = with(beside);
    if needed <= most {
        return Ok(());
    }
    let helps = match beside {
        // What is copied is copied for workers, but for one.
        Beside::Copies(_) if with(Beside::Copies(1)) < needed => {
            "fewer transactions, less data or fewer workers"
        }
        _ => "fewer transactions or less data",
    };
    Err(Problem::error(format!(
        "this needs {} MiB of memory at the least, and the engine can have {}: {helps} need less",
        needed.div_ceil(MIB),
        most / MIB
    )))
}

/// Bytes of the heap that it takes at the least to execute `block`, and for what is made of it beside.
pub fn least(batch: &Batch, block: &Block, beside: Beside) -> u64 {
    let executed = CELLS
        // Of sequential execution, and of the run.
        + 2 * size::<Outcome>()
        + size::<(Version, Executed)>()
        + size::<Span>();
    // A copy shares its bytes with the block.
    let copied = txs(block) + state(&block.prestate);
    let work = match beside {
        Beside::Report => count(&block.txs) * (executed + size::<(Version, Executed)>() + REPORTED),
        Beside::Copies(copies) => (count(&block.txs) * executed).max(u64::from(copies) * copied),
    };
    read(batch) + copied + bytes(block) + work
}

/// What was read, and stays until the end.
fn read(batch: &Batch) -> u64 {
    let all = batch.transactions.iter();
    let besides = all.map(|it| listed(&it.env) + it.hint.as_ref().map_or(0, hint));
    let declared = batch.access_list.as_ref().map_or(0, |list| {
        let each = size::<Location>() + size::<u32>() + size::<Value>();
        count(list.changes.iter()) * each
    });
    count(&batch.transactions) * size::<Transaction>()
        + besides.sum::<u64>()
        + state(&batch.prestate)
        + declared
}

/// The transactions of a block and what is said of them, without their call data.
fn txs(block: &Block) -> u64 {
    let hints = block.advice.hints.values();
    count(&block.txs) * size::<TxEnv>()
        + block.txs.iter().map(listed).sum::<u64>()
        + hints
            .map(|it| size::<TxIdx>() + size::<Hint>() + hint(it))
            .sum::<u64>()
}

/// The access list of a transaction.
fn listed(tx: &TxEnv) -> u64 {
    let items = tx.access_list.iter();
    items
        .map(|it| size::<Address>() + count(&it.storage_keys) * size::<B256>())
        .sum()
}

fn hint(hint: &Hint) -> u64 {
    hint.locations() as u64 * size::<Location>()
}

/// Accounts and their slots, without code.
fn state(state: &State) -> u64 {
    let slots = state.accounts.values();
    let slots: u64 = slots.map(|account| count(&account.storage)).sum();
    count(&state.accounts) * size::<(Address, Account)>() + slots * size::<(U256, U256)>()
}

/// Call data and code. Each piece counts once, however many transactions share it.
fn bytes(block: &Block) -> u64 {
    let datas = block.txs.iter().map(|tx| &tx.data);
    let mut datas: Vec<_> = datas.map(|data| (data.as_ptr(), data.len())).collect();
    datas.sort_unstable();
    datas.dedup_by_key(|(at, _)| *at);
    let datas = datas.into_iter().map(|(_, bytes)| bytes);
    let codes = block.prestate.codes.values();
    let codes = codes.map(|code| code.original_byte_slice().len());
    datas.chain(codes).map(|bytes| bytes as u64).sum()
}

fn count(items: impl IntoIterator<IntoIter: ExactSizeIterator>) -> u64 {
    items.into_iter().len() as u64
}

fn size<T>() -> u64 {
    size_of::<T>() as u64
}

#[cfg(test)]
mod tests {
    use interleave_engine::runner::{Control, threads::ScopedThreads};

    use super::*;
    use crate::{
        batch::{lower, script},
        contracts::Contracts,
        measure,
        report::{
            CompareResult, CurveOptions, CurveResult, MeasureOptions, MeasureResult, RunOptions,
            RunResult, RunnerKind,
        },
        run, series,
    };

    /// A batch without contracts, and its block.
    fn read(script: &str) -> (Batch, Block) {
        let (batch, problems) = script::evaluate(script, &Contracts::default());
        assert_eq!(problems, []);
        let block = lower(&batch, &Contracts::default()).expect("it can run");
        (batch, block)
    }

    fn needs(script: &str, beside: Beside) -> u64 {
        let (batch, block) = read(script);
        least(&batch, &block, beside)
    }

    const NOBODY: &str = "let a = account(\"a\");\n";
    /// What a transaction without data takes.
    const TX: u64 = CELLS
        + size_of::<Transaction>() as u64
        + size_of::<TxEnv>() as u64
        + 2 * size_of::<Outcome>() as u64
        + size_of::<(Version, Executed)>() as u64
        + size_of::<Span>() as u64;

    #[test]
    fn what_a_batch_has_more_of_needs_more() {
        let needs = |script: &str| needs(script, Beside::Copies(0));
        let with = |more: &str| needs(&format!("{NOBODY}{more}")) - needs(NOBODY);
        let account = 2 * size_of::<(Address, Account)>() as u64;
        assert_eq!(with("account(\"b\");"), account);
        assert_eq!(with("for it in accounts(\"b\", 5) {}"), 5 * account);
        // Two slots in two copies of the state, and one byte of code.
        let contract = "account(\"b\", #{ code: hex(\"0x00\"), storage: [[1, 2], [3, 4]] });";
        assert_eq!(with(contract), account + 2 * 2 * 64 + 1);
        assert_eq!(with("transfer(a, a, 1);"), TX);
        assert_eq!(with("transfer(a, a, 1); transfer(a, a, 1);"), 2 * TX);
        let sent = "send(a, a, #{ data: hex(\"0x010203\") });";
        assert_eq!(with(sent), TX + 3);
        assert_eq!(with(&format!("{sent} {sent}")), 2 * (TX + 3));
        // Whoever sends the same piece shares it.
        let shared = "let data = hex(\"0x010203\"); for i in 0..9 { send(a, a, #{ data: data }); }";
        assert_eq!(with(shared), 9 * TX + 3);
        // An address and two keys, in the batch and in the block.
        let listed = "send(a, a, #{ access_list: [[a, [1, 2]]] });";
        assert_eq!(with(listed), TX + 2 * (20 + 2 * 32));
    }

    #[test]
    fn copies_count_where_they_are_more_than_an_execution() {
        let (batch, block) = read(&format!("{NOBODY}transfer(a, a, 1);"));
        let accounts = block.prestate.accounts.len() as u64;
        let copy = size_of::<TxEnv>() as u64 + accounts * size_of::<(Address, Account)>() as u64;
        let executed = TX - (size_of::<Transaction>() + size_of::<TxEnv>()) as u64;
        let needs = |beside| least(&batch, &block, beside);
        let alone = needs(Beside::Copies(0));
        assert_eq!(needs(Beside::Copies(1)), alone);
        assert_eq!(needs(Beside::Copies(9)), alone - executed + 9 * copy);
        let again = size_of::<(Version, Executed)>() as u64;
        assert_eq!(needs(Beside::Report), alone + again + REPORTED);
    }

    /// What each verb says of a script on a machine with so much memory and so many threads.
    fn said(script: &str, memory: u64, threads: u32) -> [Option<String>; 4] {
        let (batch, _) = read(script);
        let (contracts, control) = (Contracts::default(), Control::default());
        let machine = Machine {
            threads: &ScopedThreads { most: threads },
            now: &|| 0.0,
            control: &control,
            memory: Some(memory),
        };
        let options = RunOptions::default();
        let runs = vec![RunOptions {
            runner: RunnerKind::Threads,
            ..options.clone()
        }];
        let only = |problems: Vec<Problem>| match &problems[..] {
            [problem] => Some(problem.message.clone()),
            _ => panic!("{problems:?}"),
        };
        let measured = MeasureOptions {
            runs,
            rounds: 1,
            untraced: false,
        };
        let points = CurveOptions {
            run: options.clone(),
            workers: vec![1, 2],
        };
        let series = std::slice::from_ref(&options);
        [
            match run::run(&batch, &contracts, &options, &machine) {
                Ok(RunResult::Problems { problems }) => only(problems),
                ran => (!matches!(ran, Ok(RunResult::Report { .. }))).then(|| panic!("{ran:?}")),
            },
            match series::compare(&batch, &contracts, series, &machine) {
                Ok(CompareResult::Problems { problems }) => only(problems),
                ran => (!matches!(ran, Ok(CompareResult::Comparison { .. })))
                    .then(|| panic!("{ran:?}")),
            },
            match series::curve(&batch, &contracts, &points, &machine) {
                Ok(CurveResult::Problems { problems }) => only(problems),
                ran => (!matches!(ran, Ok(CurveResult::Curve { .. }))).then(|| panic!("{ran:?}")),
            },
            match measure::measure(&batch, &contracts, &measured, &machine) {
                Ok(MeasureResult::Problems { problems }) => only(problems),
                ran => {
                    (!matches!(ran, Ok(MeasureResult::Measured { .. }))).then(|| panic!("{ran:?}"))
                }
            },
        ]
    }

    #[test]
    fn every_verb_runs_with_what_is_needed_and_none_with_a_byte_less() {
        let script = format!("{NOBODY}transfer(a, a, 1);");
        // 8 MiB for the engine, and 2 for each thread of a pool.
        for (threads, fixed) in [(1, 8 * MIB), (2, 12 * MIB), (8, 24 * MIB)] {
            let mib = fixed / MIB;
            let why = Some(format!(
                "this needs {} MiB of memory at the least, and the engine can have {mib}: fewer \
                 transactions or less data need less",
                mib + 1
            ));
            let [report, sums] =
                [Beside::Report, Beside::Copies(0)].map(|beside| fixed + needs(&script, beside));
            assert_eq!(said(&script, report, threads), [const { None }; 4]);
            let [run, others @ ..] = said(&script, report - 1, threads);
            assert_eq!((&run, others), (&why, [const { None }; 3]));
            assert_eq!(said(&script, sums, threads)[1..], [const { None }; 3]);
            assert_eq!(
                said(&script, sums - 1, threads),
                [&why; 4].map(Clone::clone)
            );
        }
    }

    #[test]
    fn fewer_workers_are_named_where_they_help() {
        let script = format!("{NOBODY}for it in accounts(\"b\", 1_000) {{}}\ntransfer(a, a, 1);");
        let (batch, block) = read(&script);
        let memory = 12 * MIB + least(&batch, &block, Beside::Copies(2)) - 1;
        let [run, compare, curve, measure] = said(&script, memory, 2);
        assert_eq!([run, compare, measure], [const { None }; 3]);
        let curve = curve.expect("two copies are made");
        let helps = "fewer transactions, less data or fewer workers need less";
        assert!(curve.ends_with(helps), "{curve}");
    }
}
