//! The block access list of EIP-7928: what each transaction of a block writes, and what the block reads.
//!
//! With the list every transaction can be executed on its own: what it would read from those below is
//! in the list. In exchange every declared write and read is verified.
//!
//! Indices are the EIP's: 0 is before execution, 1 to n are the transactions, n + 1 is after.
//! Beside the EIP's content a list has destructions and creations, which hard forks before Cancun need:
//! there an account's storage can go, and the EIP has no word for that. A list that came in the EIP's
//! form is without them, and holds only where none of them matters.

mod declarations;
mod false_list;
mod verification;

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, B256, U256};
use revm::{context_interface::Block as _, primitives::hardfork::SpecId, state::Bytecode};

use crate::{
    block::{Block, TxIdx},
    memory::{AccountRead, BalanceWrite, Executed, Existence, Location, SlotRead, Version},
    outcome::Outcome,
};

pub use self::{
    declarations::Declarations,
    false_list::{FalseList, Moment},
    verification::Verification,
};

/// A value that a transaction leaves at a location.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// Of a balance or a slot.
    Number(U256),
    /// Of a nonce.
    Nonce(u64),
    /// The hash of new code.
    Code(B256),
    /// A creation or destruction.
    Existence(Existence),
}

/// Does a list say what was created and destroyed?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Existences {
    /// It does, as one made here.
    #[default]
    Said,
    /// It does not, as one in the EIP's form.
    Unsaid,
}

/// A block access list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessList {
    /// Does it say what was created and destroyed?
    pub existences: Existences,
    /// What is written where and at which index.
    pub changes: BTreeMap<(Location, u32), Value>,
    /// Accounts that are accessed, and slots that are read and never changed.
    pub accesses: BTreeSet<Location>,
    /// New code by its hash.
    pub codes: BTreeMap<B256, Bytecode>,
}

/// The index of a transaction.
pub fn index(tx: TxIdx) -> u32 {
    tx.0 + 1
}

/// The transaction of an index; none for those before and after.
pub fn transaction(index: u32, txs: usize) -> Option<TxIdx> {
    let tx = TxIdx(index.checked_sub(1)?);
    (tx.index() < txs).then_some(tx)
}

impl AccessList {
    /// The list of an execution: of its transactions, without the steps around them.
    pub fn of(block: &Block, finals: &[(Version, Executed)]) -> Self {
        let mut list = Self::default();
        let mut beneficiary = Beneficiary::before(block);
        for (version, executed) in finals {
            let at = index(version.tx);
            let before = beneficiary;
            each_change(block, executed, before, |location, value| {
                list.changes.insert((location, at), value);
                beneficiary.change(block, location, value);
            });
            list.accesses
                .extend(accesses(block, executed).map(Accessed::location));
            list.codes.extend(executed.writes.codes.iter().cloned());
        }
        list.settle();
        list
    }

    /// Adds what `other` has; neither has an index that the other has too.
    pub fn join(&mut self, other: &Self) {
        let changes = other.changes.iter();
        self.changes
            .extend(changes.map(|(at, value)| (*at, *value)));
        self.accesses.extend(&other.accesses);
        let codes = other.codes.iter();
        self.codes
            .extend(codes.map(|(hash, code)| (*hash, code.clone())));
        self.settle();
    }

    /// A slot that changes is no read.
    fn settle(&mut self) {
        for (location, _) in self.changes.keys() {
            if matches!(location, Location::Slot(..)) {
                self.accesses.remove(location);
            }
        }
    }

    /// The first creation or destruction that this list would be wrong without, and its index.
    ///
    /// From EIP-161 on an account exists if it is not empty, so that one matters only where it takes
    /// storage away. Before, all do.
    pub fn unsaid(&self, block: &Block) -> Option<(u32, Location)> {
        let changes = self.changes.iter();
        let found = changes.filter(|((location, at), value)| match value {
            Value::Existence(value) => self.matters(block, *location, *at, *value),
            _ => false,
        });
        found.map(|((location, at), _)| (*at, *location)).min()
    }

    /// The same in the EIP's form, which has no creations and destructions.
    pub fn in_eip_form(mut self, block: &Block) -> Result<Self, FalseList> {
        if let Some((index, at)) = self.unsaid(block) {
            return Err(FalseList::unsaid(index, at, block));
        }
        self.existences = Existences::Unsaid;
        self.changes
            .retain(|_, value| !matches!(value, Value::Existence(_)));
        Ok(self)
    }

    /// Would a list without this creation or destruction be wrong?
    fn matters(&self, block: &Block, location: Location, at: u32, value: Existence) -> bool {
        let Location::Existence(address) = location else {
            return false;
        };
        if !block.spec.is_enabled_in(SpecId::SPURIOUS_DRAGON) {
            return true;
        }
        let before = block.prestate.accounts.get(&address);
        let slot = |slot| Location::Slot(address, slot);
        let mut slots = (self.changes).range((slot(U256::ZERO), 0)..=(slot(U256::MAX), u32::MAX));
        let stored = before.is_some_and(|account| !account.storage.is_empty());
        value.wiped_by.is_some() && (stored || slots.any(|((_, index), _)| *index < at))
    }

    /// Compares the list with what an execution that relied on it did, and what the steps around
    /// the transactions did.
    ///
    /// What went wrong first is named: what comes after may follow from it.
    pub fn verify(
        &self,
        block: &Block,
        around: &Self,
        finals: &[(Version, Executed)],
    ) -> Result<(), FalseList> {
        let mut did = Self::of(block, finals);
        did.join(around);
        let mut unsaid = None;
        if self.existences == Existences::Unsaid {
            unsaid = did.unsaid(block);
            did.changes
                .retain(|_, value| !matches!(value, Value::Existence(_)));
        }
        let said = self.changes.iter().map(|change| (change, &did));
        let done = did.changes.iter().map(|change| (change, self));
        let other = said
            .chain(done)
            .filter(|((at, value), other)| other.changes.get(at) != Some(value));
        let differs = other.map(|((at, _), _)| (at.1, at.0)).min();
        let refuse = |index, at, what| FalseList {
            at,
            moment: Some(Moment::of(index, block.txs.len())),
            what,
        };
        if let Some((index, at)) = unsaid
            && differs.is_none_or(|(first, _)| index <= first)
        {
            return Err(FalseList::unsaid(index, at, block));
        }
        if let Some((index, at)) = differs {
            let values = [self, &did].map(|list| list.changes.get(&(at, index)));
            let is_step = transaction(index, block.txs.len()).is_none();
            let what = match values {
                [Some(_), Some(_)] => "it declares another value than was written",
                [Some(_), None] if is_step => {
                    "it declares a write that no step around the block makes"
                }
                [Some(_), None] => "it declares a write that was not made",
                [None, _] => "it lacks a write that was made",
            };
            return Err(refuse(index, at, what));
        }
        // Reads have no index, so nobody can be named.
        let read = |at: &Location, what| FalseList {
            at: *at,
            moment: None,
            what,
        };
        if let Some(at) = self.accesses.difference(&did.accesses).next() {
            return Err(read(at, "it declares an access that was not made"));
        }
        match did.accesses.difference(&self.accesses).next() {
            Some(at) => Err(read(at, "it lacks an access that was made")),
            None => Ok(()),
        }
    }
}

/// What a transaction finds of the account that its fee goes to.
#[derive(Clone, Copy, Debug)]
struct Beneficiary {
    balance: U256,
    existence: Existence,
}

impl Beneficiary {
    /// Before the block.
    fn before(block: &Block) -> Self {
        let before = block.prestate.accounts.get(&block.env.beneficiary());
        Self {
            balance: before.map_or(U256::ZERO, |account| account.balance),
            existence: Existence {
                exists: before.is_some(),
                wiped_by: None,
            },
        }
    }

    /// After this change, if it is one of that account.
    fn change(&mut self, block: &Block, location: Location, value: Value) {
        let address = block.env.beneficiary();
        match value {
            Value::Number(value) if location == Location::Balance(address) => self.balance = value,
            Value::Existence(value) if location == Location::Existence(address) => {
                self.existence = value;
            }
            _ => {}
        }
    }
}

/// Tells what an execution changed, each location once, if it found the beneficiary like this.
///
/// The fee is deferred: what was written of the beneficiary's balance comes without it.
fn each_change(
    block: &Block,
    executed: &Executed,
    beneficiary: Beneficiary,
    mut tell: impl FnMut(Location, Value),
) {
    let writes = &executed.writes;
    let is_paid = matches!(executed.outcome, Outcome::Executed(_));
    let paid = is_paid.then(|| block.env.beneficiary());
    let (mut balance, mut existence) = (beneficiary.balance, None);
    for write in &writes.accounts {
        let address = write.address;
        let is_paid = paid == Some(address);
        match write.balance {
            Some(BalanceWrite::Set(value)) if is_paid => balance = value,
            Some(BalanceWrite::Set(value)) => {
                tell(Location::Balance(address), Value::Number(value));
            }
            _ => {}
        }
        if let Some(value) = write.nonce {
            tell(Location::Nonce(address), Value::Nonce(value));
        }
        if let Some(value) = write.code_hash {
            tell(Location::Code(address), Value::Code(value));
        }
        match write.existence {
            Some(value) if is_paid => existence = Some(value),
            Some(value) => tell(Location::Existence(address), Value::Existence(value)),
            None => {}
        }
    }
    for write in &writes.slots {
        let slot = Location::Slot(write.address, write.slot);
        tell(slot, Value::Number(write.value));
    }
    let Some(address) = paid else {
        return;
    };
    let balance = balance.saturating_add(writes.fee.unwrap_or_default());
    if balance != beneficiary.balance {
        tell(Location::Balance(address), Value::Number(balance));
    }
    // Before EIP-161 being paid is enough to exist, be it nothing.
    let decides = !block.spec.is_enabled_in(SpecId::SPURIOUS_DRAGON);
    let now = existence.unwrap_or(beneficiary.existence);
    if decides && !now.exists && writes.fee.is_some() {
        existence = Some(Existence {
            exists: true,
            ..now
        });
    }
    if let Some(value) = existence {
        tell(Location::Existence(address), Value::Existence(value));
    }
}

/// A whole account or a slot that an execution accessed.
#[derive(Clone, Copy, Debug)]
enum Accessed<'e> {
    Account(&'e AccountRead),
    /// It is paid the fee.
    Beneficiary(Address),
    Slot(&'e SlotRead),
    /// Of an account that it created, whose slots nobody was asked for.
    OwnSlot(Address, U256),
}

impl Accessed<'_> {
    fn location(self) -> Location {
        match self {
            Self::Account(read) => Location::Account(read.address),
            Self::Beneficiary(address) => Location::Account(address),
            Self::Slot(read) => Location::Slot(read.address, read.slot),
            Self::OwnSlot(address, slot) => Location::Slot(address, slot),
        }
    }
}

/// What an execution accessed, changed or not.
fn accesses<'e>(block: &Block, executed: &'e Executed) -> impl Iterator<Item = Accessed<'e>> {
    let paid = match executed.outcome {
        Outcome::Skipped(_) => None,
        Outcome::Executed(_) => Some(Accessed::Beneficiary(block.env.beneficiary())),
    };
    let accounts = executed.reads.accounts.iter().map(Accessed::Account);
    let slots = executed.reads.slots.iter().map(Accessed::Slot);
    let own = executed.writes.own_slots.iter();
    let own = own.map(|(address, slot)| Accessed::OwnSlot(*address, *slot));
    accounts.chain(paid).chain(slots).chain(own)
}
