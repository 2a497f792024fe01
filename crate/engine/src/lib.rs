//! Executes a block of EVM transactions under several concurrency-control strategies and says what happened.
//!
//! Pure Rust: no JavaScript, no clock, no files, no threads of its own making but those it is handed.
//! Data flows one way: script or file → [`batch`] → [`block`] → strategy on a runner → trace → analysis → [`report`].

pub mod analysis;
pub mod batch;
pub mod block;
pub mod contracts;
pub mod gallery;
pub mod memory;
pub mod oracle;
pub mod outcome;
pub mod playground;
pub mod report;
pub mod run;
pub mod runner;
pub mod state;
pub mod steps;
pub mod strategy;
pub mod trace;
pub mod vm;
