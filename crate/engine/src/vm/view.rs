//! The state as one incarnation sees it: revm's database over the multi-version memory.
//!
//! It writes down every read with its origin, also those that find nothing.
//! revm keeps what it loaded until the transaction ends, so each location is asked for once and
//! the first answer is the one that counts.

use std::{error::Error, fmt};

use alloy_primitives::{Address, B256, U256};
use revm::{
    Database,
    database_interface::DBErrorMarker,
    state::{AccountId, AccountInfo, Bytecode},
};

use crate::{
    block::{Block, TxIdx},
    memory::{AccountRead, Conflict, MvMemory, ReadSet, Reader, Version},
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

impl Error for Unreadable {}
impl DBErrorMarker for Unreadable {}

/// What one worker's EVM reads.
pub struct View<'b> {
    block: &'b Block,
    memory: &'b MvMemory<'b>,
    cancelled: Cancelled<'b>,
    reader: Reader,
    reads: ReadSet,
    /// Balances that code asked for.
    asked: Vec<(Address, Asked)>,
}

/// What code asked of a balance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Its value.
    Value,
    /// Whether the account is empty.
    Emptiness,
}

/// Is this incarnation not wanted any more?
pub type Cancelled<'b> = &'b (dyn Fn(Version) -> bool + Sync);

impl<'b> View<'b> {
    /// A view for a worker.
    pub fn new(block: &'b Block, memory: &'b MvMemory<'b>, cancelled: Cancelled<'b>) -> Self {
        let version = Version {
            tx: TxIdx(0),
            incarnation: 0,
        };
        Self {
            block,
            memory,
            cancelled,
            reader: Reader {
                version,
                sees: Sees::Lower,
            },
            reads: ReadSet::default(),
            asked: Vec::new(),
        }
    }

    /// Reads as `reader` from now on, with an empty read set.
    pub fn begin(&mut self, reader: Reader) {
        self.reader = reader;
        self.reads.accounts.clear();
        self.reads.slots.clear();
        self.asked.clear();
    }

    /// Code asks for the balance of an account.
    pub fn ask(&mut self, address: Address, asked: Asked) {
        if !self.asked.contains(&(address, asked)) {
            self.asked.push((address, asked));
        }
    }

    /// What code asked for so far.
    pub fn asked(&self) -> &[(Address, Asked)] {
        &self.asked
    }

    /// Hands over what was read.
    pub fn take_reads(&mut self) -> ReadSet {
        let switches = self.memory.switches();
        ReadSet {
            switches,
            ..std::mem::take(&mut self.reads)
        }
    }

    /// Every read asks whether the incarnation is still wanted.
    fn go_on(&self) -> Result<(), Unreadable> {
        match (self.cancelled)(self.reader.version) {
            true => Err(Unreadable::Cancelled),
            false => Ok(()),
        }
    }

    fn slot_of(
        &mut self,
        account: Option<usize>,
        address: Address,
        slot: U256,
    ) -> Result<U256, Unreadable> {
        self.go_on()?;
        let wiped_by = account.and_then(|index| self.reads.accounts[index].wiped_by);
        let (value, read) = self
            .memory
            .read_slot(address, slot, wiped_by, self.reader)
            .map_err(Unreadable::Blocked)?;
        self.reads.slots.push(read);
        Ok(value)
    }
}

impl Database for View<'_> {
    type Error = Unreadable;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, Unreadable> {
        self.go_on()?;
        let read = self
            .memory
            .read_account(address, self.reader)
            .map_err(Unreadable::Blocked)?;
        let index = self.reads.accounts.len();
        let info = read.exists.then(|| info(&read, index));
        self.reads.accounts.push(read);
        Ok(info)
    }

    fn code_by_hash(&mut self, hash: B256) -> Result<Bytecode, Unreadable> {
        // Content-addressed, so it cannot conflict; the hash was read with the account.
        Ok(self.memory.code(hash).unwrap_or_default())
    }

    fn storage(&mut self, address: Address, slot: U256) -> Result<U256, Unreadable> {
        let account = self
            .reads
            .accounts
            .iter()
            .position(|read| read.address == address);
        self.slot_of(account, address, slot)
    }

    fn storage_by_account_id(
        &mut self,
        address: Address,
        id: AccountId,
        slot: U256,
    ) -> Result<U256, Unreadable> {
        self.slot_of(Some(id.get()), address, slot)
    }

    fn block_hash(&mut self, number: u64) -> Result<B256, Unreadable> {
        Ok(self.block.block_hash(number))
    }
}

/// What revm is told of an account; its number in the read set comes back with every slot.
fn info(read: &AccountRead, index: usize) -> AccountInfo {
    AccountInfo {
        balance: read.balance,
        nonce: read.nonce,
        code_hash: read.code_hash,
        account_id: AccountId::new(index),
        code: None,
    }
}
