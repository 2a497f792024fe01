// Written by `cargo test` from crate/playground/src/limits.rs; do not edit.

/** Characters of a script. */
export const SCRIPT_CHARS = 1000000;

/** Operations of a script; a verb counts as 20 and more if its data is long. */
export const SCRIPT_OPERATIONS = 15000000;

/** Elements of the lists and object maps that a script reads, counted each time it reads one. */
export const ELEMENTS_READ = 3000000000;

/** Depth of function calls within each other. */
export const CALL_DEPTH = 24;

/** Nesting of blocks and expressions. */
export const EXPRESSION_DEPTH = 48;

/** The same inside a function. */
export const FUNCTION_EXPRESSION_DEPTH = 24;

/** Bytes of a text. */
export const TEXT_BYTES = 200000;

/** Elements of a list, and accounts that one call of the verb accounts makes. */
export const LIST_ITEMS = 30000;

/** Entries of an object map. */
export const MAP_ENTRIES = 10000;

/** Variables that exist at the same time. */
export const VARIABLES = 500;

/** Functions that a script defines. */
export const FUNCTIONS = 200;

/** Problems that are listed. */
export const PROBLEMS = 100;

/** Characters of a name. */
export const NAME_CHARS = 200;

/** Characters of a description. */
export const DESCRIPTION_CHARS = 10000;

/** Values that a script watches, and values that it expects. */
export const VIEWS = 500;

/** Values that a script changes in the block access list. */
export const LIST_CHANGES = 1000;

/** Batches of one file among which the page lets you choose. */
export const CASES = 2000;

/** Transactions of a block, whatever it was read from. */
export const TRANSACTIONS = 100000;

/** Deployments and preparing transactions of a script. */
export const PREPARATIONS = 200000;

/** Accounts of a script. */
export const ACCOUNTS = 200000;

/** Bytes of call data, code, storage, access lists and hints of all transactions and accounts of a script. */
export const DATA_BYTES = 64000000;

/** Gas that the transactions of a block use together, and that its preparation uses. */
export const GAS = 100000000000;

/** Files with compiled contracts, with Solidity or with interfaces. */
export const CONTRACT_FILES = 200;

/** Bytes of all such files together. */
export const CONTRACT_BYTES = 32000000;

/** Contracts of all files together. */
export const CONTRACTS = 2000;

/** Functions, events, errors and their parameters of one contract. */
export const ABI_ITEMS = 20000;

/** Words of a value of fixed size, such as eight arrays of eight numbers. */
export const ABI_WORDS = 10000;

/** Variables of a contract, counted with all that the structs among them are made of. */
export const LAYOUT_PARTS = 20000;

/** Nesting of tuples, structs and arrays. */
export const TYPE_DEPTH = 16;

/** Bytes of a program that a script assembles. */
export const ASSEMBLED_BYTES = 65535;

/** Workers of the simulated runner. */
export const SIMULATED_WORKERS = 1024;

/** Shards of the strategy of that name. */
export const SHARD_COUNT = 64;

/** Microseconds that a part of the machinery is said to cost. */
export const OVERHEAD_MICROSECONDS = 1000000;

/** Faults of a run. */
export const FAULTS = 32;

/** Tasks before a fault. */
export const FAULT_TASKS = 1000000;

/** How many times as long a slow worker takes. */
export const FAULT_FACTOR = 100;

/** Microseconds that a worker stands still. */
export const FAULT_MICROSECONDS = 10000000;

/** Points of a curve over workers. */
export const CURVE_POINTS = 64;

/** Rounds of a measurement. */
export const ROUNDS = 101;

/** Blocks of the model of fees. */
export const FEE_BLOCKS = 5000;

/** Blocks that anybody waits in that model. */
export const FEE_PATIENCE = 200;

/** Bars of a timeline. */
export const SPANS = 1000000;

/** Reads and writes that are listed; of a transaction all or none. */
export const ACCESSES = 400000;

/** Logs that are listed. */
export const LOGS = 50000;

/** Characters of a link that holds a script. */
export const LINK_CHARS = 65536;

/** Bytes of the text in a link. */
export const LINK_BYTES = 4194304;

/** Characters of a text in a saved file. */
export const SAVED_CHARS = 32000000;

/** Files in a link or a saved file. */
export const SAVED_FILES = 200;

/** Characters of a name in a link or a saved file. */
export const SAVED_NAME_CHARS = 1000;

/** Nesting of objects and lists. */
export const JSON_DEPTH = 32;

/** Characters of a script that the page around an embedded one sets. */
export const EMBED_CHARS = 1000000;

/** Bytes of a file that is opened or dropped on the page. */
export const OPENED_BYTES = 32000000;

/** Characters of all Solidity together. */
export const SOLIDITY_CHARS = 1000000;

/** Megabytes (MiB) that the engine reserves; what needs more by a low estimate is refused before it runs. */
export const MEMORY_MIB = 1024;

/** Seconds that a question to the engine takes. */
export const RUN_SECONDS = 600;

/** Seconds that the Solidity compiler takes. */
export const COMPILER_SECONDS = 30;

/** Megabytes (MiB) of an answer. */
export const NODE_ANSWER_MIB = 64;

/** Megabytes (MiB) of all answers. */
export const NODE_ANSWERS_MIB = 128;

/** Seconds that an answer takes, unless one says otherwise. */
export const NODE_SECONDS = 60;

/** Transactions of the block. */
export const NODE_TRANSACTIONS = 20000;

/** Bytes of a file, also of what a packed one unpacks to. */
export const FILE_BYTES = 67108864;

/** Threads. */
export const THREADS = 1024;
