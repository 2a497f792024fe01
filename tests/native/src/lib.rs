//! The one checker.

pub mod conformance;
pub mod data;
