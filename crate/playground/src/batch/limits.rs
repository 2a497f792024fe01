//! What a batch may not exceed, all in one place.
//!
//! Passing one is a problem with a place. The numbers keep a script within a second or two and
//! within the memory of a browser tab.

/// Transactions of a block.
pub const TRANSACTIONS: usize = 100_000;
/// Deployments and preparing transactions of a script.
pub const PREPARATIONS: usize = 200_000;
/// Accounts of a script.
pub const ACCOUNTS: usize = 200_000;
/// Accounts that one call of `accounts` makes, and elements of a list.
pub const LIST_ITEMS: usize = 30_000;
/// Characters of a script.
pub const SCRIPT_CHARS: usize = 1_000_000;
/// Operations of a script; a verb counts as [`VERB_OPERATIONS`] and more if its data is long.
pub const SCRIPT_OPERATIONS: u64 = 15_000_000;
/// Elements of the lists and object maps that a script reads, counted each time it reads one: to read
/// one as a whole is to copy it, which the language counts as one operation however long it is.
pub const ELEMENTS_READ: u64 = 3_000_000_000;
/// What calling a verb costs at least.
pub const VERB_OPERATIONS: u64 = 20;
/// Functions that call each other. With the next two it bounds the stack, of which browsers give
/// about a megabyte.
pub const CALL_DEPTH: usize = 24;
/// Blocks and parts of an expression in each other.
pub const EXPRESSION_DEPTH: usize = 48;
/// The same inside a function.
pub const FUNCTION_EXPRESSION_DEPTH: usize = 24;
/// Bytes of a text.
pub const TEXT_BYTES: usize = 200_000;
/// Entries of an object map.
pub const MAP_ENTRIES: usize = 10_000;
/// Variables that exist at the same time.
pub const VARIABLES: usize = 500;
/// Functions a script defines.
pub const FUNCTIONS: usize = 200;
/// Characters of a description; the rest is cut off.
pub const DESCRIPTION_CHARS: usize = 10_000;
/// Characters of a name, and of a title, which is cut off there.
pub const NAME_CHARS: usize = 200;
/// Bytes of call data, code, storage, access lists and hints of all transactions and accounts together.
pub const DATA_BYTES: usize = 64_000_000;
/// Values that a script watches, and values that it expects.
pub const VIEWS: usize = 500;
/// Problems that are listed; a script that makes more is stopped.
pub const PROBLEMS: usize = 100;
/// Files with compiled contracts, with Solidity or with interfaces.
pub const CONTRACT_FILES: usize = 200;
/// Bytes of all such files together.
pub const CONTRACT_BYTES: usize = 32_000_000;
/// Contracts of all files together.
pub const CONTRACTS: usize = 2_000;
/// Characters of all Solidity together; about what the compiler manages in its time.
pub const SOLIDITY_CHARS: usize = 1_000_000;
/// Functions, events, errors and their parameters of one contract.
pub const ABI_ITEMS: usize = 20_000;
/// Words of a value of fixed size, such as `uint256[8][8]`.
pub const ABI_WORDS: u64 = 10_000;
/// Variables of a contract, counted with all that the structs among them are made of.
pub const LAYOUT_PARTS: u64 = 20_000;
/// Tuples, structs and arrays in each other.
pub const TYPE_DEPTH: usize = 16;
