//! The one checker.
