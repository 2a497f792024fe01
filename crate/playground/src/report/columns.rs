//! The long lists of a report, as columns.

use serde::Serialize;

use crate::batch::Place;

crosses! {
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
        /// When its first incarnation started; none where the trace is incomplete, here and below.
        pub started_at: Vec<Option<f64>>,
        /// When its committed incarnation had run to its end.
        pub executed_at: Vec<Option<f64>>,
        /// When its result could no longer change.
        pub committed_at: Vec<f64>,
    }

    /// One entry a log, ordered by transaction.
    pub struct Logs {
        /// Transaction.
        pub tx: Vec<u32>,
        /// The contract that logged it, by name or address.
        pub from: Vec<String>,
        /// The event, such as `Transfer(from: alice, to: bob, amount: 5)`.
        pub text: Vec<String>,
        /// Transactions below this one are listed whole. The list is full where there are others.
        pub until: u32,
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
        /// Where each of these is in `locations`; none for one that no two transactions conflict on.
        pub listed: Vec<Option<u32>>,
        /// Transactions below this one are listed. The list is full where there are others.
        pub until: u32,
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
        /// The execution that came to nothing: an index into `spans`; none where the trace is
        /// incomplete, here and below.
        pub span: Vec<Option<u32>>,
        /// The last execution of the writer that had ended by then.
        pub writer_span: Vec<Option<u32>>,
        /// What the writer had done.
        pub cause: Vec<Cause>,
    }

    /// Why an incarnation did not commit, as the times of the executions tell it.
    #[derive(Copy, Eq)]
    pub enum Cause {
        /// The writer wrote there after the reader had started.
        Overtaken,
        /// The writer had written there before the reader started, and was aborted itself.
        Withdrawn,
        /// The writer wrote there after the reader had started, and was aborted itself.
        Unsettled,
        /// The writer had yet to run.
        Pending,
        /// What was read has changed for another reason, such as an earlier write that is gone.
        Changed,
    }

    /// All that happened in a run, in order; at one time, ends come before commits, these before starts.
    pub struct Events {
        /// When.
        pub at: Vec<f64>,
        /// What.
        pub kind: Vec<EventKind>,
        /// The transaction it happened to.
        pub tx: Vec<u32>,
        /// What it belongs to: for an abort an index into `aborts`, for a commit the transaction, for
        /// everything else an index into `spans`.
        pub of: Vec<u32>,
    }

    /// A step in the life of an incarnation.
    #[derive(Copy, Eq)]
    pub enum EventKind {
        /// A worker began to execute it.
        Started,
        /// It ran to its end, and what it wrote can be read.
        Executed,
        /// It stopped on an ESTIMATE.
        Blocked,
        /// It was told to stop, or its result was dropped when it ended.
        Cancelled,
        /// A validation passed, for the first time.
        Validated,
        /// It was aborted: its transaction must run again.
        Aborted,
        /// Its result can no longer change.
        Committed,
    }
}
