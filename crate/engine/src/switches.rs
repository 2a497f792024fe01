//! Switches that hold for every strategy: what counts as a conflict, and what is kept out of them.
//!
//! They change how much runs in parallel, never what comes out.

/// What two transactions can conflict on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// A whole account, with all its storage.
    Account,
    /// Balance, nonce, code and existence of an account, and each storage slot, on their own.
    #[default]
    Split,
}

/// When the beneficiary is paid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FeeCredit {
    /// By each transaction, so that each reads and writes the beneficiary's balance.
    InPlace,
    /// When a transaction commits: the fee is in no read or write set.
    #[default]
    Deferred,
}

/// How a run looks at conflicts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Switches {
    /// What two transactions can conflict on.
    pub unit: Unit,
    /// When the beneficiary is paid.
    pub fees: FeeCredit,
}
