//! Executes a block of EVM transactions under several concurrency-control strategies and records what happened.
//!
//! Pure Rust: no JavaScript, no clock, no files, no threads of its own making but those it is handed.
//! Data flows one way: [`block`] → [`strategy`] on a [`runner`] → [`outcome`] and [`trace`]. What a person
//! writes and what they see of it is `crate/playground`.

pub mod access_list;
pub mod block;
pub mod defect;
pub mod hints;
mod interrupt;
pub mod memory;
pub mod oracle;
pub mod outcome;
pub mod runner;
pub mod state;
pub mod steps;
pub mod strategy;
pub mod switches;
mod sync;
pub mod trace;
pub mod vm;
