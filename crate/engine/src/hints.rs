//! What each transaction is expected to read and write.
//!
//! Made before a block is executed, and possibly wrong: a strategy that uses hints validates what came of them.

use alloy_primitives::{Address, U256};
use revm::context::{Transaction as _, TxEnv};

use crate::{
    block::{Block, TxIdx},
    memory::{Executed, Follow, Location, MvMemory, Version},
    runner::{Control, Stopped},
    strategy::Sees,
    switches::{Balances, Nonces, Switches, Unit},
    vm::{Run, Vm},
};

/// What one transaction is expected to touch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hint {
    /// Locations it will read.
    pub reads: Vec<Location>,
    /// Locations it will write.
    pub writes: Vec<Location>,
}

/// Hints for transactions, in block order; about those that have none nothing is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// By transaction.
    pub txs: Vec<Hint>,
    /// Gas that was spent to find out.
    pub gas: u64,
}

/// Of a transaction about which nothing is known.
static NONE: Hint = Hint {
    reads: Vec::new(),
    writes: Vec::new(),
};

impl Hints {
    /// A hint for each of so many transactions, whoever made them: one that has none is expected to touch
    /// nothing, so that a plan has every transaction of the block.
    pub fn each(&self, txs: usize) -> impl Iterator<Item = (TxIdx, &Hint)> {
        let hints = self.txs.iter().chain(std::iter::repeat(&NONE));
        (0..).map(TxIdx).zip(hints).take(txs)
    }

    /// How many locations they name, each as often as it is read or written.
    pub fn locations(&self) -> usize {
        let named = |hint: &Hint| hint.reads.len() + hint.writes.len();
        self.txs.iter().map(named).sum()
    }

    /// Executes each transaction alone on the prestate and notes what it touches.
    ///
    /// The nonce is not checked: most transactions with another of their sender below would fail.
    pub fn dry_run(block: &Block, switches: Switches, control: &Control) -> Result<Self, Stopped> {
        let steps = control.on_the_way();
        let memory = MvMemory::new(block, switches, Follow::Nobody);
        let idle = TxEnv::default();
        let mut vm = Vm::without_nonce_check(block, &memory, &idle, control);
        let mut hints = Self::default();
        for (tx, env) in (0..).map(TxIdx).zip(&block.txs) {
            steps.next(env.gas_limit)?;
            let version = Version { tx, incarnation: 0 };
            match vm.execute(version, Sees::Prestate) {
                Run::Executed(executed) => hints.push(env, &executed),
                Run::Cancelled { .. } => return Err(Stopped),
                Run::Blocked { .. } => unreachable!("nobody wrote to this memory"),
            }
        }
        Ok(hints)
    }

    /// What senders declared: everything in an access list may be read and written.
    pub fn declared(block: &Block, switches: Switches) -> Self {
        let hint = |tx: &TxEnv| {
            let mut locations = Vec::new();
            for item in tx.access_list.iter() {
                locations.extend(fields(item.address));
                let slots = item.storage_keys.iter();
                locations.extend(slots.map(|slot| Location::Slot(item.address, (*slot).into())));
            }
            if let Some(to) = tx.kind.to() {
                locations.push(Location::Code(*to));
            }
            locations.extend(paid(tx, switches));
            with_sender(tx, switches, locations.clone(), locations)
        };
        Self {
            txs: block.txs.iter().map(hint).collect(),
            gas: 0,
        }
    }

    /// What the author of the block wrote, and what a transaction says of itself: its sender, and the
    /// code and the balance of its receiver.
    ///
    /// A transaction whose author wrote nothing still has these.
    pub fn written(block: &Block, switches: Switches) -> Self {
        let hint = |(tx, env): (TxIdx, &TxEnv)| {
            let hint = block.advice.hints.get(&tx).cloned();
            let Hint {
                mut reads,
                mut writes,
            } = hint.unwrap_or_default();
            // Whoever writes has mostly read before.
            reads.extend(&writes);
            if let Some(to) = env.kind.to() {
                reads.push(Location::Code(*to));
            }
            if let Some(paid) = paid(env, switches) {
                reads.push(paid);
                writes.push(paid);
            }
            with_sender(env, switches, reads, writes)
        };
        Self {
            txs: (0..).map(TxIdx).zip(&block.txs).map(hint).collect(),
            gas: 0,
        }
    }

    /// What committed incarnations read and wrote.
    pub fn perfect(block: &Block, finals: &[(Version, Executed)]) -> Self {
        let mut hints = Self::default();
        for (env, (_, executed)) in block.txs.iter().zip(finals) {
            hints.push(env, executed);
        }
        hints
    }

    /// Adds what a transaction touched when it was executed.
    fn push(&mut self, tx: &TxEnv, executed: &Executed) {
        let reads = executed.reads.locations().map(|(location, _)| location);
        let writes = executed.writes.locations();
        let switches = executed.reads.switches;
        let hint = with_sender(tx, switches, reads.collect(), writes);
        self.txs.push(hint);
        self.gas += executed.outcome.gas_used();
    }
}

/// The balance of a receiver that is sent something.
fn paid(tx: &TxEnv, switches: Switches) -> Option<Location> {
    let to = tx.kind.to()?;
    let counts = tx.value > U256::ZERO && switches.balances == Balances::Plain;
    counts.then_some(Location::Balance(*to))
}

/// Every field of an account, its storage apart.
pub fn fields(address: Address) -> [Location; 4] {
    [
        Location::Balance(address),
        Location::Nonce(address),
        Location::Code(address),
        Location::Existence(address),
    ]
}

/// A transaction that runs at all uses its sender's nonce and balance.
fn with_sender(
    tx: &TxEnv,
    switches: Switches,
    mut reads: Vec<Location>,
    mut writes: Vec<Location>,
) -> Hint {
    let sender = tx.caller();
    for list in [&mut reads, &mut writes] {
        if switches.nonces == Nonces::Read {
            list.push(Location::Nonce(sender));
        }
        if switches.balances == Balances::Plain {
            list.push(Location::Balance(sender));
        }
        if switches.unit == Unit::Account {
            let whole = |at: &mut Location| {
                if let Some(account) = at.account() {
                    *at = Location::Account(account);
                }
            };
            list.iter_mut().for_each(whole);
        }
        list.sort_unstable();
        list.dedup();
    }
    Hint { reads, writes }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_always_part_of_the_hint() {
        let tx = TxEnv::default();
        let hint = with_sender(&tx, Switches::default(), vec![], vec![]);
        let own = vec![
            Location::Balance(Address::ZERO),
            Location::Nonce(Address::ZERO),
        ];
        assert_eq!((&hint.reads, &hint.writes), (&own, &own));

        let whole = Switches {
            unit: Unit::Account,
            ..Switches::default()
        };
        let hint = with_sender(&tx, whole, own, vec![]);
        let own = vec![Location::Account(Address::ZERO)];
        assert_eq!((&hint.reads, &hint.writes), (&own, &own));
    }
}
