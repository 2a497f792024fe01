//! Ways in which parallel EVMs have been wrong, each a block of its own; `tests/native/README.md` has the list.
//!
//! The rule: a test builds a block, has the checker run it in every way, and then looks at what the
//! block came to, so that none passes because nothing happened.

mod accounts;
mod delegation;
mod fields;
mod list;
mod opcodes;
mod payments;
mod schedule;
mod validity;
