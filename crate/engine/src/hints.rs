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
    switches::{Balances, FeeCredit, Nonces, Switches, Unit},
    vm::{Run, Vm},
};

/// What one transaction is expected to touch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hint {
    /// Locations it will read.
    pub reads: Vec<Location>,
    /// Locations it will write.
    pub writes: Vec<Location>,
    /// Accounts it will use so that nobody has to wait for another: their balances are sums that it adds
    /// to or takes from, or their next nonce is what everybody expects.
    pub free: Vec<Address>,
}

impl Hint {
    /// It will read and write these.
    fn uses(&mut self, locations: impl IntoIterator<Item = Location>) {
        for location in locations {
            self.reads.push(location);
            self.writes.push(location);
        }
    }

    /// It will change a balance, with which it does nothing else where balances are sums.
    fn pays(&mut self, account: Address, switches: Switches) {
        let balance = Location::Balance(account);
        match switches.balances {
            Balances::Plain => self.uses([balance]),
            Balances::Commutative => self.free.push(account),
        }
    }

    /// How many locations it names that others may wait for, each as often as it is read or written.
    pub fn locations(&self) -> usize {
        self.reads.len() + self.writes.len()
    }
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
    free: Vec::new(),
};

impl Hints {
    /// A hint for each of so many transactions, whoever made them: one that has none is expected to touch
    /// nothing, so that a plan has every transaction of the block.
    pub fn each(&self, txs: usize) -> impl Iterator<Item = (TxIdx, &Hint)> {
        let hints = self.txs.iter().chain(std::iter::repeat(&NONE));
        (0..).map(TxIdx).zip(hints).take(txs)
    }

    /// How many locations they name that somebody may wait for, each as often as it is read or written.
    pub fn locations(&self) -> usize {
        self.txs.iter().map(Hint::locations).sum()
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
            let mut hint = Hint::default();
            for item in tx.access_list.iter() {
                hint.uses(fields(item.address));
                let slots = item.storage_keys.iter();
                hint.uses(slots.map(|slot| Location::Slot(item.address, (*slot).into())));
            }
            hint.uses(tx.kind.to().map(|to| Location::Code(*to)));
            of_itself(block, tx, switches, hint)
        };
        Self {
            txs: block.txs.iter().map(hint).collect(),
            gas: 0,
        }
    }

    /// What the author of the block wrote, and what a transaction says of itself: its sender, the code and
    /// the balance of its receiver, and a beneficiary that is paid in place.
    ///
    /// A transaction whose author wrote nothing still has these.
    pub fn written(block: &Block, switches: Switches) -> Self {
        let hint = |(tx, env): (TxIdx, &TxEnv)| {
            let hint = block.advice.hints.get(&tx).cloned();
            let mut hint = hint.unwrap_or_default();
            // Whoever writes has mostly read before.
            hint.reads.extend(&hint.writes);
            let code = env.kind.to().map(|to| Location::Code(*to));
            hint.reads.extend(code);
            of_itself(block, env, switches, hint)
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
        let Executed { reads, writes, .. } = executed;
        let asked: Vec<Address> = reads.asked_for_enough().collect();
        let waits = |at: &Location| match *at {
            Location::Nonce(account) if account == tx.caller => {
                reads.switches.nonces == Nonces::Read
            }
            Location::Balance(account) => !asked.contains(&account),
            _ => true,
        };
        let read = reads.locations().map(|(location, _)| location);
        let free = writes.free();
        let mut written = writes.locations();
        written.retain(|at| !free.contains(at));
        let hint = Hint {
            reads: read.filter(waits).collect(),
            writes: written,
            free: free.iter().filter_map(|at| at.account()).collect(),
        };
        self.txs.push(with_sender(tx, reads.switches, hint));
        self.gas += executed.outcome.gas_used();
    }
}

/// Adds what a transaction says of itself: whom it pays.
fn of_itself(block: &Block, tx: &TxEnv, switches: Switches, mut hint: Hint) -> Hint {
    if let Some(to) = tx.kind.to()
        && tx.value > U256::ZERO
    {
        hint.pays(*to, switches);
    }
    if switches.fees == FeeCredit::InPlace && !block.gives_no_tip(tx) {
        hint.pays(block.env.beneficiary, switches);
    }
    with_sender(tx, switches, hint)
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
fn with_sender(tx: &TxEnv, switches: Switches, mut hint: Hint) -> Hint {
    let sender = tx.caller();
    match switches.nonces {
        Nonces::Read => hint.uses([Location::Nonce(sender)]),
        Nonces::Expected => hint.free.push(sender),
    }
    hint.pays(sender, switches);
    for list in [&mut hint.reads, &mut hint.writes] {
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
    hint.free.sort_unstable();
    hint.free.dedup();
    hint
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_always_part_of_the_hint() {
        let tx = TxEnv::default();
        let hint = with_sender(&tx, Switches::default(), Hint::default());
        let own = vec![
            Location::Balance(Address::ZERO),
            Location::Nonce(Address::ZERO),
        ];
        assert_eq!((&hint.reads, &hint.writes), (&own, &own));

        let whole = Switches {
            unit: Unit::Account,
            ..Switches::default()
        };
        let reads = Hint {
            reads: own,
            ..Hint::default()
        };
        let hint = with_sender(&tx, whole, reads);
        let own = vec![Location::Account(Address::ZERO)];
        assert_eq!((&hint.reads, &hint.writes), (&own, &own));

        let free = Switches {
            balances: Balances::Commutative,
            nonces: Nonces::Expected,
            ..whole
        };
        let hint = with_sender(&tx, free, Hint::default());
        assert_eq!((hint.locations(), hint.free), (0, vec![Address::ZERO]));
    }
}
