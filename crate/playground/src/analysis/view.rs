//! What committed incarnations read and wrote, as a run under other switches would see it.
//!
//! Switches change how a run looks at conflicts, never what is executed. So from incarnations that
//! were executed with everything kept apart, every coarser way to look can be had without executing
//! again. The way back does not exist: who merely paid or was paid, only a run that watched knows.

use std::collections::BTreeSet;

use alloy_primitives::{Address, U256};
use interleave_engine::{
    block::Block,
    memory::{AccountWrite, BalanceWrite, Executed, Location, Observed},
    outcome::Outcome,
    switches::{Balances, FeeCredit, Nonces, Switches, Unit},
};

/// One way to look at the transactions of a block.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The block.
    pub block: &'a Block,
    /// What counts as a conflict.
    pub switches: Switches,
}

/// How a transaction read a location.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Read {
    /// The value that the last transaction below left there.
    Value(Location),
    /// The sum of what those below added.
    Sum(Location),
    /// Whether the sum is enough; what is there before the block falls short by so much.
    Enough(Location, U256),
}

/// How a transaction wrote a location.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Write {
    /// With a value that those above read.
    Value(Location),
    /// With a value from which the sum starts anew.
    Start(Location, U256),
    /// By adding to the sum; who takes away adds nothing.
    Add(Location, U256),
}

impl View<'_> {
    /// What a transaction read, each location once.
    pub fn reads(&self, executed: &Executed) -> BTreeSet<Read> {
        let Switches {
            unit,
            fees,
            balances,
            ..
        } = self.switches;
        let reads = &executed.reads;
        let mut seen = BTreeSet::new();
        let written = executed.writes.accounts.iter();
        let paid: BTreeSet<Address> = written
            .filter(|write| write.balance.is_some())
            .map(|write| write.address)
            .collect();
        for read in &reads.accounts {
            let address = read.address;
            if balances == Balances::Commutative {
                seen.extend(self.asked(address, read.observed));
            }
            match unit {
                Unit::Account => {
                    seen.insert(Read::Value(Location::Account(address)));
                }
                Unit::Split => {
                    // What was credited or debited as a sum was read first, where it is a value.
                    let sees_balance =
                        read.observed != Observed::Nothing || paid.contains(&address);
                    if balances == Balances::Plain && sees_balance {
                        seen.insert(Read::Value(Location::Balance(address)));
                    }
                    // An expected nonce is a read too, but nobody writes where all goes as expected.
                    if read.sees_nonce {
                        seen.insert(Read::Value(Location::Nonce(address)));
                    }
                    for location in [Location::Code, Location::Existence] {
                        seen.insert(Read::Value(location(address)));
                    }
                }
            }
        }
        if unit == Unit::Split {
            let slots = reads.slots.iter();
            seen.extend(slots.map(|read| Read::Value(Location::Slot(read.address, read.slot))));
        }
        match fees {
            FeeCredit::Deferred if reads.reads_fees() => {
                seen.insert(Read::Sum(Location::Fees));
            }
            FeeCredit::InPlace if executed.writes.fee.is_some() => {
                seen.extend(self.paid_in_place().map(Read::Value));
            }
            _ => {}
        }
        seen
    }

    /// What a transaction wrote, in the order in which it counts.
    pub fn writes(&self, tx: usize, executed: &Executed) -> BTreeSet<Write> {
        let writes = &executed.writes;
        let mut left = BTreeSet::new();
        for write in &writes.accounts {
            self.account(tx, write, &mut left);
        }
        for write in &writes.slots {
            left.insert(Write::Value(match self.switches.unit {
                Unit::Account => Location::Account(write.address),
                Unit::Split => Location::Slot(write.address, write.slot),
            }));
        }
        let caller = self.block.txs[tx].caller;
        let skipped = matches!(executed.outcome, Outcome::Skipped(_));
        if skipped && self.switches.nonces == Nonces::Expected {
            // Everybody expected it to use its nonce.
            left.insert(Write::Value(match self.switches.unit {
                Unit::Account => Location::Account(caller),
                Unit::Split => Location::Nonce(caller),
            }));
        }
        let beneficiary = self.block.env.beneficiary;
        match (self.switches.fees, writes.fee) {
            (FeeCredit::Deferred, Some(fee)) if !fee.is_zero() => {
                left.insert(Write::Add(Location::Fees, fee));
            }
            (FeeCredit::InPlace, Some(fee)) => match self.switches.balances {
                Balances::Plain => left.extend(self.paid_in_place().map(Write::Value)),
                Balances::Commutative => {
                    left.insert(Write::Add(Location::Balance(beneficiary), fee));
                }
            },
            _ => {}
        }
        left
    }

    /// What a transaction reads and writes that pays the beneficiary itself.
    fn paid_in_place(&self) -> impl Iterator<Item = Location> + use<> {
        let beneficiary = self.block.env.beneficiary;
        let plain = self.switches.balances == Balances::Plain;
        let location = match self.switches.unit {
            Unit::Account => Location::Account(beneficiary),
            Unit::Split => Location::Balance(beneficiary),
        };
        plain.then_some(location).into_iter()
    }

    /// What was asked of a balance, if the answer depends on anybody below.
    fn asked(&self, address: Address, observed: Observed) -> Option<Read> {
        let location = Location::Balance(address);
        match observed {
            Observed::Nothing => None,
            Observed::Value => Some(Read::Sum(location)),
            Observed::AtLeast(least) => {
                let before = self.block.prestate.accounts.get(&address);
                let before = before.map_or(U256::ZERO, |account| account.balance);
                (before < least).then(|| Read::Enough(location, least - before))
            }
        }
    }

    fn account(&self, tx: usize, write: &AccountWrite, left: &mut BTreeSet<Write>) {
        let address = write.address;
        let balance = Location::Balance(address);
        let sums = self.switches.balances == Balances::Commutative;
        if let (true, Some(write)) = (sums, write.balance) {
            left.insert(match write {
                BalanceWrite::Set(value) => Write::Start(balance, value),
                BalanceWrite::Add(more) => Write::Add(balance, more),
                BalanceWrite::Subtract(_) => Write::Add(balance, U256::ZERO),
            });
        }
        if let Some(BalanceWrite::Set(value)) = write.balance
            && self.switches.fees == FeeCredit::Deferred
            && address == self.block.env.beneficiary
        {
            left.insert(Write::Start(Location::Fees, value));
        }
        let as_expected =
            self.switches.nonces == Nonces::Expected && self.block.txs[tx].caller == address;
        let nonce = write.nonce.filter(|_| !as_expected);
        let others = [
            nonce.map(|_| Location::Nonce(address)),
            write.code_hash.map(|_| Location::Code(address)),
            write.existence.map(|_| Location::Existence(address)),
        ];
        let others = others.into_iter().flatten();
        match self.switches.unit {
            Unit::Split => {
                let balance = write.balance.filter(|_| !sums).map(|_| balance);
                left.extend(others.chain(balance).map(Write::Value));
            }
            Unit::Account => {
                let is_free = |write: &BalanceWrite| sums && !matches!(write, BalanceWrite::Set(_));
                let counts = write.balance.is_some_and(|write| !is_free(&write));
                if counts || others.count() > 0 {
                    left.insert(Write::Value(Location::Account(address)));
                }
            }
        }
    }
}
