//! What a block does beside its transactions, as far as they can notice it.
//!
//! The steps before the first transaction are in the prestate. Those after the last change no receipt;
//! a header's state root is that of the state they leave.
//! Both say what they add to the block's access list, which has indices of its own for them.
//! The rule: a step calls or writes only into contracts the prestate has, because a block's prestate
//! holds what its transactions touched and nothing else.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
};

use alloy_primitives::{Address, B256, U256, address};
use revm::{context::BlockEnv, primitives::hardfork::SpecId};

use crate::{
    access_list::{AccessList, Value},
    block::Block,
    memory::Location,
    oracle,
    state::{AccountChange, State},
};

/// The contract of EIP-4788.
const BEACON_ROOTS: Address = address!("000F3df6D732807Ef1319fB7B8bB8522d0Beac02");
/// How many beacon roots it keeps.
const BEACON_ROOTS_LENGTH: u64 = 8191;
/// The contract of EIP-2935.
const BLOCK_HASHES: Address = address!("0000F90827F1C53a10cb7A02335B175320002935");
/// How many block hashes it keeps.
const BLOCK_HASHES_LENGTH: u64 = 8191;

/// The contracts of EIP-7002 and EIP-7251, called after the last transaction from Prague on.
const REQUESTS: [Address; 2] = [
    address!("00000961Ef480Eb55e80D19ad83579A64c007002"),
    address!("0000BBdDc7CE488642fb579F8B00f3a590007251"),
];
const GWEI: U256 = U256::from_limbs([1_000_000_000, 0, 0, 0]);
const ETHER: U256 = U256::from_limbs([1_000_000_000_000_000_000, 0, 0, 0]);

/// What a block says of the one before it.
#[derive(Clone, Copy, Debug)]
pub struct Parent {
    /// Hash of the parent.
    pub hash: B256,
    /// Root of the parent beacon block, from Cancun on.
    pub beacon_root: Option<B256>,
}

/// Is a state one from before the steps before a block, or from after them?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Before them, as of the end of the parent.
    BeforeSteps,
    /// After them, as a node shows it; making them again changes nothing.
    AfterSteps,
}

/// The system calls before the first transaction, made in `state`; what they add to the access list.
pub fn before_block(
    spec: SpecId,
    env: &BlockEnv,
    parent: Parent,
    shown: Shown,
    state: &mut State,
) -> AccessList {
    let mut list = AccessList::default();
    let mut store = |contract: Address, slot: U256, value: U256| {
        let Some(account) = state.accounts.get_mut(&contract) else {
            return;
        };
        let before = match value.is_zero() {
            true => account.storage.remove(&slot),
            false => account.storage.insert(slot, value),
        };
        list.accesses.insert(Location::Account(contract));
        let slot = Location::Slot(contract, slot);
        // Each of these values is new with the block, but for a root of zero.
        let changes = match shown {
            Shown::BeforeSteps => before.unwrap_or_default() != value,
            Shown::AfterSteps => !value.is_zero(),
        };
        match changes {
            true => drop(list.changes.insert((slot, 0), Value::Number(value))),
            false => drop(list.accesses.insert(slot)),
        }
    };
    if let Some(root) = parent.beacon_root
        && spec.is_enabled_in(SpecId::CANCUN)
    {
        let row = env.timestamp % U256::from(BEACON_ROOTS_LENGTH);
        store(BEACON_ROOTS, row, env.timestamp);
        let row = row + U256::from(BEACON_ROOTS_LENGTH);
        store(BEACON_ROOTS, row, root.into());
    }
    if spec.is_enabled_in(SpecId::PRAGUE) && !env.number.is_zero() {
        let row = (env.number - U256::ONE) % U256::from(BLOCK_HASHES_LENGTH);
        store(BLOCK_HASHES, row, parent.hash.into());
    }
    list
}

/// What a block says of the steps after its last transaction.
#[derive(Clone, Debug, Default)]
pub struct Closing {
    /// Withdrawals (EIP-4895): to whom, and how much in gwei.
    pub withdrawals: Vec<(Address, u64)>,
    /// Uncles under proof of work: number and beneficiary.
    pub uncles: Vec<(u64, Address)>,
}

/// The steps after the last transaction of `block`, made in `state`, which that transaction left; what
/// they add to the access list.
///
/// Withdrawals, the reward of proof of work, and the system calls of EIP-7002 and EIP-7251.
pub fn after_block(block: &Block, closing: &Closing, state: &mut State) -> AccessList {
    let mut after = After {
        left: Block {
            spec: block.spec,
            chain_id: block.chain_id,
            env: block.env.clone(),
            block_hashes: block.block_hashes.clone(),
            prestate: mem::take(state),
            ..Block::default()
        },
        list: AccessList::default(),
        index: block.txs.len() as u32 + 1,
    };
    if block.spec.is_enabled_in(SpecId::PRAGUE) {
        for contract in REQUESTS {
            after.call(contract);
        }
    }
    for (address, gwei) in &closing.withdrawals {
        after.pay(*address, U256::from(*gwei) * GWEI);
    }
    if !block.spec.is_enabled_in(SpecId::MERGE) {
        let reward = reward(block.spec);
        let number: u64 = block.env.number.saturating_to();
        for (uncle, beneficiary) in &closing.uncles {
            let eighths = uncle.saturating_add(8).saturating_sub(number);
            after.pay(*beneficiary, reward * U256::from(eighths) / U256::from(8));
        }
        let nephew = reward / U256::from(32) * U256::from(closing.uncles.len());
        after.pay(block.env.beneficiary, reward + nephew);
    }
    *state = after.left.prestate;
    after.list
}

/// The steps after the last transaction, while they are made.
struct After {
    /// The block without its transactions, on the state so far.
    left: Block,
    list: AccessList,
    /// What the list calls these steps.
    index: u32,
}

impl After {
    /// Calls a contract in the name of the protocol.
    fn call(&mut self, contract: Address) {
        if !self.left.prestate.accounts.contains_key(&contract) {
            return;
        }
        let called = oracle::system_call(&self.left, contract);
        for (address, slots) in called.accesses {
            self.list.accesses.insert(Location::Account(address));
            let slots = slots.into_iter();
            self.list
                .accesses
                .extend(slots.map(|slot| Location::Slot(address, slot)));
        }
        for (address, change) in &called.changes.accounts {
            // No account is deleted: since Cancun code cannot do that, and there are no empty ones.
            if let AccountChange::Updated {
                balance,
                nonce,
                code_hash,
                slots,
            } = change
            {
                let before = self.left.prestate.accounts.get(address);
                let before = before.cloned().unwrap_or_default();
                if before.balance != *balance {
                    self.change(Location::Balance(*address), Value::Number(*balance));
                }
                if before.nonce != *nonce {
                    self.change(Location::Nonce(*address), Value::Nonce(*nonce));
                }
                if before.code_hash != *code_hash {
                    self.change(Location::Code(*address), Value::Code(*code_hash));
                }
                for (slot, value) in slots {
                    let at = Location::Slot(*address, *slot);
                    self.change(at, Value::Number(*value));
                    self.list.accesses.remove(&at);
                }
            }
        }
        self.left.prestate.apply(&called.changes);
        self.list.codes.extend(called.changes.codes);
    }

    /// Pays somebody who did not send for it.
    fn pay(&mut self, address: Address, wei: U256) {
        self.list.accesses.insert(Location::Account(address));
        if wei.is_zero() {
            return;
        }
        let account = self.left.prestate.account_mut(address);
        account.balance += wei;
        let balance = Value::Number(account.balance);
        self.change(Location::Balance(address), balance);
    }

    fn change(&mut self, location: Location, value: Value) {
        self.list.changes.insert((location, self.index), value);
    }
}

/// What `list` says of the steps around `block`, as far as a prestate that has only what transactions
/// touched cannot tell it, and no transaction can notice.
///
/// That is what is done to contracts of the protocol that are not in the prestate, and all that comes
/// after the last transaction: what a withdrawal leaves depends on what was there. But whom the block
/// names there is accessed, `withdrawn` to, whatever the amount.
pub fn untold(block: &Block, list: &AccessList, withdrawn: &[Address]) -> AccessList {
    let after = block.txs.len() as u32 + 1;
    let untouched = |location: &Location, contracts: [Address; 2]| {
        let of = location.account().filter(|it| contracts.contains(it));
        of.is_some_and(|it| !block.prestate.accounts.contains_key(&it))
    };
    let before = [BEACON_ROOTS, BLOCK_HASHES];
    let changes = list.changes.iter().filter(|((location, at), value)| {
        let told = *at != after && (*at != 0 || !untouched(location, before));
        // No step makes code.
        !told && !matches!(value, Value::Code(_))
    });
    let changes: BTreeMap<_, _> = changes.map(|(at, value)| (*at, *value)).collect();
    let changed = changes
        .keys()
        .filter_map(|(location, _)| location.account());
    let accounts: BTreeSet<_> = changed.chain(before).chain(REQUESTS).collect();
    let accesses = list.accesses.iter().filter(|location| match location {
        Location::Account(address) => accounts.contains(address),
        // A transaction that called them read other slots, or these as well.
        Location::Slot(address, _) => REQUESTS.contains(address) || untouched(location, before),
        _ => false,
    });
    let withdrawn = withdrawn.iter().map(|address| Location::Account(*address));
    AccessList {
        accesses: accesses.copied().chain(withdrawn).collect(),
        changes,
        ..AccessList::default()
    }
}

/// What sealing a block earned under proof of work (EIP-649, EIP-1234).
fn reward(spec: SpecId) -> U256 {
    let ethers: u64 = match spec {
        _ if spec.is_enabled_in(SpecId::PETERSBURG) => 2,
        _ if spec.is_enabled_in(SpecId::BYZANTIUM) => 3,
        _ => 5,
    };
    U256::from(ethers) * ETHER
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(spec: SpecId, contracts: &[Address]) -> State {
        let mut state = State::default();
        for contract in contracts {
            state.account_mut(*contract);
        }
        let env = BlockEnv {
            number: U256::from(8192),
            timestamp: U256::from(8191 + 5),
            ..BlockEnv::default()
        };
        let parent = Parent {
            hash: B256::repeat_byte(1),
            beacon_root: Some(B256::repeat_byte(2)),
        };
        before_block(spec, &env, parent, Shown::BeforeSteps, &mut state);
        state
    }

    #[test]
    fn roots_and_hashes_go_where_their_contracts_look_for_them() {
        let state = after(SpecId::PRAGUE, &[BEACON_ROOTS, BLOCK_HASHES]);
        let slots = |address, slot: u64| state.slot(address, U256::from(slot));
        assert_eq!(slots(BEACON_ROOTS, 5), U256::from(8196));
        assert_eq!(slots(BEACON_ROOTS, 8196), U256::from_be_bytes([2; 32]));
        assert_eq!(slots(BLOCK_HASHES, 0), U256::from_be_bytes([1; 32]));
    }

    #[test]
    fn nothing_is_written_before_the_fork_or_without_the_contract() {
        let state = after(SpecId::CANCUN, &[BLOCK_HASHES]);
        assert_eq!(state.accounts.len(), 1);
        assert!(state.accounts[&BLOCK_HASHES].storage.is_empty());
    }

    #[test]
    fn who_sealed_a_block_and_its_uncles_are_rewarded_until_the_merge() {
        let (miner, uncle, idle) = (
            Address::with_last_byte(1),
            Address::with_last_byte(2),
            Address::with_last_byte(3),
        );
        let closing = Closing {
            withdrawals: vec![(idle, 0)],
            uncles: vec![(99, uncle)],
        };
        let left = |spec| {
            let block = Block {
                spec,
                env: BlockEnv {
                    number: U256::from(100),
                    beneficiary: miner,
                    ..BlockEnv::default()
                },
                ..Block::default()
            };
            let mut state = State::default();
            after_block(&block, &closing, &mut state);
            state
        };
        let state = left(SpecId::BYZANTIUM);
        assert_eq!(
            state.accounts[&miner].balance,
            U256::from(3) * ETHER * U256::from(33) / U256::from(32)
        );
        assert_eq!(
            state.accounts[&uncle].balance,
            U256::from(3) * ETHER * U256::from(7) / U256::from(8)
        );
        assert_eq!(state.accounts.len(), 2);
        assert!(left(SpecId::CANCUN).accounts.is_empty());
    }

    #[test]
    fn a_withdrawal_is_in_gwei() {
        let closing = Closing {
            withdrawals: vec![(BEACON_ROOTS, 7)],
            ..Closing::default()
        };
        let mut state = State::default();
        let block = Block {
            spec: SpecId::SHANGHAI,
            ..Block::default()
        };
        after_block(&block, &closing, &mut state);
        assert_eq!(
            state.accounts[&BEACON_ROOTS].balance,
            U256::from(7_000_000_000_u64)
        );
    }
}
