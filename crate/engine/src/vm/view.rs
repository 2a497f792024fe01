//! The state as one incarnation sees it: revm's database over the multi-version memory.
//!
//! It writes down every read with its origin, also those that find nothing.
//! revm keeps what it loaded until the transaction ends, so each location is asked for once and
//! the first answer is the one that counts.

use std::{error::Error, fmt};

use alloy_primitives::{
    Address, B256, Bytes, U256,
    map::{AddressMap, B256Map},
};
use revm::{
    Database,
    database_interface::DBErrorMarker,
    state::{AccountId, AccountInfo, Bytecode},
};

use super::numbers::Numbers;
use crate::{
    block::{Block, TxIdx},
    interrupt::Interrupted,
    memory::{AccountSeen, Conflict, MvMemory, ReadSet, Reader, Version},
    runner::schedule::Turn,
    strategy::Sees,
};

/// Why a read is not answered.
#[derive(Clone, Copy, Debug)]
pub enum Unreadable {
    /// It has to wait for a write.
    Blocked(Conflict),
    /// The incarnation is not wanted any more.
    Cancelled,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blocked(conflict) => write!(f, "waits for a write to {:?}", conflict.location),
            Self::Cancelled => write!(f, "the incarnation was cancelled"),
        }
    }
}

impl From<Interrupted> for Unreadable {
    fn from(_: Interrupted) -> Self {
        Self::Cancelled
    }
}

impl Error for Unreadable {}
impl DBErrorMarker for Unreadable {}

/// What one worker's EVM reads.
pub struct View<'m, 'b> {
    block: &'m Block,
    memory: &'m MvMemory<'b>,
    /// Whom to ask before a read; nobody where reads are always wanted, and in any order.
    before_read: Option<BeforeRead<'m>>,
    reader: Reader,
    reads: ReadSet,
    /// The values of the accounts that were read, in the same order.
    seen: Vec<AccountSeen<'b>>,
    numbers: Numbers,
    codes: Codes,
    /// What code asked of accounts.
    asks: AddressMap<Asks>,
}

/// Something that code asks of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The value of its balance.
    Value,
    /// Whether its balance was at least this before the transaction.
    AtLeast(U256),
    /// Whether there is room in its balance for more; where balances are sums there always is.
    Room,
    /// Whether it is empty.
    Emptiness,
    /// Its nonce.
    Nonce,
}

/// All that code asked of an account.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asks {
    pub value: bool,
    pub least: U256,
    pub room: bool,
    pub emptiness: bool,
    pub nonce: bool,
}

/// What an incarnation found.
#[derive(Clone, Copy)]
pub struct Found<'f, 'b> {
    /// The values of the accounts in its read set, in the same order.
    pub seen: &'f [AccountSeen<'b>],
    /// What code asked of them.
    pub asks: &'f AddressMap<Asks>,
}

/// The turn of an incarnation that is about to read; none if it is not wanted any more.
pub type BeforeRead<'m> = &'m (dyn Fn(Version) -> Option<Turn<'m>> + Sync);

impl<'m, 'b> View<'m, 'b> {
    /// A view for a worker.
    pub fn new(
        block: &'m Block,
        memory: &'m MvMemory<'b>,
        before_read: Option<BeforeRead<'m>>,
    ) -> Self {
        let version = Version {
            tx: TxIdx(0),
            incarnation: 0,
        };
        Self {
            block,
            memory,
            before_read,
            reader: Reader {
                version,
                sees: Sees::Lower,
            },
            reads: ReadSet {
                switches: memory.switches(),
                ..ReadSet::default()
            },
            seen: Vec::new(),
            numbers: Numbers::default(),
            codes: Codes::default(),
            asks: AddressMap::default(),
        }
    }

    /// Reads as `reader` from now on, with an empty read set.
    pub fn begin(&mut self, reader: Reader) {
        self.reader = reader;
        self.reads.accounts.clear();
        self.reads.slots.clear();
        self.seen.clear();
        self.numbers.clear();
        self.asks.clear();
    }

    /// Code asks something of an account.
    pub fn ask(&mut self, address: Address, asked: Asked) {
        let asks = self.asks.entry(address).or_default();
        match asked {
            Asked::Value => asks.value = true,
            Asked::AtLeast(least) => asks.least = asks.least.max(least),
            Asked::Room => asks.room = true,
            Asked::Emptiness => asks.emptiness = true,
            Asked::Nonce => asks.nonce = true,
        }
    }

    /// An account as it was when it was loaded, if it was.
    pub fn seen(&mut self, address: Address) -> Option<&AccountSeen<'b>> {
        let at = self.numbers.of(&self.reads.accounts, address)?;
        self.seen.get(at)
    }

    /// Hands over what was read, and what was found there; takes the room of another read set for the next.
    pub fn swap_reads(&mut self, reads: &mut ReadSet) -> Found<'_, 'b> {
        std::mem::swap(&mut self.reads, reads);
        self.reads.switches = self.memory.switches();
        Found {
            seen: &self.seen,
            asks: &self.asks,
        }
    }

    /// Every read waits for its turn, which ends with it, and is told if the incarnation is not wanted.
    fn turn(&self) -> Result<Turn<'m>, Unreadable> {
        match self.before_read {
            Some(ask) => ask(self.reader.version).ok_or(Unreadable::Cancelled),
            None => Ok(Turn::Free),
        }
    }

    fn slot_of(&mut self, account: usize, slot: U256) -> Result<U256, Unreadable> {
        let _turn = self.turn()?;
        let ReadSet {
            accounts, slots, ..
        } = &mut self.reads;
        let before = self.seen[account].before;
        self.memory
            .read_slot(&accounts[account], before, slot, self.reader, slots)
            .map_err(Unreadable::Blocked)
    }
}

impl Database for View<'_, '_> {
    type Error = Unreadable;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, Unreadable> {
        let _turn = self.turn()?;
        let index = self.seen.len();
        let reads = &mut self.reads.accounts;
        self.memory
            .read_account(address, self.reader, reads, &mut self.seen)
            .map_err(Unreadable::Blocked)?;
        let seen = &self.seen[index];
        Ok(seen.exists.then(|| info(seen, index)))
    }

    fn code_by_hash(&mut self, hash: B256) -> Result<Bytecode, Unreadable> {
        Ok(self.codes.get(hash, self.memory))
    }

    fn storage(&mut self, address: Address, slot: U256) -> Result<U256, Unreadable> {
        let account = self.numbers.of(&self.reads.accounts, address);
        let account = account.expect("revm loads an account before its storage");
        self.slot_of(account, slot)
    }

    fn storage_by_account_id(
        &mut self,
        _: Address,
        id: AccountId,
        slot: U256,
    ) -> Result<U256, Unreadable> {
        self.slot_of(id.get(), slot)
    }

    fn block_hash(&mut self, number: u64) -> Result<B256, Unreadable> {
        Ok(self.block.block_hash(number))
    }
}

/// What revm is told of an account; its number in the read set comes back with every slot.
fn info(seen: &AccountSeen<'_>, index: usize) -> AccountInfo {
    AccountInfo {
        balance: seen.balance,
        nonce: seen.nonce,
        code_hash: seen.code_hash,
        account_id: AccountId::new(index),
        code: None,
    }
}

/// Code that this worker used.
///
/// Code is counted by reference, and a count that all workers change is slow for all of them. What a
/// worker uses often it therefore has a copy of.
#[derive(Debug, Default)]
struct Codes(B256Map<(u32, Bytecode)>);

/// From this use on a copy of the code is worth what it takes.
const OFTEN: u32 = 32;

impl Codes {
    fn get(&mut self, hash: B256, memory: &MvMemory<'_>) -> Bytecode {
        // Content-addressed, so it cannot conflict; the hash was read with the account.
        let find = || (0, memory.code(hash).unwrap_or_default());
        let (uses, code) = self.0.entry(hash).or_insert_with(find);
        *uses += 1;
        if *uses == OFTEN {
            let copy = Bytes::copy_from_slice(code.original_byte_slice());
            *code = Bytecode::new_raw_checked(copy).unwrap_or_else(|_| code.clone());
        }
        code.clone()
    }
}
