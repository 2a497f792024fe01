//! The one checker.

pub mod data;
