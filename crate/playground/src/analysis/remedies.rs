//! Which known pattern a hot location is, and the known remedy.
//!
//! Decided from what transactions did with it: who wrote it and how its value moved. A name decides
//! only where the numbers cannot. What fits no pattern has no remedy.
//!
//! A reentrancy guard that ends each transaction as it began is no write here, so it is never hot; one
//! that is left another way than it was found is a flag.

use std::{cmp::Ordering, collections::BTreeSet};

use alloy_primitives::{Address, U256};

use crate::report::{LocationKind, Pattern};

/// What transactions did with a location.
#[derive(Clone, Debug, Default)]
pub struct Use {
    /// Who wrote it, in block order.
    pub writers: Vec<Writer>,
    /// Transactions that read it.
    pub readers: u32,
    /// Value before the block.
    pub before: U256,
}

/// A transaction that wrote a location.
#[derive(Clone, Copy, Debug)]
pub struct Writer {
    /// Who sent it.
    pub sender: Address,
    /// What it left.
    pub value: U256,
}

/// What else is known of a location.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Its kind.
    pub kind: LocationKind,
    /// The account it is part of.
    pub address: Address,
    /// Its name.
    pub name: &'a str,
    /// Is the account the block's beneficiary?
    pub is_beneficiary: bool,
    /// What variables of the same contract with the same writers say about it.
    pub company: Company,
    /// Time and number of the block.
    pub clock: [U256; 2],
}

/// What variables beside one say about it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Company {
    /// One goes down where it goes up, and up where it goes down.
    pub has_opposite: bool,
    /// One holds who wrote it last.
    pub has_sender: bool,
}

/// How a value moves from one writer to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moves {
    /// Up by one each time.
    Next,
    /// Only up.
    Up,
    /// Only down.
    Down,
    /// To and fro between two values.
    Toggles,
    /// Up and down.
    Both,
}

impl Use {
    /// How its value moves; none if fewer than two transactions wrote it.
    pub fn moves(&self) -> Option<Moves> {
        if self.writers.len() < 2 {
            return None;
        }
        let values = || self.writers.iter().map(|writer| writer.value);
        let distinct: BTreeSet<U256> = values().chain([self.before]).take(1_000).collect();
        if distinct.len() == 2 {
            return Some(Moves::Toggles);
        }
        Some(if self.steps().all(Ordering::is_gt) {
            let mut last = self.before;
            let mut by_one = values().map(|value| {
                let next = last.saturating_add(U256::ONE);
                last = value;
                value == next
            });
            match by_one.all(|it| it) {
                true => Moves::Next,
                false => Moves::Up,
            }
        } else if self.steps().all(Ordering::is_lt) {
            Moves::Down
        } else {
            Moves::Both
        })
    }

    /// From one value to the next.
    fn steps(&self) -> impl Iterator<Item = Ordering> + '_ {
        let values = || self.writers.iter().map(|writer| writer.value);
        let steps = [self.before].into_iter().chain(values()).zip(values());
        steps.map(|(from, to)| to.cmp(&from))
    }

    /// Do both have the same writers, and does one go up where the other goes down, nearly always?
    pub fn is_opposite_of(&self, other: &Self) -> bool {
        fn senders(of: &Use) -> impl Iterator<Item = Address> + '_ {
            of.writers.iter().map(|it| it.sender)
        }
        if self.writers.len() < 2 || !senders(self).eq(senders(other)) {
            return false;
        }
        // Who came last is a number that goes up and down for no reason.
        if self.holds_senders() || other.holds_senders() {
            return false;
        }
        let both = self.steps().zip(other.steps());
        let opposite = both.filter(|(one, other)| one.is_ne() && *one == other.reverse());
        10 * opposite.count() >= 9 * self.writers.len()
    }

    /// Is its value the address of whoever wrote it last?
    pub fn holds_senders(&self) -> bool {
        let mut writers = self.writers.iter();
        let is_sender = |it: &Writer| it.value == U256::from_be_slice(it.sender.as_slice());
        !self.writers.is_empty() && writers.all(is_sender)
    }

    /// The sender of all writers, if it is one.
    fn only_sender(&self) -> Option<Address> {
        let first = self.writers.first()?.sender;
        self.writers
            .iter()
            .all(|it| it.sender == first)
            .then_some(first)
    }
}

/// The pattern of a location, if it is a known one.
pub fn pattern(place: &Place<'_>, used: &Use) -> Option<Pattern> {
    match place.kind {
        LocationKind::Fees => Some(Pattern::FeeReader),
        LocationKind::Account => Some(Pattern::WholeAccount),
        LocationKind::Code | LocationKind::Existence => Some(Pattern::Lifecycle),
        LocationKind::Nonce => Some(match used.only_sender() == Some(place.address) {
            true => Pattern::SequentialNonce,
            false => Pattern::Factory,
        }),
        LocationKind::Balance if place.is_beneficiary => Some(Pattern::Beneficiary),
        LocationKind::Balance if used.only_sender() == Some(place.address) => {
            Some(Pattern::SinglePayer)
        }
        LocationKind::Balance => paid(used),
        LocationKind::Slot => slot(place, used),
    }
}

/// An account or entry whose amount many transactions change.
fn paid(used: &Use) -> Option<Pattern> {
    match used.moves()? {
        Moves::Up | Moves::Next => Some(Pattern::SinglePayee),
        Moves::Down => Some(Pattern::SinglePayer),
        Moves::Both | Moves::Toggles => Some(Pattern::SharedPurse),
    }
}

fn slot(place: &Place<'_>, used: &Use) -> Option<Pattern> {
    let Some(moves) = used.moves() else {
        let written = used.writers.first()?;
        return match place.clock.contains(&written.value) {
            true => Some(Pattern::Timestamp),
            false => (used.readers > 1).then_some(Pattern::Published),
        };
    };
    let variable = place.name.rsplit('.').next().unwrap_or_default();
    let is_entry = variable.contains('[');
    match moves {
        Moves::Toggles => Some(Pattern::Flag),
        _ if is_entry => paid(used),
        _ if place.company.has_opposite => Some(Pattern::SharedPool),
        _ if used.holds_senders() => Some(Pattern::Contest),
        // Those who do not beat it look at it too.
        Moves::Up if place.company.has_sender && used.readers as usize > used.writers.len() => {
            Some(Pattern::Contest)
        }
        _ if variable
            .trim_start_matches('_')
            .eq_ignore_ascii_case("totalSupply") =>
        {
            Some(Pattern::TotalSupply)
        }
        Moves::Next => Some(Pattern::SequenceNumber),
        Moves::Up | Moves::Down => Some(Pattern::GlobalCounter),
        Moves::Both if is_of_pool(variable) => Some(Pattern::SharedPool),
        Moves::Both => Some(Pattern::SharedState),
    }
}

/// Is this what a variable of a pool is called? Several may share a slot, so that nothing is seen to move
/// against anything.
fn is_of_pool(variable: &str) -> bool {
    let name = variable.to_ascii_lowercase();
    ["reserve", "liquidity", "price"]
        .iter()
        .any(|part| name.contains(part))
}

/// What is known to help, in one sentence.
pub fn remedy(pattern: Pattern) -> &'static str {
    match pattern {
        Pattern::GlobalCounter => "Keep a counter per user, or emit an event and sum off-chain.",
        Pattern::SequenceNumber => {
            "Give out numbers per sender, or derive an identifier from the sender and a number of their own."
        }
        Pattern::TotalSupply => {
            "Keep a part of the supply per minter and add the parts up when it is asked for, or mint for many holders in one transaction."
        }
        Pattern::SharedPool => {
            "Spread the liquidity over several pools, or collect orders and settle them together in one transaction."
        }
        Pattern::Contest => {
            "Let each leave an entry of their own, and compare them in one transaction when it is over."
        }
        Pattern::SharedState => {
            "Keep one for each user or part, so that nobody needs what another has just left."
        }
        Pattern::SharedPurse => {
            "Give each user or group of users a purse of its own, and even them out in a transaction apart."
        }
        Pattern::SinglePayee => {
            "Receive on several addresses and collect from them later, or let balances add up as sums."
        }
        Pattern::SinglePayer => {
            "Pay from several accounts, or pay many receivers in one transaction."
        }
        Pattern::SequentialNonce => {
            "Send from several accounts, or let the engine expect the next nonce."
        }
        Pattern::Factory => {
            "Create from several factories, since each creation counts up the creator's nonce."
        }
        Pattern::Beneficiary => {
            "Pay the beneficiary when a transaction commits instead of in each transaction."
        }
        Pattern::FeeReader => {
            "Do not ask for the beneficiary's balance: the answer depends on the fees of all transactions before."
        }
        Pattern::Flag => {
            "Keep a lock in transient storage (EIP-1153), which no other transaction sees; a switch that is meant to last is best flipped in a block of its own."
        }
        Pattern::Timestamp => {
            "Ask for the block's time or number where it is needed instead of storing it."
        }
        Pattern::Published => {
            "Write it in the first transaction of a block, or read the value that the last block left."
        }
        Pattern::WholeAccount => "Let the fields and slots of an account conflict on their own.",
        Pattern::Lifecycle => {
            "Create, destroy or delegate accounts in an earlier block than the one that uses them."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: Address = Address::repeat_byte(1);
    const BOB: Address = Address::repeat_byte(2);
    const TOKEN: Address = Address::repeat_byte(9);

    fn place(kind: LocationKind, name: &str) -> Place<'_> {
        Place {
            kind,
            address: TOKEN,
            name,
            is_beneficiary: false,
            company: Company::default(),
            clock: [1_700_000_000, 21].map(U256::from),
        }
    }

    /// Written in turn by two senders.
    fn used(before: u64, values: &[u64]) -> Use {
        let writer = |(at, value): (usize, &u64)| Writer {
            sender: if at % 2 == 0 { ALICE } else { BOB },
            value: U256::from(*value),
        };
        Use {
            writers: values.iter().enumerate().map(writer).collect(),
            readers: values.len() as u32,
            before: U256::from(before),
        }
    }

    fn of_slot(name: &str, before: u64, values: &[u64]) -> Option<Pattern> {
        pattern(&place(LocationKind::Slot, name), &used(before, values))
    }

    #[test]
    fn a_value_moves_up_down_to_and_fro_or_by_one() {
        let moves = |before, values: &[u64]| used(before, values).moves();
        assert_eq!(moves(0, &[1, 2, 3]), Some(Moves::Next));
        assert_eq!(moves(0, &[10, 20, 30]), Some(Moves::Up));
        assert_eq!(moves(9, &[7, 3]), Some(Moves::Down));
        assert_eq!(moves(1, &[2, 1, 2]), Some(Moves::Toggles));
        assert_eq!(moves(5, &[9, 2, 8]), Some(Moves::Both));
        assert_eq!(moves(5, &[9]), None);
    }

    #[test]
    fn variables_are_told_apart_by_how_their_values_move() {
        assert_eq!(
            of_slot("airdrop.claimed", 0, &[10, 20, 30]),
            Some(Pattern::GlobalCounter)
        );
        assert_eq!(
            of_slot("nft.nextId", 0, &[1, 2, 3]),
            Some(Pattern::SequenceNumber)
        );
        assert_eq!(
            of_slot("usd.totalSupply", 0, &[1, 2, 3]),
            Some(Pattern::TotalSupply)
        );
        assert_eq!(of_slot("vault.locked", 0, &[1, 0, 1]), Some(Pattern::Flag));
        assert_eq!(
            of_slot("market.price", 5, &[9, 2, 8]),
            Some(Pattern::SharedPool)
        );
    }

    #[test]
    fn entries_of_mappings_are_paid_or_pay() {
        let entry = "usd.balanceOf[hot]";
        assert_eq!(of_slot(entry, 0, &[5, 9, 11]), Some(Pattern::SinglePayee));
        assert_eq!(of_slot(entry, 50, &[45, 9, 2]), Some(Pattern::SinglePayer));
        assert_eq!(of_slot(entry, 50, &[45, 60, 2]), Some(Pattern::SharedPurse));
    }

    #[test]
    fn reserves_move_against_each_other() {
        let [gold, usd] = [[110, 120, 115], [90, 80, 85]].map(|values| used(100, &values));
        assert!(gold.is_opposite_of(&usd));
        assert!(!gold.is_opposite_of(&used(100, &[110, 80, 85])));
        assert!(!gold.is_opposite_of(&used(100, &[90, 80])));
        let place = Place {
            company: Company {
                has_opposite: true,
                ..Company::default()
            },
            ..place(LocationKind::Slot, "pool.x")
        };
        assert_eq!(pattern(&place, &gold), Some(Pattern::SharedPool));
    }

    #[test]
    fn the_best_so_far_is_a_contest_and_so_is_whose_it_is() {
        let mut bidder = used(0, &[0, 0, 0]);
        for writer in &mut bidder.writers {
            writer.value = U256::from_be_slice(writer.sender.as_slice());
        }
        let of = |name, readers, has_sender, used: &Use| {
            let place = Place {
                company: Company {
                    has_sender,
                    ..Company::default()
                },
                ..place(LocationKind::Slot, name)
            };
            let used = Use {
                readers,
                ..used.clone()
            };
            pattern(&place, &used)
        };
        assert_eq!(
            of("auction.bidder", 3, false, &bidder),
            Some(Pattern::Contest)
        );
        let bid = used(0, &[10, 25, 30]);
        assert_eq!(of("auction.bid", 9, true, &bid), Some(Pattern::Contest));
        // All who look at it add to it.
        let total = of("canvas.total", 3, true, &bid);
        assert_eq!(total, Some(Pattern::GlobalCounter));
        // What moves for no reason that can be seen.
        assert_eq!(
            of_slot("chests.seed", 5, &[9, 2, 8]),
            Some(Pattern::SharedState)
        );
    }

    #[test]
    fn what_one_transaction_writes_and_many_read_is_published_or_a_clock() {
        let read_by_many = |value| Use {
            readers: 9,
            ..used(0, &[value])
        };
        let of = |value| {
            pattern(
                &place(LocationKind::Slot, "oracle.price"),
                &read_by_many(value),
            )
        };
        assert_eq!(of(3), Some(Pattern::Published));
        assert_eq!(of(1_700_000_000), Some(Pattern::Timestamp));
        assert_eq!(of_slot("oracle.price", 0, &[3]), None);
    }

    #[test]
    fn fields_of_accounts_depend_on_who_writes_them() {
        let by_alice = |before, values: &[u64]| {
            let mut used = used(before, values);
            used.writers.iter_mut().for_each(|it| it.sender = ALICE);
            used
        };
        let of = |kind, address, used: &Use| {
            let place = Place {
                address,
                ..place(kind, "alice")
            };
            pattern(&place, used)
        };
        let nonce = by_alice(0, &[1, 2, 3]);
        assert_eq!(
            of(LocationKind::Nonce, ALICE, &nonce),
            Some(Pattern::SequentialNonce)
        );
        assert_eq!(
            of(LocationKind::Nonce, TOKEN, &nonce),
            Some(Pattern::Factory)
        );
        let paying = by_alice(9, &[7, 8, 3]);
        assert_eq!(
            of(LocationKind::Balance, ALICE, &paying),
            Some(Pattern::SinglePayer)
        );
        let credits = used(9, &[10, 12]);
        assert_eq!(
            of(LocationKind::Balance, TOKEN, &credits),
            Some(Pattern::SinglePayee)
        );
        let beneficiary = Place {
            is_beneficiary: true,
            ..place(LocationKind::Balance, "miner")
        };
        assert_eq!(pattern(&beneficiary, &credits), Some(Pattern::Beneficiary));
    }
}
