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

/// How credits and debits of a balance meet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Balances {
    /// As reads and writes of its value.
    #[default]
    Plain,
    /// As sums: only who asks for the value, or whether it is enough, depends on those before.
    Commutative,
}

/// What is known of a sender's nonce before those below have run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Nonces {
    /// Nothing: it is read and written like anything else.
    #[default]
    Read,
    /// That each transaction uses its own: assumed from the start, and validated like any read.
    Expected,
}

/// How a run looks at conflicts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Switches {
    /// What two transactions can conflict on.
    pub unit: Unit,
    /// When the beneficiary is paid.
    pub fees: FeeCredit,
    /// How credits and debits of a balance meet.
    pub balances: Balances,
    /// What is known of a sender's nonce.
    pub nonces: Nonces,
}
