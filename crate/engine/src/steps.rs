//! What a block does beside its transactions, as far as they can notice it.
//!
//! Withdrawals, rewards and the calls after the last transaction change no receipt and are left out.
//! The rule: a step writes only into contracts the prestate has, because a block's prestate holds
//! what its transactions touched and nothing else.

use alloy_primitives::{Address, B256, U256, address};
use revm::{context::BlockEnv, primitives::hardfork::SpecId};

use crate::state::State;

/// The contract of EIP-4788.
const BEACON_ROOTS: Address = address!("000F3df6D732807Ef1319fB7B8bB8522d0Beac02");
/// How many beacon roots it keeps.
const BEACON_ROOTS_LENGTH: u64 = 8191;
/// The contract of EIP-2935.
const BLOCK_HASHES: Address = address!("0000F90827F1C53a10cb7A02335B175320002935");
/// How many block hashes it keeps.
const BLOCK_HASHES_LENGTH: u64 = 8191;

/// What a block says of the one before it.
#[derive(Clone, Copy, Debug)]
pub struct Parent {
    /// Hash of the parent.
    pub hash: B256,
    /// Root of the parent beacon block, from Cancun on.
    pub beacon_root: Option<B256>,
}

/// The system calls before the first transaction, made in `state`.
///
/// A node shows the state after them, and making them again changes nothing.
pub fn before_block(spec: SpecId, env: &BlockEnv, parent: Parent, state: &mut State) {
    if let Some(root) = parent.beacon_root
        && spec.is_enabled_in(SpecId::CANCUN)
    {
        let row = env.timestamp % U256::from(BEACON_ROOTS_LENGTH);
        store(state, BEACON_ROOTS, row, env.timestamp);
        let row = row + U256::from(BEACON_ROOTS_LENGTH);
        store(state, BEACON_ROOTS, row, root.into());
    }
    if spec.is_enabled_in(SpecId::PRAGUE) && !env.number.is_zero() {
        let row = (env.number - U256::ONE) % U256::from(BLOCK_HASHES_LENGTH);
        store(state, BLOCK_HASHES, row, parent.hash.into());
    }
}

fn store(state: &mut State, contract: Address, slot: U256, value: U256) {
    let Some(account) = state.accounts.get_mut(&contract) else {
        return;
    };
    if value.is_zero() {
        account.storage.remove(&slot);
    } else {
        account.storage.insert(slot, value);
    }
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
        before_block(spec, &env, parent, &mut state);
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
}
