// Written by `cargo test` from crate/playground/src/report.rs; do not edit.

/**
 * What the engine can do: filled into the page's menus.
 */
export type Catalog = { 
/**
 * Strategies in the order of the menu.
 */
strategies: Array<StrategyEntry>, 
/**
 * Examples in the order of the menu.
 */
examples: Array<Example>, 
/**
 * The verbs of the script language, in the order of their documentation.
 */
verbs: Array<VerbEntry>, 
/**
 * The contracts of the examples.
 */
contracts: Array<ContractEntry>, 
/**
 * Formats that a run or its block can be written in, in the order of the menu.
 */
formats: Array<ExportEntry>, 
/**
 * The compiler's name of the EVM version of a batch that does not say a hard fork.
 */
evmVersion: string, };

/**
 * A format that a run or its block can be written in.
 */
export type ExportEntry = { 
/**
 * Stable name, such as `trace`.
 */
id: string, 
/**
 * Name people know.
 */
name: string, 
/**
 * What files of it end in.
 */
ending: string, 
/**
 * Its media type.
 */
media: string, 
/**
 * What is in it, and what it is for.
 */
summary: string, };

/**
 * What writing a run came to.
 */
export type ExportResult = { "kind": "file", 
/**
 * The whole file.
 */
text: string, } | { "kind": "problems", 
/**
 * Why.
 */
problems: Array<Problem>, };

/**
 * A strategy as a person picks it.
 */
export type StrategyEntry = { 
/**
 * Stable name, such as `block-stm`.
 */
id: string, 
/**
 * Name people know.
 */
name: string, 
/**
 * One sentence.
 */
summary: string, 
/**
 * What it must be given beforehand.
 */
needs: StrategyNeeds, };

/**
 * What a strategy must be given beforehand.
 */
export type StrategyNeeds = "nothing" | "hints" | "list";

/**
 * An example as a person picks it.
 */
export type Example = { 
/**
 * File name without its ending.
 */
id: string, 
/**
 * Heading in the menu.
 */
group: string, 
/**
 * First comment line.
 */
title: string, 
/**
 * Comment lines after it.
 */
description: string, 
/**
 * The example that shows what to do about the problem this one shows.
 */
remedy: string | null, 
/**
 * What goes wrong when it runs, to show what is done about it.
 */
faults: Array<Fault>, 
/**
 * The whole script.
 */
script: string, };

/**
 * A verb of the script language, for completion and help.
 */
export type VerbEntry = { 
/**
 * What a script calls it.
 */
name: string, 
/**
 * Heading of the reference it stands under.
 */
group: string, 
/**
 * Its arguments, such as `transfer(from, to, value, #{ gas_limit, … })`.
 */
signature: string, 
/**
 * One line that says what it does.
 */
help: string, 
/**
 * A line that uses it.
 */
example: string, 
/**
 * Keys of the object map it takes.
 */
options: Array<OptionEntry>, };

/**
 * A key of the object map a verb takes.
 */
export type OptionEntry = { 
/**
 * The key.
 */
name: string, 
/**
 * What it says.
 */
help: string, };

/**
 * A contract that a script can deploy.
 */
export type ContractEntry = { 
/**
 * The name to deploy it by.
 */
name: string, 
/**
 * The file it is in.
 */
file: string, 
/**
 * Its constructor, such as `Token(uint256 supply)`.
 */
constructor: string, 
/**
 * Its functions, in the order of their names.
 */
functions: Array<FunctionEntry>, };

/**
 * A function of a contract.
 */
export type FunctionEntry = { 
/**
 * What a script calls it by, such as `transfer(address,uint256)`.
 */
signature: string, 
/**
 * The same with the names of its parameters, and what it gives.
 */
detail: string, };

/**
 * What reading a script gave, without running its transactions.
 */
export type Check = { 
/**
 * Somebody wanted it to stop, and the rest says nothing.
 */
stopped: boolean, 
/**
 * All that is wrong, in the order of the text.
 */
problems: Array<Problem>, 
/**
 * Title of the batch.
 */
title: string, 
/**
 * What else is said of it.
 */
description: string, 
/**
 * The file beside it that has its block access list.
 */
accessList: string | null, 
/**
 * How many transactions the block has.
 */
transactions: number, 
/**
 * The contracts of the files that were given.
 */
contracts: Array<ContractEntry>, 
/**
 * The compiler's name of the EVM version of the batch; absent while errors in the script
 * hide which it is.
 */
evmVersion: string | null, };

/**
 * What files that were opened together are.
 */
export type OpenedFiles = { 
/**
 * The batch that is among them.
 */
batch: OpenedBatch | null, 
/**
 * Names of the files that belong beside a batch: contracts, and block access lists.
 */
beside: Array<string>, 
/**
 * What is wrong; then nothing of them can be taken.
 */
problems: Array<Problem>, };

/**
 * A batch that files hold.
 */
export type OpenedBatch = { 
/**
 * Its text, to be run.
 */
text: string, 
/**
 * Names of the files that it is from.
 */
files: Array<string>, 
/**
 * Titles of the batches of the file, where it has several; of the first ones where they are many.
 */
cases: Array<string>, 
/**
 * How many batches the file has.
 */
batches: number, 
/**
 * Which of them this is, from 0.
 */
case: number, };

/**
 * What a run came to.
 */
export type RunResult = { "kind": "report", 
/**
 * The facts.
 */
report: Report, 
/**
 * Warnings about the batch, and an error for each expectation that does not hold.
 */
problems: Array<Problem>, } | { "kind": "rejected", 
/**
 * Where the list does not hold, and in which transaction if it has one.
 */
problem: Problem, 
/**
 * Warnings about the batch.
 */
problems: Array<Problem>, } | { "kind": "problems", 
/**
 * Why.
 */
problems: Array<Problem>, } | { "kind": "stopped" };

/**
 * All facts of one run.
 */
export type Report = { 
/**
 * Version of this schema.
 */
version: number, 
/**
 * Title of the batch.
 */
title: string, 
/**
 * What the batch is about.
 */
description: string, 
/**
 * The run in numbers.
 */
summary: Summary, 
/**
 * One or two sentences, in parts, so that numbers can link to the views that show them.
 */
verdict: Array<VerdictPart>, 
/**
 * How fast any number of workers could be, depending on what counts as a conflict.
 */
bounds: Array<Bound>, 
/**
 * How long transactions waited and ran; absent where the trace is incomplete.
 */
latency: Latency | null, 
/**
 * One row a worker.
 */
lanes: Lanes, 
/**
 * One bar an incarnation or validation.
 */
spans: Spans, 
/**
 * One row a transaction.
 */
txs: Txs, 
/**
 * What transactions logged, in order; of very many, the first.
 */
logs: Logs, 
/**
 * Locations that at least two transactions touched, one of them writing; worst first.
 */
locations: Array<LocationFacts>, 
/**
 * Contracts and what their state cost; worst first.
 */
contracts: Array<ContractFacts>, 
/**
 * Functions and what their calls cost and suffered; worst first.
 */
functions: Array<FunctionFacts>, 
/**
 * Who read whose write.
 */
dependencies: Dependencies, 
/**
 * What committed incarnations read and wrote.
 */
accesses: Accesses, 
/**
 * What was executed in vain, and why.
 */
aborts: Aborts, 
/**
 * What happened, one thing after another.
 */
events: Events, 
/**
 * Values the script watches, in its order.
 */
watches: Array<WatchFacts>, 
/**
 * Values the script expects, in its order.
 */
expectations: Array<ExpectationFacts>, 
/**
 * Where transactions ran and what crossed, under the strategy `shards`.
 */
shards: Shards | null, 
/**
 * What went wrong; absent where nothing was to and nothing did.
 */
faults?: Faults, };

/**
 * The run in numbers. Times are in the unit of `clock`.
 */
export type Summary = { 
/**
 * Strategy's id.
 */
strategy: string, 
/**
 * `threads` or `simulated`.
 */
runner: string, 
/**
 * Workers used.
 */
workers: number, 
/**
 * Seed of the simulated runner's jitter.
 */
seed: number, 
/**
 * What times mean.
 */
clock: Clock, 
/**
 * What the simulated runner took the machinery to cost; absent on threads.
 */
overhead: OverheadUsed | null, 
/**
 * The block access list that was replayed; absent under strategies that need none.
 */
list: ListUsed | null, 
/**
 * Name of the hard fork.
 */
hardfork: string, 
/**
 * Transactions in the block; of a partial run, those that it is about.
 */
transactions: number, 
/**
 * The run was stopped on the way, and all of the report is about its first transactions; absent
 * where it is about the whole block.
 */
partial?: PartialRun, 
/**
 * Of these, executed with success.
 */
succeeded: number, 
/**
 * Of these, reverted or halted.
 */
failed: number, 
/**
 * Of these, invalid and skipped.
 */
skipped: number, 
/**
 * Gas used by the block.
 */
gasUsed: number, 
/**
 * Root of the receipts, hex; absent before Byzantium and of a partial run.
 */
receiptsRoot: string | null, 
/**
 * Root of the state after the block's last step, hex; absent where only part of the state is
 * known, as with a block from a node, where the run is partial, and where it differs from
 * sequential execution.
 */
stateRoot: string | null, 
/**
 * Digest of this run, hex.
 */
digest: string, 
/**
 * Digest of sequential execution, hex.
 */
oracleDigest: string, 
/**
 * Are they equal?
 */
matches: boolean, 
/**
 * The first difference where they are not.
 */
difference: Difference | null, 
/**
 * What the source says the block must come to, compared; absent where it says nothing.
 */
expected: Expectations | null, 
/**
 * Expectations of the script that do not hold.
 */
unmet: number, 
/**
 * Incarnations that were aborted after they ran to their end.
 */
aborts: number, 
/**
 * Incarnations that stopped on an ESTIMATE.
 */
blocked: number, 
/**
 * Incarnations that were told to stop before they ended.
 */
cancelled: number, 
/**
 * Transactions that failed so often that they waited until all below them were final.
 */
fallbacks: number, 
/**
 * Incarnations in all.
 */
incarnations: number, 
/**
 * Validations in all.
 */
validations: number, 
/**
 * From start to the last commit.
 */
makespan: number, 
/**
 * What finding out what the strategy had to know beforehand took, on one worker; not part
 * of `makespan`.
 */
preparation: number, 
/**
 * What the oracle took, on the same clock.
 */
oracleTime: number, 
/**
 * `oracle_time / makespan`.
 */
speedup: number, 
/**
 * Transactions a second on this machine, those that failed included; absent in gas time.
 */
txPerSecond: number | null, 
/**
 * Gas a second on this machine; absent in gas time.
 */
gasPerSecond: number | null, 
/**
 * Runs behind the wall times, and their spread; absent in gas time.
 */
wall: WallSpread | null, 
/**
 * Gas of incarnations that did not commit.
 */
wastedGas: number, 
/**
 * Share of worker time spent executing what was committed, 0 to 1.
 */
utilisation: number, 
/**
 * Gas of the heaviest chain of dependencies.
 */
criticalPathGas: number, 
/**
 * `gas_used / critical_path_gas`: no number of workers can do better, except with a block access list.
 */
criticalPathBound: number, 
/**
 * The smaller of workers and critical-path bound; with a block access list, of workers and what the
 * heaviest transaction leaves.
 */
idealSpeedup: number, 
/**
 * Did the trace pass its limit, so that the columns are incomplete?
 */
truncated: boolean, 
/**
 * What was done about what went wrong; absent where nothing was to and nothing did.
 */
recovery?: Recovery, };

/**
 * The first transactions of a block, which were final when the run was stopped.
 */
export type PartialRun = { 
/**
 * How many.
 */
committed: number, 
/**
 * How many the block has.
 */
transactions: number, };

/**
 * What times mean.
 */
export type Clock = "gas" | "wall" | "virtual";

/**
 * Medians come from this many runs.
 */
export type WallSpread = { 
/**
 * Timed runs of the strategy; the oracle was timed as often, in turn.
 */
runs: number, 
/**
 * Fastest and slowest run of the strategy, in microseconds.
 */
fastest: number, 
/**
 * Slowest run of the strategy, in microseconds.
 */
slowest: number, 
/**
 * Fastest run of the oracle, in microseconds.
 */
oracleFastest: number, 
/**
 * Slowest run of the oracle, in microseconds.
 */
oracleSlowest: number, };

/**
 * The first place where a run differs from the oracle.
 */
export type Difference = { 
/**
 * The transaction, or none when only the post-state differs.
 */
tx: number | null, 
/**
 * What differs, such as `gasUsed` or `balance of 0x…`.
 */
field: string, 
/**
 * The run's value.
 */
found: string, 
/**
 * The oracle's value.
 */
expected: string, };

/**
 * What a block's source expects of it, compared with what it came to.
 */
export type Expectations = { 
/**
 * What was compared, such as `gas used`.
 */
compared: Array<string>, 
/**
 * What does not hold, each in a sentence.
 */
unmet: Array<string>, };

/**
 * A piece of the verdict.
 */
export type VerdictPart = { 
/**
 * Text, to be joined without spaces.
 */
text: string, 
/**
 * The view that shows this number.
 */
link: VerdictLink | null, };

/**
 * Where a piece of the verdict leads.
 */
export type VerdictLink = { "view": "timeline" } | { "view": "dependencies" } | { "view": "location", 
/**
 * Index into `locations`.
 */
location: number, } | { "view": "oracle" };

/**
 * One entry a worker, in time of the clock.
 */
export type Lanes = { 
/**
 * Executing what was committed.
 */
useful: Array<number>, 
/**
 * Executing what was not.
 */
wasted: Array<number>, 
/**
 * Validating.
 */
validating: Array<number>, 
/**
 * Neither: waiting for work, or overhead between tasks.
 */
idle: Array<number>, };

/**
 * What a span of a lane was.
 */
export type SpanKind = "committed" | "aborted" | "blocked" | "cancelled" | "validated" | "rejected";

/**
 * Bars of the timeline, ordered by start within each worker.
 */
export type Spans = { 
/**
 * Lane.
 */
worker: Array<number>, 
/**
 * Transaction.
 */
tx: Array<number>, 
/**
 * Incarnation, from 0.
 */
incarnation: Array<number>, 
/**
 * What it was.
 */
kind: Array<SpanKind>, 
/**
 * When it began.
 */
start: Array<number>, 
/**
 * When it ended.
 */
end: Array<number>, 
/**
 * For blocked and rejected: the transaction whose write was in the way.
 */
writer: Array<number | null>, 
/**
 * For blocked and rejected: where, an index into `locations`.
 */
location: Array<number | null>, };

/**
 * What became of a transaction.
 */
export type TxStatus = "success" | "revert" | "halt" | "skipped";

/**
 * One entry a transaction.
 */
export type Txs = { 
/**
 * What it calls, such as `claim(uint256)` or `transfer`.
 */
label: Array<string>, 
/**
 * Sender's name or address.
 */
from: Array<string>, 
/**
 * Receiver's name or address; empty for a creation.
 */
to: Array<string>, 
/**
 * The call in the script that made it.
 */
place: Array<Place | null>, 
/**
 * What became of it.
 */
status: Array<TxStatus>, 
/**
 * Why it failed or was skipped; else empty.
 */
reason: Array<string>, 
/**
 * Gas it used.
 */
gasUsed: Array<number>, 
/**
 * Logs it emitted.
 */
logs: Array<number>, 
/**
 * What it returned, decoded, or the contract it created; empty where there is nothing.
 */
returned: Array<string>, 
/**
 * Times it was executed.
 */
incarnations: Array<number>, 
/**
 * Transactions on the longest chain of dependencies that ends with it, itself included.
 */
depth: Array<number>, 
/**
 * Gas of the heaviest chain that ends with it, its own included.
 */
pathGas: Array<number>, 
/**
 * Is it on the critical path?
 */
critical: Array<boolean>, 
/**
 * When its first incarnation started; none where the trace is incomplete, here and below.
 */
startedAt: Array<number | null>, 
/**
 * When its committed incarnation had run to its end.
 */
executedAt: Array<number | null>, 
/**
 * When its result could no longer change.
 */
committedAt: Array<number>, };

/**
 * One entry a log, ordered by transaction.
 */
export type Logs = { 
/**
 * Transaction.
 */
tx: Array<number>, 
/**
 * The contract that logged it, by name or address.
 */
from: Array<string>, 
/**
 * The event, such as `Transfer(from: alice, to: bob, amount: 5)`.
 */
text: Array<string>, 
/**
 * Transactions below this one are listed whole. The list is full where there are others.
 */
until: number, };

/**
 * A value before and after the block.
 */
export type WatchFacts = { 
/**
 * What the script calls it.
 */
label: string, 
/**
 * What it is, such as `token.balanceOf(alice)`.
 */
of: string, 
/**
 * Before the block.
 */
before: string, 
/**
 * After it.
 */
after: string, 
/**
 * The difference, of numbers.
 */
change: string | null, };

/**
 * A value that must hold after the block.
 */
export type ExpectationFacts = { 
/**
 * What it is, such as `token.balanceOf(alice)`.
 */
of: string, 
/**
 * What it must be.
 */
expected: string, 
/**
 * What it is.
 */
found: string, 
/**
 * Does it hold?
 */
holds: boolean, 
/**
 * The call in the script that expects it.
 */
place: Place | null, };

/**
 * The most that any number of workers can gain under one setting.
 */
export type Bound = { 
/**
 * What counts as a conflict.
 */
setting: Setting, 
/**
 * Gas used over gas of the critical path.
 */
speedup: number, };

/**
 * What counts as a conflict, from the coarsest way to look to the finest.
 */
export type Setting = "naive" | "account" | "split" | "commutative" | "allSwitches" | "storage";

/**
 * How long transactions took, from the start of the run, on its clock.
 */
export type Latency = { 
/**
 * Until the first incarnation started.
 */
queued: Percentiles, 
/**
 * Until the committed incarnation had run to its end.
 */
executed: Percentiles, 
/**
 * Until the result could no longer change.
 */
committed: Percentiles, };

/**
 * Of all transactions; each is the time of one of them (nearest rank).
 */
export type Percentiles = { 
/**
 * Half of them took at most this.
 */
p50: number, 
/**
 * 95 of 100 took at most this.
 */
p95: number, 
/**
 * The slowest.
 */
max: number, };

/**
 * A location that holds, or could hold, the batch back.
 */
export type LocationFacts = { 
/**
 * Name, such as `Airdrop.claimed` or `balance of alice`.
 */
name: string, 
/**
 * Kind of location.
 */
kind: LocationKind, 
/**
 * Account's address.
 */
address: string, 
/**
 * Storage slot, hex, for a slot.
 */
slot: string | null, 
/**
 * Transactions that read it.
 */
readers: number, 
/**
 * Transactions that wrote it.
 */
writers: number, 
/**
 * Dependencies through it.
 */
dependencies: number, 
/**
 * Aborts and blocks it caused in this run.
 */
aborts: number, 
/**
 * Share of the lost speedup that goes away when this location (after the worse ones) is
 * ignored; cumulative over the list, 0 to 1.
 */
lossShare: number, 
/**
 * The line of source that reads it, for the hottest slots of contracts whose source is known.
 */
readAt: SourceLine | null, 
/**
 * The line of source that writes it.
 */
writtenAt: SourceLine | null, 
/**
 * The pattern that it is, where it is a known one.
 */
pattern: Pattern | null, 
/**
 * What is known to help against that, in one sentence.
 */
remedy: string | null, };

/**
 * Kind of location.
 */
export type LocationKind = "balance" | "nonce" | "code" | "existence" | "slot" | "account" | "fees";

/**
 * A line of a contract's source.
 */
export type SourceLine = { 
/**
 * Name of the file.
 */
file: string, 
/**
 * Where in it.
 */
place: Place, 
/**
 * The line, without the white space around it.
 */
text: string, };

/**
 * What a hot location is known as.
 */
export type Pattern = "globalCounter" | "sequenceNumber" | "totalSupply" | "sharedPool" | "contest" | "sharedState" | "sharedPurse" | "singlePayee" | "singlePayer" | "sequentialNonce" | "factory" | "beneficiary" | "feeReader" | "flag" | "timestamp" | "published" | "wholeAccount" | "lifecycle";

/**
 * A contract, and what its state cost the batch.
 */
export type ContractFacts = { 
/**
 * Its name or address.
 */
name: string, 
/**
 * Its address.
 */
address: string, 
/**
 * Transactions that called it or used its storage. One that used several counts for each, here
 * and below.
 */
transactions: number, 
/**
 * Gas of these transactions.
 */
gas: number, 
/**
 * Incarnations of these transactions.
 */
incarnations: number, 
/**
 * Incarnations that were aborted because of its state.
 */
aborts: number, 
/**
 * Incarnations that stopped on an ESTIMATE of its state.
 */
blocked: number, 
/**
 * Gas of both.
 */
wastedGas: number, 
/**
 * That, as a share of all wasted gas, 0 to 1.
 */
wastedShare: number, 
/**
 * Share of the lost speedup that goes away when dependencies through its state are ignored.
 */
lossShare: number, };

/**
 * A function that transactions call, and what its calls cost and suffered.
 */
export type FunctionFacts = { 
/**
 * Name or address of the contract; empty for creations and for payments to who has no code.
 */
contract: string, 
/**
 * What is called, such as `claim(uint256)` or `transfer`.
 */
function: string, 
/**
 * Transactions that call it.
 */
transactions: number, 
/**
 * Gas of these transactions.
 */
gas: number, 
/**
 * Incarnations of these transactions.
 */
incarnations: number, 
/**
 * Of these, aborted after they ran to their end.
 */
aborts: number, 
/**
 * Of these, stopped on an ESTIMATE.
 */
blocked: number, 
/**
 * Aborts of any transaction for what one of these wrote.
 */
abortsCaused: number, 
/**
 * Stops of any transaction on an ESTIMATE of one of these.
 */
blockedCaused: number, 
/**
 * Gas of its incarnations that did not commit.
 */
wastedGas: number, 
/**
 * That, as a share of all wasted gas, 0 to 1.
 */
wastedShare: number, 
/**
 * Share of the lost speedup that goes away when nobody depends on what its calls wrote.
 */
lossShare: number, };

/**
 * Edges: `reader` read what `writer` wrote at `location`.
 */
export type Dependencies = { 
/**
 * The earlier transaction.
 */
writer: Array<number>, 
/**
 * The later one.
 */
reader: Array<number>, 
/**
 * Where: an index into `locations`.
 */
location: Array<number>, 
/**
 * Is the edge on the critical path?
 */
critical: Array<boolean>, };

/**
 * What committed incarnations read and wrote, ordered by transaction.
 */
export type Accesses = { 
/**
 * Transaction.
 */
tx: Array<number>, 
/**
 * True for a write, false for a read.
 */
write: Array<boolean>, 
/**
 * Index into `names`.
 */
name: Array<number>, 
/**
 * For a read: the transaction whose write it saw; none for the prestate.
 */
origin: Array<number | null>, 
/**
 * Names of all locations that occur here.
 */
names: Array<string>, 
/**
 * Where each of these is in `locations`; none for one that no two transactions conflict on.
 */
listed: Array<number | null>, 
/**
 * Transactions below this one are listed. The list is full where there are others.
 */
until: number, };

/**
 * How a static partition fared. The columns have one entry a shard.
 */
export type Shards = { 
/**
 * Transactions that stayed in the shard.
 */
transactions: Array<number>, 
/**
 * Gas of these.
 */
gas: Array<number>, 
/**
 * Transactions that crossed shards, or touched nothing of any, so that all others waited.
 */
crossing: number, 
/**
 * Their share of all transactions, 0 to 1.
 */
crossingShare: number, 
/**
 * Gas of these.
 */
crossingGas: number, 
/**
 * Time of workers that were free while a shard had a transaction to run and a crossing one
 * had to run before it; in time of the clock, all workers together.
 */
waiting: number, 
/**
 * Its share of the time of all workers, 0 to 1.
 */
waitingShare: number, };

/**
 * Incarnations that did not commit, in the order they ended.
 */
export type Aborts = { 
/**
 * Transaction.
 */
tx: Array<number>, 
/**
 * Incarnation.
 */
incarnation: Array<number>, 
/**
 * Stopped on an ESTIMATE, rather than rejected by a validation.
 */
blocked: Array<boolean>, 
/**
 * The transaction whose write was in the way.
 */
writer: Array<number | null>, 
/**
 * Where: an index into `locations`.
 */
location: Array<number | null>, 
/**
 * When.
 */
at: Array<number>, 
/**
 * The execution that came to nothing: an index into `spans`; none where the trace is
 * incomplete, here and below.
 */
span: Array<number | null>, 
/**
 * The last execution of the writer that had ended by then.
 */
writerSpan: Array<number | null>, 
/**
 * What the writer had done.
 */
cause: Array<Cause>, };

/**
 * Why an incarnation did not commit, as the times of the executions tell it.
 */
export type Cause = "overtaken" | "withdrawn" | "unsettled" | "pending" | "changed";

/**
 * All that happened in a run, in order; at one time, ends come before commits, these before starts.
 */
export type Events = { 
/**
 * When.
 */
at: Array<number>, 
/**
 * What.
 */
kind: Array<EventKind>, 
/**
 * The transaction it happened to.
 */
tx: Array<number>, 
/**
 * What it belongs to: for an abort an index into `aborts`, for a commit the transaction, for
 * everything else an index into `spans`.
 */
of: Array<number>, };

/**
 * A step in the life of an incarnation.
 */
export type EventKind = "started" | "executed" | "blocked" | "cancelled" | "validated" | "aborted" | "committed";

/**
 * How to run a batch; what the page and the CLI send.
 */
export type RunOptions = { 
/**
 * Strategy's id.
 */
strategy: string, 
/**
 * Which runner.
 */
runner: RunnerKind, 
/**
 * Workers: up to the pool's size on threads, up to the limit when simulated.
 */
workers: number, 
/**
 * Seed of the simulated runner's jitter; 0 is none.
 */
seed: number, 
/**
 * Where a strategy that needs hints gets them.
 */
hints: HintSource, 
/**
 * What two transactions can conflict on.
 */
unit: ConflictUnit, 
/**
 * Is the beneficiary paid when a transaction commits, rather than by the transaction itself?
 */
deferredFees: boolean, 
/**
 * Are credits and debits of a balance sums, so that only who asks for it depends on others?
 */
commutativeBalances: boolean, 
/**
 * Is a sender's next nonce assumed from the start, and validated like any read?
 */
expectedNonces: boolean, 
/**
 * How many shards the strategy of that name has: 2 to 64.
 */
shards: number, 
/**
 * What the simulated runner's clock counts.
 */
costs: CostModel, 
/**
 * What the simulated runner's machinery costs, where it is not the default: by the
 * parameter's name, in microseconds; `sharing` and `crowding` are shares.
 */
overhead: { [key in string]: number }, 
/**
 * What goes wrong on purpose.
 */
faults: Array<Fault>, };

/**
 * Which runner drives the strategy.
 */
export type RunnerKind = "threads" | "simulated";

/**
 * Where hints come from.
 */
export type HintSource = "dry-run" | "access-lists" | "script" | "perfect";

/**
 * What two transactions can conflict on.
 */
export type ConflictUnit = "account" | "split";

/**
 * A file of compiled contracts: what a compiler or one of its tools wrote.
 */
export type ContractFile = { 
/**
 * Its name, perhaps with folders; a contract without a name takes it.
 */
name: string, 
/**
 * What it holds.
 */
text: string, };

/**
 * What the simulated runner's clock counts.
 */
export type CostModel = "gas" | "measured";

/**
 * What a simulated run took the machinery around execution to cost.
 */
export type OverheadUsed = { 
/**
 * What a microsecond of it is on the clock.
 */
unit: number, 
/**
 * Names of the parameters.
 */
name: Array<string>, 
/**
 * Their values in microseconds; `sharing` and `crowding` are shares.
 */
value: Array<number>, };

/**
 * A block access list that a strategy replayed. Comparing with its values is part of the run's time.
 */
export type ListUsed = { 
/**
 * Where it came from.
 */
source: ListSource, 
/**
 * Values in it.
 */
values: number, };

/**
 * Where a block access list comes from.
 */
export type ListSource = "given" | "made";

/**
 * What running a batch under every strategy came to.
 */
export type CompareResult = { "kind": "comparison", 
/**
 * The facts.
 */
comparison: Comparison, 
/**
 * Warnings about the batch.
 */
problems: Array<Problem>, } | { "kind": "problems", 
/**
 * Why.
 */
problems: Array<Problem>, } | { "kind": "stopped" };

/**
 * Several runs of one batch.
 */
export type Comparison = { 
/**
 * Title of the batch.
 */
title: string, 
/**
 * How fast any number of workers could be, depending on what counts as a conflict.
 */
bounds: Array<Bound>, 
/**
 * One row a run, in the order in which they were asked for.
 */
runs: Array<Summary>, 
/**
 * What the workers of each run did.
 */
sketches: Array<Sketch>, 
/**
 * Strategies that refused the block access list that came with the block, and are in no row.
 */
rejected: Array<RejectedRun>, };

/**
 * A run that came to nothing, because what it was given is false.
 */
export type RejectedRun = { 
/**
 * Strategy's id.
 */
strategy: string, 
/**
 * Where the list does not hold, and in which transaction if it has one.
 */
reason: string, };

/**
 * The timeline of a run, as coarse as a small picture needs. One entry a stretch of a lane that
 * one kind of span fills for the most part; between them it is idle.
 */
export type Sketch = { 
/**
 * Lanes: of many workers, the first.
 */
lanes: number, 
/**
 * When the last transaction could no longer change, on the clock of the run.
 */
end: number, 
/**
 * Lane.
 */
lane: Array<number>, 
/**
 * What fills it.
 */
kind: Array<SpanKind>, 
/**
 * When it begins.
 */
start: Array<number>, 
/**
 * How long it is.
 */
length: Array<number>, };

/**
 * For which numbers of workers a curve is wanted.
 */
export type CurveOptions = { 
/**
 * How to run; runner and number of workers are ignored.
 */
run: RunOptions, 
/**
 * Numbers of workers; none for 1, 2, 4 and so on to 64.
 */
workers: Array<number>, };

/**
 * What running a batch on more and more workers came to.
 */
export type CurveResult = { "kind": "curve", 
/**
 * The facts.
 */
curve: Curve, 
/**
 * Warnings about the batch.
 */
problems: Array<Problem>, } | { "kind": "problems", 
/**
 * Why.
 */
problems: Array<Problem>, } | { "kind": "stopped" };

/**
 * Speedup by the number of workers.
 */
export type Curve = { 
/**
 * Title of the batch.
 */
title: string, 
/**
 * Strategy's id.
 */
strategy: string, 
/**
 * What the simulated runner's clock counts.
 */
clock: Clock, 
/**
 * Does every run equal sequential execution?
 */
matches: boolean, 
/**
 * Points that were asked for and left out, since the block is large.
 */
leftOut: number, 
/**
 * In the order of the workers.
 */
points: Array<CurvePoint>, };

/**
 * Speedups of one number of workers, over sequential execution.
 */
export type CurvePoint = { 
/**
 * Workers; also the speedup if nothing depended on anything.
 */
workers: number, 
/**
 * The most that dependencies allow on so many workers.
 */
bound: number, 
/**
 * On the simulated runner.
 */
simulated: number, 
/**
 * On threads; absent where this machine has too few, or its clock cannot carry it.
 */
measured: MeasuredSpeedup | null, 
/**
 * How many times the work of one thread so many threads do at once when nothing depends on
 * anything and nothing is shared: sequential executions side by side, each on a copy of its
 * own. What this machine gives at most; absent where it is not measured.
 */
ceiling: number | null, };

/**
 * A speedup on threads.
 */
export type MeasuredSpeedup = { 
/**
 * Of the median run.
 */
median: number, 
/**
 * Of the slowest run.
 */
slowest: number, 
/**
 * Of the fastest run.
 */
fastest: number, 
/**
 * How many runs there were.
 */
runs: number, };

/**
 * What is to be measured.
 */
export type MeasureOptions = { 
/**
 * Runs on threads; with none, the oracle and the ceiling alone.
 */
runs: Array<RunOptions>, 
/**
 * How many times each; 1 to 101.
 */
rounds: number, 
/**
 * Is each run also measured without writing down what happens?
 */
untraced: boolean, };

/**
 * What measuring a batch came to.
 */
export type MeasureResult = { "kind": "measured", 
/**
 * The times.
 */
measured: Measured, } | { "kind": "problems", 
/**
 * Why.
 */
problems: Array<Problem>, } | { "kind": "stopped" };

/**
 * Times of each round, in microseconds. Entry `i` of every list is of round `i`, in which all took turns.
 */
export type Measured = { 
/**
 * Title of the batch.
 */
title: string, 
/**
 * How many there are in the block.
 */
transactions: number, 
/**
 * Gas used.
 */
gas: number, 
/**
 * Digest of the result that the oracle and every run came to, each time.
 */
digest: string, 
/**
 * Sequential execution.
 */
oracle: Array<number>, 
/**
 * Two sequential executions one after the other, each on its own copy of the state, over the same
 * side by side: what two workers can gain on this machine as it is. None where there is one thread.
 */
ceilings: Array<number>, 
/**
 * In the order in which they were asked for.
 */
runs: Array<MeasuredRun>, };

/**
 * Times of one strategy on a number of workers.
 */
export type MeasuredRun = { 
/**
 * Strategy's id.
 */
strategy: string, 
/**
 * Workers.
 */
workers: number, 
/**
 * What came before: dry runs, or building a list; in no round's time.
 */
preparation: number, 
/**
 * From building the memory to the last commit.
 */
times: Array<number>, 
/**
 * The same without writing down what happens, right after; empty where nobody asked for it.
 */
untraced: Array<number>, };

/**
 * Something that goes wrong in a run.
 */
export type Fault = { "kind": "fail", 
/**
 * Which, from 0.
 */
worker: number, 
/**
 * Tasks it does before.
 */
after: number, } | { "kind": "pause", 
/**
 * Which, from 0.
 */
worker: number, 
/**
 * Tasks it does before.
 */
after: number, 
/**
 * For so many microseconds.
 */
time: number, } | { "kind": "slow", 
/**
 * Which, from 0.
 */
worker: number, 
/**
 * So many times as long, 1 to 100.
 */
factor: number, } | { "kind": "panic", 
/**
 * Which, from 0.
 */
tx: number, 
/**
 * How many. One is run again; after two what is not final runs one after another.
 */
times: number, } | { "kind": "drop", 
/**
 * Which, from 0.
 */
shard: number, 
/**
 * Transactions of the shard that are executed before.
 */
after: number, };

/**
 * Faults that struck, and what was done about them.
 */
export type Recovery = { 
/**
 * How many struck.
 */
seen: number, 
/**
 * Tasks that another worker was given.
 */
reissued: number, 
/**
 * Incarnations that panicked and ran again.
 */
retries: number, 
/**
 * From this transaction on the strategy was given up, and one ran after another.
 */
fellBackFrom: number | null, };

/**
 * Faults that struck, by time; in time of the clock.
 */
export type Faults = { 
/**
 * What went wrong.
 */
kind: Array<FaultKind>, 
/**
 * Whose lane.
 */
worker: Array<number>, 
/**
 * The transaction the worker was at.
 */
tx: Array<number | null>, 
/**
 * When.
 */
at: Array<number>, 
/**
 * When that was noticed; none if it never was.
 */
noticed: Array<number | null>, 
/**
 * When the worker went on; none if it never did.
 */
until: Array<number | null>, 
/**
 * What was done about it.
 */
answer: Array<FaultAnswer>, 
/**
 * The same in a sentence.
 */
text: Array<string>, };

/**
 * What went wrong.
 */
export type FaultKind = "failed" | "paused" | "slow" | "panicked";

/**
 * What was done about it.
 */
export type FaultAnswer = "nothing" | "reissued" | "retried" | "fellBack";

/**
 * What the fee model assumes.
 */
export type FeeAssumptions = { 
/**
 * Gas a second that execution manages, such as the `gasPerSecond` of a run.
 */
gasPerSecond: number, 
/**
 * Seconds from one block to the next.
 */
blockSeconds: number, 
/**
 * Share of that time in which transactions are executed, over 0 to 1.
 */
executionShare: number, 
/**
 * Gas of a transaction, on average.
 */
gasPerTransaction: number, 
/**
 * Transactions that are sent each second.
 */
demand: number, 
/**
 * What a sender is willing to pay for a unit of gas, in gwei, on average; it is distributed
 * exponentially, so that half of them would pay less than 0.69 of it.
 */
willingnessGwei: number, 
/**
 * After how many blocks a sender gives up.
 */
patienceBlocks: number, 
/**
 * Base fee before the first block, in gwei.
 */
baseFeeGwei: number, 
/**
 * Blocks to look at.
 */
blocks: number, };

/**
 * What asking for fees gave.
 */
export type FeesResult = { "kind": "fees", 
/**
 * The facts.
 */
fees: Fees, } | { "kind": "problems", 
/**
 * Why.
 */
problems: Array<Problem>, };

/**
 * What follows for fees and waiting time.
 */
export type Fees = { 
/**
 * All that was assumed.
 */
assumptions: FeeAssumptions, 
/**
 * Rules of the model in sentences, with units and formulas.
 */
rules: Array<string>, 
/**
 * Gas limit of a block: what execution manages in its time.
 */
gasLimit: number, 
/**
 * Gas target of a block: half of the limit.
 */
gasTarget: number, 
/**
 * Transactions a second for which the target has room.
 */
targetPerSecond: number, 
/**
 * Over the second half of the blocks.
 */
settled: Settled, 
/**
 * One row a block.
 */
blocks: FeeBlocks, };

/**
 * Averages over the second half of the blocks, when the start is forgotten.
 */
export type Settled = { 
/**
 * Base fee in gwei.
 */
baseFeeGwei: number, 
/**
 * Gas used, as a share of the limit.
 */
fullness: number, 
/**
 * Transactions executed a second.
 */
perSecond: number, 
/**
 * Seconds from sending to the block that executes it, of those executed; none if nothing is.
 */
waitSeconds: number | null, 
/**
 * Share of those sent who give up, 0 to 1.
 */
gaveUp: number, };

/**
 * One row a block.
 */
export type FeeBlocks = { 
/**
 * Base fee in gwei.
 */
baseFeeGwei: Array<number>, 
/**
 * Gas used, as a share of the limit.
 */
fullness: Array<number>, 
/**
 * Transactions executed.
 */
executed: Array<number>, 
/**
 * Seconds they waited, on average; none where nothing was executed.
 */
waitSeconds: Array<number | null>, 
/**
 * Transactions left waiting after it.
 */
waiting: Array<number>, 
/**
 * Transactions whose senders gave up with it.
 */
gaveUp: Array<number>, };

/**
 * What a node answered about one block, each answer as JSON.
 */
export type NodeAnswers = { 
/**
 * The block that was asked for: `latest`, or its number.
 */
asked: string, 
/**
 * `eth_chainId`.
 */
chain: string, 
/**
 * `eth_getBlockByNumber` with full transactions.
 */
block: string, 
/**
 * Of each transaction an object with its `txHash` and, as `result`, what the `prestateTracer`
 * says: what it found.
 */
found: string, 
/**
 * The same in the mode `diffMode`, what it left; none where the node has no such mode.
 */
left: string | null, 
/**
 * `eth_config`; none where the node does not have it.
 */
config: string | null, 
/**
 * The receipts in order; none where the node gives none.
 */
receipts: string | null, 
/**
 * `eth_getBlockAccessList` (EIP-7928); none where the node has no list of the block.
 */
list: string | null, 
/**
 * Hashes by the number of their block, an object.
 */
hashes: string, };

/**
 * What the answers of a node make.
 */
export type Assembled = { "kind": "file", 
/**
 * Its text.
 */
text: string, 
/**
 * What the node gave and the file is without, and why.
 */
lacks: Array<Problem>, } | { "kind": "hashes", 
/**
 * Numbers of the blocks.
 */
numbers: Array<number>, } | { "kind": "problems", 
/**
 * Why.
 */
problems: Array<Problem>, };

/**
 * Something wrong with what a person wrote.
 */
export type Problem = { 
/**
 * Error or warning.
 */
severity: Severity, 
/**
 * One sentence that says what is wrong and what would be right.
 */
message: string, 
/**
 * Where; absent when it concerns the whole text.
 */
place: Place | null, 
/**
 * The file of contracts it is in; absent when it is in the script or block itself.
 */
file: string | null, };

/**
 * How bad a problem is.
 */
export type Severity = "error" | "warning";

/**
 * A place in a text, both counted from 1.
 */
export type Place = { 
/**
 * Line.
 */
line: number, 
/**
 * Column, in characters.
 */
column: number, };

/**
 * What a run begins with.
 */
export const DEFAULTS: RunOptions = {
  "strategy": "block-stm",
  "runner": "simulated",
  "workers": 1,
  "seed": 0,
  "hints": "dry-run",
  "unit": "split",
  "deferredFees": true,
  "commutativeBalances": false,
  "expectedNonces": false,
  "shards": 4,
  "costs": "gas",
  "overhead": {},
  "faults": []
};

/**
 * How many shards there can be.
 */
export const SHARDS = { fewest: 2, most: 64 } as const;
