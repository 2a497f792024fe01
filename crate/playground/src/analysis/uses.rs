//! What the transactions of a block did with its hot locations, one after another.

use alloy_primitives::{U256, map::HashMap};
use interleave_engine::{
    block::Block,
    memory::{BalanceWrite, Executed, Location, Version},
};

use super::remedies::{Company, Use, Writer};

/// One entry for each location of `index`, which numbers them without a gap.
pub fn of(
    block: &Block,
    finals: &[(Version, Executed)],
    index: &HashMap<Location, u32>,
) -> Vec<Use> {
    let mut uses = vec![Use::default(); index.len()];
    for (location, at) in index {
        uses[*at as usize].before = before(block, *location);
    }
    for ((_, executed), env) in finals.iter().zip(&block.txs) {
        for (location, _) in executed.reads.locations() {
            if let Some(at) = index.get(&location) {
                uses[*at as usize].readers += 1;
            }
        }
        let mut wrote = |location: Location, after: &dyn Fn(U256) -> U256| {
            if let Some(at) = index.get(&location) {
                let used = &mut uses[*at as usize];
                let last = used.writers.last().map_or(used.before, |it| it.value);
                used.writers.push(Writer {
                    sender: env.caller,
                    value: after(last),
                });
            }
        };
        for write in &executed.writes.slots {
            wrote(Location::Slot(write.address, write.slot), &|_| write.value);
        }
        for write in &executed.writes.accounts {
            if let Some(balance) = write.balance {
                wrote(Location::Balance(write.address), &|last| {
                    BalanceWrite::after(balance, last)
                });
            }
            if let Some(nonce) = write.nonce {
                wrote(Location::Nonce(write.address), &|_| U256::from(nonce));
            }
        }
    }
    uses
}

/// The value before the block; nothing for what has none.
fn before(block: &Block, location: Location) -> U256 {
    let account = |address| block.prestate.accounts.get(&address);
    match location {
        Location::Balance(address) => account(address).map_or(U256::ZERO, |it| it.balance),
        Location::Nonce(address) => account(address).map_or(U256::ZERO, |it| U256::from(it.nonce)),
        Location::Slot(address, slot) => block.prestate.slot(address, slot),
        Location::Code(_) | Location::Existence(_) | Location::Account(_) | Location::Fees => {
            U256::ZERO
        }
    }
}

/// What the variables of a group say about the one at `at` together.
///
/// A group has locations with about the same writers.
pub fn company(group: &[(Location, &Use)], at: usize) -> Company {
    let (Location::Slot(address, _), used) = group[at] else {
        return Company::default();
    };
    let others = group.iter().enumerate();
    let others = others.filter(|(place, (location, _))| {
        *place != at && matches!(location, Location::Slot(of, _) if *of == address)
    });
    let mut company = Company::default();
    for (_, (_, other)) in others {
        company.has_opposite |= used.is_opposite_of(other);
        company.has_sender |= other.holds_senders();
    }
    company
}
