//! The multi-version memory: for each location the values written, by transaction.
//!
//! A read by transaction `i` sees the write of the highest transaction below `i`, or the prestate.
//! The idea is that of Block-STM (Gelashvili et al., PPoPP 2023); every strategy uses it.
//! It knows nothing of scheduling.
//! The one rule: writes become visible through [`MvMemory::record`] alone.

mod cell;
mod declared;
mod location;
mod post;
mod read;
mod readers;
mod record;
mod sums;
mod table;
mod validate;
mod versions;
mod write;

use alloy_primitives::{Address, U256, map::B256Map};
use revm::{primitives::hardfork::SpecId, state::Bytecode};

use cell::{Accounts, Slots};
pub use declared::Declared;
pub use location::{
    AccountOrigins, AccountRead, AccountSeen, AccountWrite, BalanceWrite, Conflict, Existence,
    Fees, Location, Observed, Origin, ReadSet, Reader, SlotRead, SlotWrite, Version, WriteSet,
};
use readers::Readers;
use record::Record;
pub(crate) use record::expected;
pub use table::Place;

use crate::{
    access_list::Verification,
    block::{Block, TxIdx},
    outcome::Outcome,
    switches::{Balances, FeeCredit, Nonces, Switches, Unit},
    sync::{Mutex, lock},
};

/// What an incarnation came to when it ran to its end.
#[derive(Clone, Debug, Default)]
pub struct Executed {
    /// The receipt, or why it was skipped.
    pub outcome: Outcome,
    /// What it read.
    pub reads: ReadSet,
    /// What it wrote.
    pub writes: WriteSet,
}

/// What a strategy learns of an incarnation that ran to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Footprint {
    /// Did it write where its predecessor had not? Then readers above may have missed it.
    pub wrote_new_location: bool,
    /// Incarnations that had read what it changed, each once; known only where readers are followed.
    pub overtaken: Vec<Overtaken>,
    /// Gas it used.
    pub gas: u64,
}

/// An incarnation whose read does not hold any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overtaken {
    /// Who read.
    pub reader: Version,
    /// What, and who wrote it since.
    pub conflict: Conflict,
}

/// Does the memory remember who read what?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    /// No: reads are compared when they are validated.
    Nobody,
    /// Yes: a write tells whose reads it overtook.
    Readers,
}

/// Does a read set still hold?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every read would see the same version now.
    Valid,
    /// This read would not.
    Invalid(Conflict),
}

/// The multi-version memory of one run over one block.
pub struct MvMemory<'b> {
    block: &'b Block,
    /// Accounts that were read or written.
    accounts: Accounts<'b>,
    /// Slots that were read or written.
    slots: Slots,
    /// Code that is new in this block. Content-addressed: what is in here never changes.
    codes: Mutex<B256Map<Bytecode>>,
    /// By transaction.
    records: Box<[Mutex<Record>]>,
    switches: Switches,
    /// The list whose values are there from the start, where there is one, and nothing else ever: what is
    /// recorded is compared with it.
    declared: Option<&'b Verification<'b>>,
    follow: Follow,
    /// Who read the fees.
    fee_readers: Mutex<Readers>,
}

impl<'b> MvMemory<'b> {
    /// An empty memory over the block's prestate.
    pub fn new(block: &'b Block, switches: Switches, follow: Follow) -> Self {
        // Most transactions have a sender of their own, and many a receiver or a slot.
        let accounts = Accounts::new(2 * block.txs.len());
        let slots = Slots::new(block.txs.len());
        let memory = Self::with_cells(block, switches, follow, accounts, slots);
        if memory.switches.nonces == Nonces::Expected {
            memory.expect_nonces();
        }
        memory
    }

    /// A memory that has what a list declares, and nothing else ever.
    pub fn declared(block: &'b Block, verification: &'b Verification<'b>) -> Self {
        let (accounts, slots) = verification.cells().above();
        let codes = verification.list().codes.iter();
        let codes = codes.map(|(hash, code)| (*hash, code.clone()));
        Self {
            declared: Some(verification),
            codes: Mutex::new(codes.collect()),
            ..Self::with_cells(block, Switches::default(), Follow::Nobody, accounts, slots)
        }
    }

    fn with_cells(
        block: &'b Block,
        switches: Switches,
        follow: Follow,
        accounts: Accounts<'b>,
        slots: Slots,
    ) -> Self {
        Self {
            block,
            switches: possible(block, switches),
            declared: None,
            follow,
            fee_readers: Mutex::default(),
            accounts,
            slots,
            codes: Mutex::default(),
            records: (0..block.txs.len()).map(|_| Mutex::default()).collect(),
        }
    }

    /// Every transaction is taken to leave its sender's nonce one higher.
    fn expect_nonces(&self) {
        for (tx, env) in (0..).map(TxIdx).zip(&self.block.txs) {
            let version = Version { tx, incarnation: 0 };
            self.account(env.caller, |_, cell| {
                cell.nonce.set(version, env.nonce.saturating_add(1))
            });
        }
    }

    /// Are reads of some locations compared by value, so that they have no ESTIMATEs?
    pub fn compares_values(&self) -> bool {
        let Switches {
            balances, nonces, ..
        } = self.switches;
        balances == Balances::Commutative || nonces == Nonces::Expected
    }

    /// Is it known which fields of an account a transaction looked at?
    ///
    /// Before EIP-161 being touched makes an account, and since EIP-7708 more depends on who is there.
    pub fn tells_fields(&self) -> bool {
        let spec = self.block.spec;
        self.switches.unit == Unit::Split
            && spec.is_enabled_in(SpecId::SPURIOUS_DRAGON)
            && !spec.is_enabled_in(SpecId::AMSTERDAM)
    }

    /// Is a read of this location compared by value? Then every change of it is one that readers may
    /// have missed.
    fn compares(&self, location: Location) -> bool {
        match location {
            Location::Balance(_) => self.switches.balances == Balances::Commutative,
            Location::Nonce(_) => self.switches.nonces == Nonces::Expected,
            _ => false,
        }
    }

    /// Is what is recorded stored for others to read? What a list declared was there from the start.
    pub fn stores(&self) -> bool {
        self.declared.is_none()
    }

    /// How many locations of an incarnation are compared with what was declared when it is recorded.
    pub fn compared(&self, executed: &Executed) -> usize {
        self.declared.map_or(0, |it| it.compared(executed))
    }

    /// How this run looks at conflicts.
    pub fn switches(&self) -> Switches {
        self.switches
    }

    /// A transaction without a tip pays the beneficiary nothing, whatever becomes of it.
    fn cannot_pay(&self, tx: usize) -> bool {
        self.block.gives_no_tip(&self.block.txs[tx])
    }

    /// Tells of every account that the last recorded incarnation of `tx` touched, and whether it wrote
    /// to it, be it to its storage. A write that is free is none.
    pub fn touched(&self, tx: TxIdx, mut see: impl FnMut(Address, bool)) {
        let record = lock(&self.records[tx.index()]);
        let address = |place| self.accounts.look(place, |cell| cell.address);
        for touch in &record.accounts {
            see(address(touch.place), false);
        }
        let expected = expected(self.block, tx, self.switches);
        for (place, fields) in &record.wrote {
            let wrote = self.accounts.look(*place, |cell| {
                let is_free = cell.is_free(tx, *fields, expected);
                (cell.address, !is_free)
            });
            see(wrote.0, wrote.1);
        }
        for place in &record.wrote_slots {
            let account = self.slots.look(*place, |cell| cell.account);
            see(address(account), true);
        }
    }
}

/// The switches that can be had for this block.
///
/// Whoever is paid what would be more than a balance can hold is not paid at all, so where that could be
/// sums do not hold, and a fee cannot wait. Sums also need that a debit never empties an account that
/// exists (EIP-161), and that being paid costs the same whoever is paid.
fn possible(block: &Block, switches: Switches) -> Switches {
    let fits = leaves_room(block);
    let rules = block.spec.is_enabled_in(SpecId::SPURIOUS_DRAGON)
        && !block.spec.is_enabled_in(SpecId::AMSTERDAM);
    Switches {
        fees: match fits {
            true => switches.fees,
            false => FeeCredit::InPlace,
        },
        balances: match fits && rules {
            true => switches.balances,
            false => Balances::Plain,
        },
        ..switches
    }
}

/// Is there room in any balance for all that accounts have together?
fn leaves_room(block: &Block) -> bool {
    let balances = block.prestate.accounts.values().map(|it| it.balance);
    let top = balances.fold(0, |all, balance| all | balance.as_limbs()[3]);
    if top == 0 {
        // Each is below 2^192, and there are not so many.
        return true;
    }
    let mut left: U256 = U256::MAX >> 1;
    let mut balances = block.prestate.accounts.values().map(|it| it.balance);
    balances.all(|balance| {
        let fits = balance <= left;
        left = left.saturating_sub(balance);
        fits
    })
}

#[cfg(test)]
mod tests {
    use alloy_primitives::address;
    use revm::context::{BlockEnv, TxEnv};

    use super::*;
    use crate::state::{Account, State};

    const ALICE: Address = address!("00000000000000000000000000000000000a11ce");

    fn block(spec: SpecId, balance: U256) -> Block {
        let account = Account {
            balance,
            ..Account::default()
        };
        Block {
            spec,
            prestate: State {
                accounts: [(ALICE, account)].into_iter().collect(),
                ..State::default()
            },
            ..Block::default()
        }
    }

    #[test]
    fn balances_are_sums_where_none_overflows_and_empty_accounts_are_none() {
        let half = U256::MAX >> 1;
        let cases = [
            (SpecId::LONDON, half, Balances::Commutative),
            (SpecId::LONDON, half + U256::ONE, Balances::Plain),
            (SpecId::LONDON, U256::MAX, Balances::Plain),
            (SpecId::SPURIOUS_DRAGON, U256::ONE, Balances::Commutative),
            (SpecId::TANGERINE, U256::ONE, Balances::Plain),
            (SpecId::AMSTERDAM, U256::ONE, Balances::Plain),
        ];
        let wanted = Switches {
            balances: Balances::Commutative,
            ..Switches::default()
        };
        for (spec, balance, expected) in cases {
            let found = possible(&block(spec, balance), wanted);
            assert_eq!(found.balances, expected, "{spec} {balance}");
        }
    }

    #[test]
    fn fields_are_told_apart_where_being_touched_makes_no_account() {
        let cases = [
            (SpecId::TANGERINE, Unit::Split, false),
            (SpecId::SPURIOUS_DRAGON, Unit::Split, true),
            (SpecId::OSAKA, Unit::Split, true),
            (SpecId::OSAKA, Unit::Account, false),
            (SpecId::AMSTERDAM, Unit::Split, false),
        ];
        for (spec, unit, expected) in cases {
            let block = block(spec, U256::ONE);
            let switches = Switches {
                unit,
                ..Switches::default()
            };
            let memory = MvMemory::new(&block, switches, Follow::Nobody);
            assert_eq!(memory.tells_fields(), expected, "{spec} {unit:?}");
        }
    }

    #[test]
    fn each_switch_decides_for_its_own_location_whether_values_are_compared() {
        let block = block(SpecId::OSAKA, U256::ONE);
        for balances in [Balances::Plain, Balances::Commutative] {
            for nonces in [Nonces::Read, Nonces::Expected] {
                let switches = Switches {
                    balances,
                    nonces,
                    ..Switches::default()
                };
                let memory = MvMemory::new(&block, switches, Follow::Nobody);
                let sums = balances == Balances::Commutative;
                let expected = nonces == Nonces::Expected;
                assert_eq!(memory.compares(Location::Balance(ALICE)), sums);
                assert_eq!(memory.compares(Location::Nonce(ALICE)), expected);
                assert!(!memory.compares(Location::Code(ALICE)));
                assert_eq!(memory.compares_values(), sums || expected);
            }
        }
    }

    #[test]
    fn who_gives_no_tip_pays_the_beneficiary_nothing() {
        let priced = |spec, gas_price| Block {
            env: BlockEnv {
                basefee: 10,
                ..BlockEnv::default()
            },
            txs: vec![TxEnv {
                gas_price,
                ..TxEnv::default()
            }],
            ..block(spec, U256::ONE)
        };
        let cases = [
            (SpecId::LONDON, 10, true),
            (SpecId::LONDON, 9, true),
            (SpecId::LONDON, 11, false),
            (SpecId::BERLIN, 10, false),
        ];
        for (spec, gas_price, expected) in cases {
            let block = priced(spec, gas_price);
            let memory = MvMemory::new(&block, Switches::default(), Follow::Nobody);
            assert_eq!(memory.cannot_pay(0), expected, "{spec} {gas_price}");
        }
    }
}
