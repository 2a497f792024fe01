//! What a node's prestate lists, and what transactions read beyond it.
//!
//! Such a prestate is partial: it has the accounts and slots a block touched, and accounts that do
//! not exist are left out. So what is missing cannot be told from what is empty.
//! The rule: nothing is said of it unless the block comes to something else than its header says;
//! then what was read beyond the list is the likely cause.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, U256};
use interleave_engine::{
    memory::{AccountOrigins, Executed, Version},
    state::State,
};
use revm::context::TxEnv;

/// Names a message has at the most.
const NAMES: usize = 5;

/// What a node says of a block that neither its state nor its transactions do.
#[derive(Clone, Debug, Default)]
pub struct Listed {
    /// Slots that are listed with a value of zero, which a state does not hold.
    pub zero_slots: BTreeSet<(Address, U256)>,
    /// To whom there are withdrawals (EIP-4895).
    pub withdrawn: Vec<Address>,
}

/// Something a transaction read. An account comes before its slots.
type Place = (Address, Option<U256>);

impl Listed {
    /// A sentence about what transactions read that `prestate` does not list, if there is any.
    /// `finals` are the committed incarnations of `txs`.
    pub fn beyond(
        &self,
        prestate: &State,
        txs: &[TxEnv],
        finals: &[(Version, Executed)],
    ) -> Option<String> {
        let beyond = self.places(prestate, finals);
        if beyond.is_empty() {
            return None;
        }
        let mut places: Vec<_> = beyond.into_iter().collect();
        // Who sends or is called with data is there, as a rule; a node lists slots that are zero, but
        // leaves out other accounts that are not there, such as one that is paid for the first time.
        let is_due = |(address, slot): &Place, tx: u32| {
            let env = &txs[tx as usize];
            let called = env.kind.to().filter(|_| !env.data.is_empty());
            slot.is_none() && (env.caller == *address || called == Some(address))
        };
        places.sort_by_key(|(place, tx)| (!is_due(place, *tx), place.1.is_none(), *tx));
        let names = places.iter().take(NAMES).map(|((address, slot), tx)| {
            let what = match slot {
                Some(slot) => format!("slot {slot:#x} of {address}"),
                None => format!("account {address}"),
            };
            format!("{what} (read by transaction {tx})")
        });
        let names = names.collect::<Vec<_>>().join(", ");
        let more = match places.len().saturating_sub(NAMES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        Some(format!(
            "the prestate does not list {names}{more}: they were taken to be empty, which may be the cause"
        ))
    }

    /// What was read beyond the list, each with the first transaction that did.
    fn places(&self, prestate: &State, finals: &[(Version, Executed)]) -> BTreeMap<Place, u32> {
        let mut beyond: BTreeMap<Place, u32> = BTreeMap::new();
        for (version, executed) in finals {
            let reads = &executed.reads;
            let mut wiped = BTreeSet::new();
            for read in &reads.accounts {
                if read.wiped_by.is_some() {
                    wiped.insert(read.address);
                }
                let is_listed = prestate.accounts.contains_key(&read.address);
                let is_written = read.origins != AccountOrigins::default();
                if !is_listed && !is_written && !is_low(read.address) {
                    beyond.entry((read.address, None)).or_insert(version.tx.0);
                }
            }
            for read in &reads.slots {
                let (address, slot) = (read.address, read.slot);
                let Some(account) = prestate.accounts.get(&address) else {
                    continue;
                };
                let is_listed = account.storage.contains_key(&slot)
                    || self.zero_slots.contains(&(address, slot));
                if !is_listed && read.origin.is_none() && !wiped.contains(&address) {
                    beyond.entry((address, Some(slot))).or_insert(version.tx.0);
                }
            }
        }
        beyond
    }
}

/// Is this one of the first addresses, where precompiles are?
fn is_low(address: Address) -> bool {
    address[..18].iter().all(|byte| *byte == 0)
}
