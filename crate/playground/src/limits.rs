//! What nothing may exceed, all in one place: scripts, contracts, runs, reports, files, links and time.
//!
//! Whatever passes one is refused with its place, stopped, or cut off and said to be; which, is written
//! beside it. `LIMITS.md`, the page's help and the numbers that the page itself checks are written from
//! [`ALL`], and tests go through it, each at the limit and at one above.
//! The numbers keep a script within a second or two and a run within the memory of a browser tab. How far
//! a message or a search goes, and what a strategy is tuned by, is no limit and stays where it is used.

use interleave_engine::{strategy::shards, trace};

/// A limit, as a row of a table.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// The name of its constant.
    pub name: &'static str,
    /// What there is at most so much of, in a sentence.
    pub what: &'static str,
    /// So much.
    pub most: u64,
    /// What it is a limit of.
    pub group: &'static str,
    /// Who looks after it.
    pub keeper: Keeper,
    /// What happens beyond it.
    pub beyond: Beyond,
}

/// Who looks after a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeper {
    /// The engine, wherever it runs.
    Engine,
    /// The page, before anything comes to the engine.
    Page,
    /// The commands of a terminal.
    Terminal,
}

/// What happens beyond a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beyond {
    /// It is an error, and nothing is run.
    Refused,
    /// What is going on ends, with an error.
    Stopped,
    /// The rest is left out.
    Cut,
}

/// Constants, and a table of them. The comment of each is what people read.
macro_rules! limits {
    ($($group:literal, $keeper:ident { $(
        $(#[doc = $what:literal])+ $name:ident: $kind:ty = $most:expr => $beyond:ident,
    )* })*) => {
        $($($(#[doc = $what])+ pub const $name: $kind = $most;)*)*

        /// All of them, group by group.
        pub const ALL: &[Limit] = &[$($(Limit {
            name: stringify!($name),
            what: concat!($($what),+),
            most: $most as u64,
            group: $group,
            keeper: Keeper::$keeper,
            beyond: Beyond::$beyond,
        },)*)*];
    };
}

limits! {
    "Scripts", Engine {
        /// Characters of a script.
        SCRIPT_CHARS: usize = 1_000_000 => Refused,
        /// Operations of a script; a verb counts as 20 and more if its data is long.
        SCRIPT_OPERATIONS: u64 = 15_000_000 => Stopped,
        // To read a list as a whole is to copy it, which the language counts as one operation.
        /// Elements of the lists and object maps that a script reads, counted each time it reads one.
        ELEMENTS_READ: u64 = 3_000_000_000 => Stopped,
        // With the next two it bounds the stack, of which browsers give about a megabyte.
        /// Depth of function calls within each other.
        CALL_DEPTH: usize = 24 => Stopped,
        /// Nesting of blocks and expressions.
        EXPRESSION_DEPTH: usize = 48 => Refused,
        /// The same inside a function.
        FUNCTION_EXPRESSION_DEPTH: usize = 24 => Refused,
        /// Bytes of a text.
        TEXT_BYTES: usize = 200_000 => Stopped,
        /// Elements of a list, and accounts that one call of the verb accounts makes.
        LIST_ITEMS: usize = 30_000 => Stopped,
        /// Entries of an object map.
        MAP_ENTRIES: usize = 10_000 => Stopped,
        /// Variables that exist at the same time.
        VARIABLES: usize = 500 => Stopped,
        /// Functions that a script defines.
        FUNCTIONS: usize = 200 => Refused,
        /// Problems that are listed.
        PROBLEMS: usize = 100 => Stopped,
        /// Characters of a name.
        NAME_CHARS: usize = 200 => Refused,
        /// Characters of a description.
        DESCRIPTION_CHARS: usize = 10_000 => Cut,
        /// Values that a script watches, and values that it expects.
        VIEWS: usize = 500 => Stopped,
        /// Values that a script changes in the block access list.
        LIST_CHANGES: usize = 1_000 => Stopped,
    }
    "Batches", Engine {
        /// Batches of one file among which the page lets you choose.
        CASES: usize = 2_000 => Cut,
        /// Transactions of a block, whatever it was read from.
        TRANSACTIONS: usize = 100_000 => Refused,
        /// Deployments and preparing transactions of a script.
        PREPARATIONS: usize = 200_000 => Stopped,
        /// Accounts of a script.
        ACCOUNTS: usize = 200_000 => Stopped,
        /// Bytes of call data, code, storage, access lists and hints of all transactions and accounts of a script.
        DATA_BYTES: usize = 64_000_000 => Stopped,
        // Some minutes of execution in a browser.
        /// Gas that the transactions of a block use together, and that its preparation uses.
        GAS: u64 = 100_000_000_000 => Stopped,
    }
    "Contracts", Engine {
        /// Files with compiled contracts, with Solidity or with interfaces.
        CONTRACT_FILES: usize = 200 => Refused,
        /// Bytes of all such files together.
        CONTRACT_BYTES: usize = 32_000_000 => Refused,
        /// Contracts of all files together.
        CONTRACTS: usize = 2_000 => Refused,
        /// Functions, events, errors and their parameters of one contract.
        ABI_ITEMS: usize = 20_000 => Refused,
        /// Words of a value of fixed size, such as eight arrays of eight numbers.
        ABI_WORDS: u64 = 10_000 => Refused,
        /// Variables of a contract, counted with all that the structs among them are made of.
        LAYOUT_PARTS: u64 = 20_000 => Refused,
        /// Nesting of tuples, structs and arrays.
        TYPE_DEPTH: usize = 16 => Refused,
        // More cannot be reached by a jump that the assembler writes.
        /// Bytes of a program that a script assembles.
        ASSEMBLED_BYTES: usize = 0xffff => Refused,
    }
    "Runs", Engine {
        /// Workers of the simulated runner.
        SIMULATED_WORKERS: u32 = 1_024 => Refused,
        /// Shards of the strategy of that name.
        SHARD_COUNT: u32 = *shards::COUNT.end() => Refused,
        /// Microseconds that a part of the machinery is said to cost.
        OVERHEAD_MICROSECONDS: u64 = 1_000_000 => Refused,
        /// Faults of a run.
        FAULTS: usize = 32 => Refused,
        /// Tasks before a fault.
        FAULT_TASKS: u32 = 1_000_000 => Refused,
        /// How many times as long a slow worker takes.
        FAULT_FACTOR: u32 = 100 => Refused,
        /// Microseconds that a worker stands still.
        FAULT_MICROSECONDS: u64 = 10_000_000 => Refused,
        /// Points of a curve over workers.
        CURVE_POINTS: usize = 64 => Refused,
        /// Rounds of a measurement.
        ROUNDS: u32 = 101 => Refused,
        /// Blocks of the model of fees.
        FEE_BLOCKS: u32 = 5_000 => Refused,
        /// Blocks that anybody waits in that model.
        FEE_PATIENCE: u32 = 200 => Refused,
    }
    "Reports", Engine {
        /// Bars of a timeline.
        SPANS: usize = trace::MAX_SPANS => Cut,
        /// Reads and writes that are listed; of a transaction all or none.
        ACCESSES: usize = 400_000 => Cut,
        /// Logs that are listed.
        LOGS: usize = 50_000 => Cut,
    }
    "Links and saved files", Page {
        // Chat programs and servers cut longer links.
        /// Characters of a link that holds a script.
        LINK_CHARS: usize = 65_536 => Refused,
        /// Bytes of the text in a link.
        LINK_BYTES: usize = 4 << 20 => Refused,
        /// Characters of a text in a saved file.
        SAVED_CHARS: usize = 32_000_000 => Refused,
        /// Files in a link or a saved file.
        SAVED_FILES: usize = 200 => Refused,
        /// Characters of a name in a link or a saved file.
        SAVED_NAME_CHARS: usize = 1_000 => Refused,
        /// Nesting of objects and lists.
        JSON_DEPTH: usize = 32 => Refused,
        /// Characters of a script that the page around an embedded one sets.
        EMBED_CHARS: usize = 1_000_000 => Refused,
        /// Bytes of a file that is opened or dropped on the page.
        OPENED_BYTES: usize = 32_000_000 => Refused,
        /// Characters of all Solidity together.
        SOLIDITY_CHARS: usize = 1_000_000 => Refused,
    }
    "Time and memory in a browser", Page {
        // Where a browser refuses to reserve that much it is asked for less, down to an eighth.
        /// Megabytes (MiB) that the engine reserves; what needs more by a low estimate is refused before it runs.
        MEMORY_MIB: u32 = 1_024 => Stopped,
        /// Seconds that a question to the engine takes.
        RUN_SECONDS: u32 = 600 => Stopped,
        /// Seconds that the Solidity compiler takes.
        COMPILER_SECONDS: u32 = 30 => Stopped,
    }
    "Blocks from a node", Page {
        /// Megabytes (MiB) of an answer.
        NODE_ANSWER_MIB: u64 = 64 => Stopped,
        /// Megabytes (MiB) of all answers.
        NODE_ANSWERS_MIB: u64 = 128 => Stopped,
        /// Seconds that an answer takes, unless one says otherwise.
        NODE_SECONDS: u64 = 60 => Stopped,
        /// Transactions of the block.
        NODE_TRANSACTIONS: usize = 20_000 => Refused,
    }
    "In a terminal", Terminal {
        // What is read of it takes several times as much memory.
        /// Bytes of a file, also of what a packed one unpacks to.
        FILE_BYTES: u64 = 64 << 20 => Refused,
        /// Threads.
        THREADS: u32 = 1_024 => Refused,
    }
}

/// Operations that calling a verb counts as, at least.
pub const VERB_OPERATIONS: u64 = 20;

#[cfg(test)]
mod tests;
