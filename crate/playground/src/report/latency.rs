//! How long transactions of a run waited and ran.

use serde::Serialize;

crosses! {
    /// How long transactions took, from the start of the run, on its clock.
    #[derive(Copy)]
    pub struct Latency {
        /// Until the first incarnation started.
        pub queued: Percentiles,
        /// Until the committed incarnation had run to its end.
        pub executed: Percentiles,
        /// Until the result could no longer change.
        pub committed: Percentiles,
    }

    /// Of all transactions; each is the time of one of them (nearest rank).
    #[derive(Copy)]
    pub struct Percentiles {
        /// Half of them took at most this.
        pub p50: f64,
        /// 95 of 100 took at most this.
        pub p95: f64,
        /// The slowest.
        pub max: f64,
    }
}
