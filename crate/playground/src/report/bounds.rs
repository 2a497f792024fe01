//! How fast a block could be, depending on what counts as a conflict.

use serde::Serialize;

crosses! {
    /// The most that any number of workers can gain under one setting.
    #[derive(Copy)]
    pub struct Bound {
        /// What counts as a conflict.
        pub setting: Setting,
        /// Gas used over gas of the critical path.
        pub speedup: f64,
    }

    /// What counts as a conflict, from the coarsest way to look to the finest.
    #[derive(Copy, Eq, PartialOrd, Ord)]
    pub enum Setting {
        /// Whole accounts, and every transaction pays the beneficiary itself.
        Naive,
        /// Whole accounts; fees are paid when a transaction commits, here and below.
        Account,
        /// Balance, nonce, code and each storage slot apart, here and below.
        Split,
        /// Credits and debits of a balance are sums.
        Commutative,
        /// The same, and a sender's next nonce is expected.
        AllSwitches,
        /// Storage slots alone, as if balances, nonces and code never conflicted.
        Storage,
    }
}
