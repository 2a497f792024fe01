//! All facts of one run, as plain data: what crosses to the page and what `--json` prints.
//!
//! Nothing is computed here. Numbers are `u32` or `f64` (sums of gas are `f64`: they pass 2^32 and
//! stay exact below 2^53); wei, hashes and addresses are strings; long lists are columns, where
//! entry `i` of every column of a struct speaks of the same thing.
//! The TypeScript twins in `www/src/engine/report.ts` and the JSON schema `report.schema.json` are
//! written by the tests in `report/tests.rs`.

use interleave_engine::outcome;
use serde::Serialize;

use crate::batch::{Expectations, Problem};

/// Derives what every type that crosses to JavaScript needs.
macro_rules! crosses {
    ($($(#[$meta:meta])* pub $kind:ident $name:ident $body:tt)*) => {
        $(
            #[derive(Clone, Debug, PartialEq, Serialize)]
            #[cfg_attr(test, derive(ts_rs::TS, schemars::JsonSchema))]
            #[serde(rename_all = "camelCase")]
            $(#[$meta])*
            pub $kind $name $body
        )*
    };
}

mod bounds;
mod columns;
mod contention;
mod faults;
mod fees;
mod latency;
mod locations;
mod measure;
mod node;
mod opened;
mod options;
mod partial;
mod series;
mod watches;

pub use self::{
    bounds::{Bound, Setting},
    columns::{
        Aborts, Accesses, Cause, Dependencies, EventKind, Events, Lanes, Logs, Shards, SpanKind,
        Spans, TxStatus, Txs,
    },
    contention::{ContractFacts, FunctionFacts},
    faults::{Fault, FaultAnswer, FaultKind, Faults, Recovery},
    fees::{FeeAssumptions, FeeBlocks, Fees, FeesResult, Settled},
    latency::{Latency, Percentiles},
    locations::{LocationFacts, LocationKind, Pattern, SourceLine},
    measure::{MeasureOptions, MeasureResult, Measured, MeasuredRun},
    node::{Assembled, NodeAnswers},
    opened::{OpenedBatch, OpenedFiles},
    options::{ConflictUnit, ContractFile, CostModel, HintSource, RunOptions, RunnerKind},
    partial::PartialRun,
    series::{
        CompareResult, Comparison, Curve, CurveOptions, CurvePoint, CurveResult, MeasuredSpeedup,
        RejectedRun, Sketch,
    },
    watches::{ExpectationFacts, WatchFacts},
};

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
        /// The contracts of the examples.
        pub contracts: Vec<ContractEntry>,
        /// Formats that a run or its block can be written in, in the order of the menu.
        pub formats: Vec<ExportEntry>,
        /// The compiler's name of the EVM version of a batch that does not say a hard fork.
        pub evm_version: String,
    }

    /// A format that a run or its block can be written in.
    pub struct ExportEntry {
        /// Stable name, such as `trace`.
        pub id: String,
        /// Name people know.
        pub name: String,
        /// What files of it end in.
        pub ending: String,
        /// Its media type.
        pub media: String,
        /// What is in it, and what it is for.
        pub summary: String,
    }

    /// What writing a run came to.
    #[serde(tag = "kind")]
    pub enum ExportResult {
        /// It was written.
        File {
            /// The whole file.
            text: String,
        },
        /// It cannot be written.
        Problems {
            /// Why.
            problems: Vec<Problem>,
        },
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
        /// What goes wrong when it runs, to show what is done about it.
        pub faults: Vec<Fault>,
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

    /// What reading a script gave, without running its transactions.
    pub struct Check {
        /// Somebody wanted it to stop, and the rest says nothing.
        pub stopped: bool,
        /// All that is wrong, in the order of the text.
        pub problems: Vec<Problem>,
        /// Title of the batch.
        pub title: String,
        /// What else is said of it.
        pub description: String,
        /// The file beside it that has its block access list.
        pub access_list: Option<String>,
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
        /// The block access list that came with the block is false, so the strategy that replays it stopped.
        Rejected {
            /// Where the list does not hold, and in which transaction if it has one.
            problem: Problem,
            /// Warnings about the batch.
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
        #[cfg_attr(test, schemars(extend("const" = VERSION)))]
        pub version: u32,
        /// Title of the batch.
        pub title: String,
        /// What the batch is about.
        pub description: String,
        /// The run in numbers.
        pub summary: Summary,
        /// One or two sentences, in parts, so that numbers can link to the views that show them.
        pub verdict: Vec<VerdictPart>,
        /// How fast any number of workers could be, depending on what counts as a conflict.
        pub bounds: Vec<Bound>,
        /// How long transactions waited and ran; absent where the trace is incomplete.
        pub latency: Option<Latency>,
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
        /// Contracts and what their state cost; worst first.
        pub contracts: Vec<ContractFacts>,
        /// Functions and what their calls cost and suffered; worst first.
        pub functions: Vec<FunctionFacts>,
        /// Who read whose write.
        pub dependencies: Dependencies,
        /// What committed incarnations read and wrote.
        pub accesses: Accesses,
        /// What was executed in vain, and why.
        pub aborts: Aborts,
        /// What happened, one thing after another.
        pub events: Events,
        /// Values the script watches, in its order.
        pub watches: Vec<WatchFacts>,
        /// Values the script expects, in its order.
        pub expectations: Vec<ExpectationFacts>,
        /// Where transactions ran and what crossed, under the strategy `shards`.
        pub shards: Option<Shards>,
        /// What went wrong; absent where nothing was to and nothing did.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        pub faults: Option<Faults>,
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
        /// What times mean.
        pub clock: Clock,
        /// What the simulated runner took the machinery to cost; absent on threads.
        pub overhead: Option<OverheadUsed>,
        /// The block access list that was replayed; absent under strategies that need none.
        pub list: Option<ListUsed>,
        /// Name of the hard fork.
        pub hardfork: String,
        /// Transactions in the block; of a partial run, those that it is about.
        pub transactions: u32,
        /// The run was stopped on the way, and all of the report is about its first transactions; absent
        /// where it is about the whole block.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        pub partial: Option<PartialRun>,
        /// Of these, executed with success.
        pub succeeded: u32,
        /// Of these, reverted or halted.
        pub failed: u32,
        /// Of these, invalid and skipped.
        pub skipped: u32,
        /// Gas used by the block.
        pub gas_used: f64,
        /// Root of the receipts, hex; absent before Byzantium and of a partial run.
        pub receipts_root: Option<String>,
        /// Root of the state after the block's last step, hex; absent where only part of the state is
        /// known, as with a block from a node, where the run is partial, and where it differs from
        /// sequential execution.
        pub state_root: Option<String>,
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
        /// Transactions a second on this machine, those that failed included; absent in gas time.
        pub tx_per_second: Option<f64>,
        /// Gas a second on this machine; absent in gas time.
        pub gas_per_second: Option<f64>,
        /// Runs behind the wall times, and their spread; absent in gas time.
        pub wall: Option<WallSpread>,
        /// Gas of incarnations that did not commit.
        pub wasted_gas: f64,
        /// Share of worker time spent executing what was committed, 0 to 1.
        pub utilisation: f64,
        /// Gas of the heaviest chain of dependencies.
        pub critical_path_gas: f64,
        /// `gas_used / critical_path_gas`: no number of workers can do better, except with a block access list.
        pub critical_path_bound: f64,
        /// The smaller of workers and critical-path bound; with a block access list, of workers and what the
        /// heaviest transaction leaves.
        pub ideal_speedup: f64,
        /// Did the trace pass its limit, so that the columns are incomplete?
        pub truncated: bool,
        /// What was done about what went wrong; absent where nothing was to and nothing did.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        pub recovery: Option<Recovery>,
    }

    /// What times mean.
    #[derive(Copy, Eq)]
    pub enum Clock {
        /// Virtual time of the simulated runner, in gas.
        Gas,
        /// Measured time, in microseconds.
        Wall,
        /// Virtual time of the simulated runner, in microseconds: each transaction takes what it took
        /// alone, on this machine.
        Virtual,
    }

    /// What a simulated run took the machinery around execution to cost.
    pub struct OverheadUsed {
        /// What a microsecond of it is on the clock.
        pub unit: f64,
        /// Names of the parameters.
        pub name: Vec<String>,
        /// Their values in microseconds; `sharing` and `crowding` are shares.
        pub value: Vec<f64>,
    }

    /// A block access list that a strategy replayed. Comparing with its values is part of the run's time.
    #[derive(Copy, Eq)]
    pub struct ListUsed {
        /// Where it came from.
        pub source: ListSource,
        /// Values in it.
        pub values: u32,
    }

    /// Where a block access list comes from.
    #[derive(Copy, Eq)]
    pub enum ListSource {
        /// It came with the block, so the strategy had nothing to prepare; reading it is no part of any time.
        Given,
        /// Executing the block made it, which is the run's preparation.
        Made,
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
