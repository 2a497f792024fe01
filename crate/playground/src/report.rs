//! All facts of one run, as plain data: what crosses to the page and what `--json` prints.
//!
//! Nothing is computed here. Numbers are `u32` or `f64` (sums of gas are `f64`: they pass 2^32 and
//! stay exact below 2^53); wei, hashes and addresses are strings; long lists are columns, where
//! entry `i` of every column of a struct speaks of the same thing.
//! The TypeScript twins in `www/src/engine/report.ts` are written by the test in `report/tests.rs`.

use interleave_engine::outcome;
use serde::Serialize;

pub use self::options::{ConflictUnit, ContractFile, HintSource, RunOptions, RunnerKind};

use crate::batch::{Expectations, Place, Problem};

mod options;

/// Derives what every type that crosses to JavaScript needs.
macro_rules! crosses {
    ($($(#[$meta:meta])* pub $kind:ident $name:ident $body:tt)*) => {
        $(
            #[derive(Clone, Debug, PartialEq, Serialize)]
            #[cfg_attr(test, derive(ts_rs::TS))]
            #[serde(rename_all = "camelCase")]
            $(#[$meta])*
            pub $kind $name $body
        )*
    };
}

/// The version of this schema; grows when a field changes its meaning or goes.
pub const VERSION: u32 = 1;

crosses! {
    /// What the engine can do: filled into the page's menus.
    pub struct Catalog {
        /// Strategies in the order of the menu.
        pub strategies: Vec<StrategyEntry>,
        /// Examples in the order of the menu.
        pub examples: Vec<Example>,
        /// The verbs of the script language, in the order of their documentation.
        pub verbs: Vec<VerbEntry>,
        /// What a batch may not exceed.
        pub limits: Limits,
        /// The contracts of the examples.
        pub contracts: Vec<ContractEntry>,
        /// The compiler's name of the EVM version of a batch that does not say a hard fork.
        pub evm_version: String,
    }

    /// A contract that a script can deploy.
    pub struct ContractEntry {
        /// The name to deploy it by.
        pub name: String,
        /// The file it is in.
        pub file: String,
        /// Its constructor, such as `Token(uint256 supply)`.
        pub constructor: String,
        /// Its functions, in the order of their names.
        pub functions: Vec<FunctionEntry>,
    }

    /// A function of a contract.
    pub struct FunctionEntry {
        /// What a script calls it by, such as `transfer(address,uint256)`.
        pub signature: String,
        /// The same with the names of its parameters, and what it gives.
        pub detail: String,
    }

    /// A strategy as a person picks it.
    pub struct StrategyEntry {
        /// Stable name, such as `block-stm`.
        pub id: String,
        /// Name people know.
        pub name: String,
        /// One sentence.
        pub summary: String,
        /// What it must be given beforehand.
        pub needs: StrategyNeeds,
    }

    /// What a strategy must be given beforehand.
    #[derive(Copy, Eq)]
    pub enum StrategyNeeds {
        /// It learns what it has to know while it runs.
        Nothing,
        /// What each transaction will read and write: declared, or found by a dry run.
        Hints,
        /// The block's access list.
        List,
    }

    /// An example as a person picks it.
    pub struct Example {
        /// File name without its ending.
        pub id: String,
        /// Heading in the menu.
        pub group: String,
        /// First comment line.
        pub title: String,
        /// Comment lines after it.
        pub description: String,
        /// The example that shows what to do about the problem this one shows.
        pub remedy: Option<String>,
        /// The whole script.
        pub script: String,
    }

    /// A verb of the script language, for completion and help.
    pub struct VerbEntry {
        /// What a script calls it.
        pub name: String,
        /// Heading of the reference it stands under.
        pub group: String,
        /// Its arguments, such as `transfer(from, to, value, #{ gas_limit, … })`.
        pub signature: String,
        /// One line that says what it does.
        pub help: String,
        /// A line that uses it.
        pub example: String,
        /// Keys of the object map it takes.
        pub options: Vec<OptionEntry>,
    }

    /// A key of the object map a verb takes.
    pub struct OptionEntry {
        /// The key.
        pub name: String,
        /// What it says.
        pub help: String,
    }

    /// What a batch may not exceed.
    pub struct Limits {
        /// Transactions of a block.
        pub transactions: u32,
        /// Characters of a script.
        pub script_chars: u32,
        /// Operations of a script.
        pub script_operations: u32,
        /// Virtual workers of the simulated runner.
        pub simulated_workers: u32,
        /// Files of contracts.
        pub contract_files: u32,
        /// Bytes of all such files together.
        pub contract_bytes: u32,
        /// Characters of all Solidity together.
        pub solidity_chars: u32,
        /// Characters of a name.
        pub name_chars: u32,
    }

    /// What reading a script gave, without running its transactions.
    pub struct Check {
        /// All that is wrong, in the order of the text.
        pub problems: Vec<Problem>,
        /// Title of the batch.
        pub title: String,
        /// How many transactions the block has.
        pub transactions: u32,
        /// The contracts of the files that were given.
        pub contracts: Vec<ContractEntry>,
        /// The compiler's name of the EVM version of the batch; absent while errors in the script
        /// hide which it is.
        pub evm_version: Option<String>,
    }

    /// What a run came to.
    #[serde(tag = "kind")]
    pub enum RunResult {
        /// It ran; the report says whether it matched sequential execution.
        Report {
            /// The facts.
            report: Box<Report>,
            /// Warnings about the batch, and an error for each expectation that does not hold.
            problems: Vec<Problem>,
        },
        /// The batch cannot run.
        Problems {
            /// Why.
            problems: Vec<Problem>,
        },
        /// The person stopped it.
        Stopped,
    }

    /// All facts of one run.
    pub struct Report {
        /// Version of this schema.
        pub version: u32,
        /// Title of the batch.
        pub title: String,
        /// What the batch is about.
        pub description: String,
        /// The run in numbers.
        pub summary: Summary,
        /// One or two sentences, in parts, so that numbers can link to the views that show them.
        pub verdict: Vec<VerdictPart>,
        /// One row a worker.
        pub lanes: Lanes,
        /// One bar an incarnation or validation.
        pub spans: Spans,
        /// One row a transaction.
        pub txs: Txs,
        /// What transactions logged, in order; of very many, the first.
        pub logs: Logs,
        /// Locations that at least two transactions touched, one of them writing; worst first.
        pub locations: Vec<LocationFacts>,
        /// Who read whose write.
        pub dependencies: Dependencies,
        /// What committed incarnations read and wrote.
        pub accesses: Accesses,
        /// What was executed in vain, and why.
        pub aborts: Aborts,
        /// Values the script watches, in its order.
        pub watches: Vec<WatchFacts>,
        /// Values the script expects, in its order.
        pub expectations: Vec<ExpectationFacts>,
        /// Where transactions ran and what crossed, under the strategy `shards`.
        pub shards: Option<Shards>,
    }

    /// The run in numbers. Times are in the unit of `clock`.
    pub struct Summary {
        /// Strategy's id.
        pub strategy: String,
        /// `threads` or `simulated`.
        pub runner: String,
        /// Workers used.
        pub workers: u32,
        /// Seed of the simulated runner's jitter.
        pub seed: u32,
        /// What times mean: gas on the simulated runner, microseconds on threads.
        pub clock: Clock,
        /// Name of the hard fork.
        pub hardfork: String,
        /// Transactions in the block.
        pub transactions: u32,
        /// Of these, executed with success.
        pub succeeded: u32,
        /// Of these, reverted or halted.
        pub failed: u32,
        /// Of these, invalid and skipped.
        pub skipped: u32,
        /// Gas used by the block.
        pub gas_used: f64,
        /// Root of the receipts, hex; absent before Byzantium.
        pub receipts_root: Option<String>,
        /// Digest of this run, hex.
        pub digest: String,
        /// Digest of sequential execution, hex.
        pub oracle_digest: String,
        /// Are they equal?
        pub matches: bool,
        /// The first difference where they are not.
        pub difference: Option<Difference>,
        /// What the source says the block must come to, compared; absent where it says nothing.
        pub expected: Option<Expectations>,
        /// Expectations of the script that do not hold.
        pub unmet: u32,
        /// Incarnations that were aborted after they ran to their end.
        pub aborts: u32,
        /// Incarnations that stopped on an ESTIMATE.
        pub blocked: u32,
        /// Incarnations that were told to stop before they ended.
        pub cancelled: u32,
        /// Transactions that failed so often that they waited until all below them were final.
        pub fallbacks: u32,
        /// Incarnations in all.
        pub incarnations: u32,
        /// Validations in all.
        pub validations: u32,
        /// From start to the last commit.
        pub makespan: f64,
        /// What finding out what the strategy had to know beforehand took, on one worker; not part
        /// of `makespan`.
        pub preparation: f64,
        /// What the oracle took, on the same clock.
        pub oracle_time: f64,
        /// `oracle_time / makespan`.
        pub speedup: f64,
        /// Runs behind the wall times, and their spread; absent in gas time.
        pub wall: Option<WallSpread>,
        /// Gas of incarnations that did not commit.
        pub wasted_gas: f64,
        /// Share of worker time spent executing what was committed, 0 to 1.
        pub utilisation: f64,
        /// Gas of the heaviest chain of dependencies.
        pub critical_path_gas: f64,
        /// `gas_used / critical_path_gas`: no number of workers can do better.
        pub critical_path_bound: f64,
        /// The smaller of workers and critical-path bound.
        pub ideal_speedup: f64,
        /// Did the trace pass its limit, so that the columns are incomplete?
        pub truncated: bool,
    }

    /// What times mean.
    #[derive(Copy, Eq)]
    pub enum Clock {
        /// Virtual time of the simulated runner, in gas.
        Gas,
        /// Measured time, in microseconds.
        Wall,
    }

    /// Medians come from this many runs.
    pub struct WallSpread {
        /// Timed runs of the strategy; the oracle was timed as often, in turn.
        pub runs: u32,
        /// Fastest and slowest run of the strategy, in microseconds.
        pub fastest: f64,
        /// Slowest run of the strategy, in microseconds.
        pub slowest: f64,
        /// Fastest run of the oracle, in microseconds.
        pub oracle_fastest: f64,
        /// Slowest run of the oracle, in microseconds.
        pub oracle_slowest: f64,
    }

    /// The first place where a run differs from the oracle.
    pub struct Difference {
        /// The transaction, or none when only the post-state differs.
        pub tx: Option<u32>,
        /// What differs, such as `gasUsed` or `balance of 0x…`.
        pub field: String,
        /// The run's value.
        pub found: String,
        /// The oracle's value.
        pub expected: String,
    }

    /// A piece of the verdict.
    pub struct VerdictPart {
        /// Text, to be joined without spaces.
        pub text: String,
        /// The view that shows this number.
        pub link: Option<VerdictLink>,
    }

    /// Where a piece of the verdict leads.
    #[serde(tag = "view")]
    pub enum VerdictLink {
        /// Lanes over time.
        Timeline,
        /// The dependency graph, with its critical path.
        Dependencies,
        /// A location.
        Location {
            /// Index into `locations`.
            location: u32,
        },
        /// Sequential execution, compared.
        Oracle,
    }

    /// One entry a worker, in time of the clock.
    pub struct Lanes {
        /// Executing what was committed.
        pub useful: Vec<f64>,
        /// Executing what was not.
        pub wasted: Vec<f64>,
        /// Validating.
        pub validating: Vec<f64>,
        /// Neither: waiting for work, or overhead between tasks.
        pub idle: Vec<f64>,
    }

    /// What a span of a lane was.
    #[derive(Copy, Eq)]
    pub enum SpanKind {
        /// An execution whose result was committed.
        Committed,
        /// An execution that ran to its end and was aborted.
        Aborted,
        /// An execution that stopped on an ESTIMATE.
        Blocked,
        /// An execution that was told to stop, or whose worker failed.
        Cancelled,
        /// A validation that passed.
        Validated,
        /// A validation that failed and aborted its incarnation.
        Rejected,
    }

    /// Bars of the timeline, ordered by start within each worker.
    pub struct Spans {
        /// Lane.
        pub worker: Vec<u32>,
        /// Transaction.
        pub tx: Vec<u32>,
        /// Incarnation, from 0.
        pub incarnation: Vec<u32>,
        /// What it was.
        pub kind: Vec<SpanKind>,
        /// When it began.
        pub start: Vec<f64>,
        /// When it ended.
        pub end: Vec<f64>,
        /// For blocked and rejected: the transaction whose write was in the way.
        pub writer: Vec<Option<u32>>,
        /// For blocked and rejected: where, an index into `locations`.
        pub location: Vec<Option<u32>>,
    }

    /// What became of a transaction.
    #[derive(Copy, Eq)]
    pub enum TxStatus {
        /// Executed to its end.
        Success,
        /// Ran into `REVERT`.
        Revert,
        /// Failed and used all its gas.
        Halt,
        /// Invalid: changed nothing.
        Skipped,
    }

    /// One entry a transaction.
    pub struct Txs {
        /// What it calls, such as `claim(uint256)` or `transfer`.
        pub label: Vec<String>,
        /// Sender's name or address.
        pub from: Vec<String>,
        /// Receiver's name or address; empty for a creation.
        pub to: Vec<String>,
        /// The call in the script that made it.
        pub place: Vec<Option<Place>>,
        /// What became of it.
        pub status: Vec<TxStatus>,
        /// Why it failed or was skipped; else empty.
        pub reason: Vec<String>,
        /// Gas it used.
        pub gas_used: Vec<f64>,
        /// Logs it emitted.
        pub logs: Vec<u32>,
        /// What it returned, decoded, or the contract it created; empty where there is nothing.
        pub returned: Vec<String>,
        /// Times it was executed.
        pub incarnations: Vec<u32>,
        /// Transactions on the longest chain of dependencies that ends with it, itself included.
        pub depth: Vec<u32>,
        /// Gas of the heaviest chain that ends with it, its own included.
        pub path_gas: Vec<f64>,
        /// Is it on the critical path?
        pub critical: Vec<bool>,
        /// When its result could no longer change.
        pub committed_at: Vec<f64>,
    }

    /// A value before and after the block.
    pub struct WatchFacts {
        /// What the script calls it.
        pub label: String,
        /// What it is, such as `token.balanceOf(alice)`.
        pub of: String,
        /// Before the block.
        pub before: String,
        /// After it.
        pub after: String,
        /// The difference, of numbers.
        pub change: Option<String>,
    }

    /// A value that must hold after the block.
    pub struct ExpectationFacts {
        /// What it is, such as `token.balanceOf(alice)`.
        pub of: String,
        /// What it must be.
        pub expected: String,
        /// What it is.
        pub found: String,
        /// Does it hold?
        pub holds: bool,
        /// The call in the script that expects it.
        pub place: Option<Place>,
    }

    /// One entry a log, ordered by transaction.
    pub struct Logs {
        /// Transaction.
        pub tx: Vec<u32>,
        /// The contract that logged it, by name or address.
        pub from: Vec<String>,
        /// The event, such as `Transfer(from: alice, to: bob, amount: 5)`.
        pub text: Vec<String>,
    }

    /// A location that holds, or could hold, the batch back.
    pub struct LocationFacts {
        /// Name, such as `Airdrop.claimed` or `balance of alice`.
        pub name: String,
        /// Kind of location.
        pub kind: LocationKind,
        /// Account's address.
        pub address: String,
        /// Storage slot, hex, for a slot.
        pub slot: Option<String>,
        /// Transactions that read it.
        pub readers: u32,
        /// Transactions that wrote it.
        pub writers: u32,
        /// Dependencies through it.
        pub dependencies: u32,
        /// Aborts and blocks it caused in this run.
        pub aborts: u32,
        /// Share of the lost speedup that goes away when this location (after the worse ones) is
        /// ignored; cumulative over the list, 0 to 1.
        pub loss_share: f64,
    }

    /// Kind of location.
    #[derive(Copy, Eq)]
    pub enum LocationKind {
        /// An account's balance.
        Balance,
        /// An account's nonce.
        Nonce,
        /// An account's code.
        Code,
        /// An account's existence and the storage it had before it was destroyed or created anew.
        Existence,
        /// A storage slot.
        Slot,
        /// A whole account, where that is the unit of conflicts.
        Account,
        /// The fees credited to the beneficiary so far.
        Fees,
    }

    /// Edges: `reader` read what `writer` wrote at `location`.
    pub struct Dependencies {
        /// The earlier transaction.
        pub writer: Vec<u32>,
        /// The later one.
        pub reader: Vec<u32>,
        /// Where: an index into `locations`.
        pub location: Vec<u32>,
        /// Is the edge on the critical path?
        pub critical: Vec<bool>,
    }

    /// What committed incarnations read and wrote, ordered by transaction.
    pub struct Accesses {
        /// Transaction.
        pub tx: Vec<u32>,
        /// True for a write, false for a read.
        pub write: Vec<bool>,
        /// Index into `names`.
        pub name: Vec<u32>,
        /// For a read: the transaction whose write it saw; none for the prestate.
        pub origin: Vec<Option<u32>>,
        /// Names of all locations that occur here.
        pub names: Vec<String>,
    }

    /// How a static partition fared. The columns have one entry a shard.
    pub struct Shards {
        /// Transactions that stayed in the shard.
        pub transactions: Vec<u32>,
        /// Gas of these.
        pub gas: Vec<f64>,
        /// Transactions that crossed shards, or touched nothing of any, so that all others waited.
        pub crossing: u32,
        /// Their share of all transactions, 0 to 1.
        pub crossing_share: f64,
        /// Gas of these.
        pub crossing_gas: f64,
        /// Time of workers that were free while a shard had a transaction to run and a crossing one
        /// had to run before it; in time of the clock, all workers together.
        pub waiting: f64,
        /// Its share of the time of all workers, 0 to 1.
        pub waiting_share: f64,
    }

    /// Incarnations that did not commit, in the order they ended.
    pub struct Aborts {
        /// Transaction.
        pub tx: Vec<u32>,
        /// Incarnation.
        pub incarnation: Vec<u32>,
        /// Stopped on an ESTIMATE, rather than rejected by a validation.
        pub blocked: Vec<bool>,
        /// The transaction whose write was in the way.
        pub writer: Vec<Option<u32>>,
        /// Where: an index into `locations`.
        pub location: Vec<Option<u32>>,
        /// When.
        pub at: Vec<f64>,
    }
}

impl From<outcome::Difference> for Difference {
    fn from(difference: outcome::Difference) -> Self {
        Self {
            tx: difference.tx,
            field: difference.field,
            found: difference.found,
            expected: difference.expected,
        }
    }
}

#[cfg(test)]
mod tests;
