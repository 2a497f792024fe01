//! What a report says of the locations that hold a batch back.

use serde::Serialize;

use crate::batch::Place;

crosses! {
    /// A location that holds, or could hold, the batch back.
    pub struct LocationFacts {
        /// Name, such as `Airdrop.claimed` or `balance of alice`.
        pub name: String,
        /// Kind of location.
        pub kind: LocationKind,
        /// Account's address.
        pub address: String,
        /// Storage slot, hex, for a slot.
        pub slot: Option<String>,
        /// Transactions that read it.
        pub readers: u32,
        /// Transactions that wrote it.
        pub writers: u32,
        /// Dependencies through it.
        pub dependencies: u32,
        /// Aborts and blocks it caused in this run.
        pub aborts: u32,
        /// Share of the lost speedup that goes away when this location (after the worse ones) is
        /// ignored; cumulative over the list, 0 to 1.
        pub loss_share: f64,
        /// The line of source that reads it, for the hottest slots of contracts whose source is known.
        pub read_at: Option<SourceLine>,
        /// The line of source that writes it.
        pub written_at: Option<SourceLine>,
        /// The pattern that it is, where it is a known one.
        pub pattern: Option<Pattern>,
        /// What is known to help against that, in one sentence.
        pub remedy: Option<String>,
    }

    /// A line of a contract's source.
    pub struct SourceLine {
        /// Name of the file.
        pub file: String,
        /// Where in it.
        pub place: Place,
        /// The line, without the white space around it.
        pub text: String,
    }

    /// What a hot location is known as.
    #[derive(Copy, Eq)]
    pub enum Pattern {
        /// A total that many transactions add to.
        GlobalCounter,
        /// A number that each transaction takes and leaves one higher.
        SequenceNumber,
        /// All tokens there are.
        TotalSupply,
        /// Reserves that every trade moves against each other, or a price made of them.
        SharedPool,
        /// The best so far, or whose it is: who beats it replaces it.
        Contest,
        /// What each transaction makes anew of what the one before left, such as a seed or whose turn it is.
        SharedState,
        /// An amount that many transactions pay into and take from.
        SharedPurse,
        /// An account or entry that many pay to.
        SinglePayee,
        /// An account or entry that pays in many transactions.
        SinglePayer,
        /// The nonce of a sender with many transactions.
        SequentialNonce,
        /// The nonce of a contract that creates others.
        Factory,
        /// The balance of the beneficiary, paid in each transaction.
        Beneficiary,
        /// The fees so far, which somebody asks for.
        FeeReader,
        /// A lock or switch that goes to and fro.
        Flag,
        /// The block's time or number, stored.
        Timestamp,
        /// What one transaction writes and many read, such as a price or an index.
        Published,
        /// A whole account, as the unit of conflicts.
        WholeAccount,
        /// Creation, destruction or code of an account that others use in the same block.
        Lifecycle,
    }

    /// Kind of location.
    #[derive(Copy, Eq)]
    pub enum LocationKind {
        /// An account's balance.
        Balance,
        /// An account's nonce.
        Nonce,
        /// An account's code.
        Code,
        /// An account's existence and the storage it had before it was destroyed or created anew.
        Existence,
        /// A storage slot.
        Slot,
        /// A whole account, where that is the unit of conflicts.
        Account,
        /// The fees credited to the beneficiary so far.
        Fees,
    }
}
