//! What a report says of the contracts and functions that hold each other up.

use serde::Serialize;

crosses! {
    /// A contract, and what its state cost the batch.
    pub struct ContractFacts {
        /// Its name or address.
        pub name: String,
        /// Its address.
        pub address: String,
        /// Transactions that called it or used its storage. One that used several counts for each, here
        /// and below.
        pub transactions: u32,
        /// Gas of these transactions.
        pub gas: f64,
        /// Incarnations of these transactions.
        pub incarnations: u32,
        /// Incarnations that were aborted because of its state.
        pub aborts: u32,
        /// Incarnations that stopped on an ESTIMATE of its state.
        pub blocked: u32,
        /// Gas of both.
        pub wasted_gas: f64,
        /// That, as a share of all wasted gas, 0 to 1.
        pub wasted_share: f64,
        /// Share of the lost speedup that goes away when dependencies through its state are ignored.
        pub loss_share: f64,
    }

    /// A function that transactions call, and what its calls cost and suffered.
    pub struct FunctionFacts {
        /// Name or address of the contract; empty for creations and for payments to who has no code.
        pub contract: String,
        /// What is called, such as `claim(uint256)` or `transfer`.
        pub function: String,
        /// Transactions that call it.
        pub transactions: u32,
        /// Gas of these transactions.
        pub gas: f64,
        /// Incarnations of these transactions.
        pub incarnations: u32,
        /// Of these, aborted after they ran to their end.
        pub aborts: u32,
        /// Of these, stopped on an ESTIMATE.
        pub blocked: u32,
        /// Aborts of any transaction for what one of these wrote.
        pub aborts_caused: u32,
        /// Stops of any transaction on an ESTIMATE of one of these.
        pub blocked_caused: u32,
        /// Gas of its incarnations that did not commit.
        pub wasted_gas: f64,
        /// That, as a share of all wasted gas, 0 to 1.
        pub wasted_share: f64,
        /// Share of the lost speedup that goes away when nobody depends on what its calls wrote.
        pub loss_share: f64,
    }
}
