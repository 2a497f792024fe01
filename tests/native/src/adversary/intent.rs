//! What the transactions of adversarial blocks are going to do, as it is drawn.
//!
//! Nearly all of it is usual; whatever may be wrong with a transaction is wrong now and then.

use std::fmt;

use alloy_primitives::Address;
use proptest::{
    prelude::*,
    sample::{Index, select},
};

use super::PEOPLE;

/// An account: one of all there are, or one of the few that everybody knows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    pub(super) index: Index,
    pub(super) known: bool,
}

/// What a transaction is going to do.
#[derive(Clone, Debug)]
pub(super) struct Intent {
    pub(super) from: u8,
    pub(super) to: Target,
    /// What is handed over: a number and two accounts.
    pub(super) key: u64,
    pub(super) targets: [Target; 2],
    /// What a creation has for code; none where something is called.
    pub(super) creates: Option<Index>,
    pub(super) tx_type: Type,
    pub(super) value: Amount,
    pub(super) gas_limit: u64,
    pub(super) price: u64,
    pub(super) tip: u64,
    pub(super) nonce: Nonce,
    pub(super) listed: Vec<(Target, u8)>,
    pub(super) blobs: Blobs,
    pub(super) authorizations: Vec<Intended>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Type {
    /// One of those that the hard fork has.
    Known(u8),
    /// One of all there will ever be.
    Any(u8),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Amount {
    Wei(u64),
    /// All the sender has, but for this.
    AllBut(u64),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Nonce {
    Right,
    Lower,
    Higher,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Blobs {
    pub(super) count: usize,
    /// The first byte of their hashes, which must be 1.
    pub(super) version: u8,
    pub(super) price: u64,
}

/// An authorization of EIP-7702.
#[derive(Clone, Debug)]
pub(super) struct Intended {
    /// One more than there are people: nobody signed.
    pub(super) authority: u8,
    pub(super) delegate: Target,
    pub(super) nonce: Nonce,
    pub(super) chain_id: u64,
}

/// Something usual, or rarely something else.
fn usually<T: fmt::Debug + 'static>(
    usual: impl Strategy<Value = T> + 'static,
    else_: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = T> {
    prop_oneof![30 => usual, 1 => else_]
}

pub(super) fn target() -> impl Strategy<Value = Target> {
    (any::<Index>(), any::<bool>()).prop_map(|(index, known)| Target { index, known })
}

fn nonce() -> impl Strategy<Value = Nonce> {
    usually(
        Just(Nonce::Right),
        select(&[Nonce::Lower, Nonce::Higher][..]),
    )
}

fn authorization() -> impl Strategy<Value = Intended> {
    let chain_id = prop_oneof![6 => Just(1), 2 => Just(0), 1 => Just(5)];
    (0..=PEOPLE, target(), nonce(), chain_id).prop_map(|(authority, delegate, nonce, chain_id)| {
        Intended {
            authority,
            delegate,
            nonce,
            chain_id,
        }
    })
}

fn blobs() -> impl Strategy<Value = Blobs> {
    let count = usually(1..=2_usize, select(&[0, 10][..]));
    let price = usually(Just(1_000), 0..30_u64);
    (count, usually(Just(1), Just(2)), price).prop_map(|(count, version, price)| Blobs {
        count,
        version,
        price,
    })
}

pub(super) fn intent() -> impl Strategy<Value = Intent> {
    // Two send much, and two are rarely able to.
    let from = usually(prop_oneof![0..2_u8, 0..PEOPLE - 2], PEOPLE - 2..PEOPLE);
    let who = (from, target(), 0..5_u64, [target(), target()]);
    let value = prop_oneof![
        30 => (0..9_u64).prop_map(Amount::Wei),
        1 => Just(Amount::Wei(1 << 62)),
        1 => (4_000_000..9_000_000_u64).prop_map(Amount::AllBut),
    ];
    let gas_limit = prop_oneof![
        30 => Just(500_000_u64),
        3 => 25_000..120_000_u64,
        1 => select(&[20_000, 20_000_000][..]),
    ];
    // Below the base fee a price is refused, as is a tip above the price.
    let fees = (usually(10..14_u64, Just(9)), usually(0..4_u64, Just(14)));
    let creates = prop::option::weighted(0.1, any::<Index>());
    let tx_type = usually(
        (0..5_u8).prop_map(Type::Known),
        (0..5_u8).prop_map(Type::Any),
    );
    let how = (creates, tx_type, value, gas_limit, fees, nonce());
    let more = (
        prop::collection::vec((target(), 0..4_u8), 0..3),
        blobs(),
        usually(
            prop::collection::vec(authorization(), 1..4),
            Just(Vec::new()),
        ),
    );
    (who, how, more).prop_map(|(who, how, more)| {
        let (from, to, key, targets) = who;
        let (creates, tx_type, value, gas_limit, (price, tip), nonce) = how;
        let (listed, blobs, authorizations) = more;
        Intent {
            from,
            to,
            key,
            targets,
            creates,
            tx_type,
            value,
            gas_limit,
            price,
            tip,
            nonce,
            listed,
            blobs,
            authorizations,
        }
    })
}

impl Target {
    pub(super) fn among(&self, all: &[Address], known: &[Address]) -> Address {
        *self.index.get(if self.known { known } else { all })
    }
}

impl Nonce {
    pub(super) fn near(self, right: u64) -> u64 {
        match self {
            Self::Right => right,
            Self::Lower => right.saturating_sub(1),
            Self::Higher => right + 1,
        }
    }
}
