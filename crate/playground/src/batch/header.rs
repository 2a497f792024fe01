//! What a source says of a block's header, and the environment that follows from it.
//!
//! Nodes, t8n and blockchain tests name the members differently and mean the same.
//! The rule: what the hard fork defines must be there, and what it does not know must not.

use alloy_primitives::{Address, B256, U64, U256};
use revm::{context::BlockEnv, primitives::hardfork::SpecId};

use super::blobs::Blobs;

/// The members of a header that execution has a use for.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) number: U64,
    pub(super) timestamp: U64,
    pub(super) beneficiary: Address,
    pub(super) gas_limit: U64,
    /// Absent where the source does not say what the transactions used.
    pub(super) gas_used: Option<U64>,
    pub(super) difficulty: Option<U256>,
    /// Since the Merge, what `PREVRANDAO` gives.
    pub(super) mix_hash: Option<B256>,
    pub(super) base_fee: Option<U64>,
    pub(super) excess_blob_gas: Option<U64>,
    pub(super) beacon_root: Option<B256>,
    /// Of the beacon chain (EIP-7843).
    pub(super) slot_number: Option<U64>,
}

/// What a source calls those members.
#[derive(Clone, Copy, Debug)]
pub(super) struct Names {
    pub(super) difficulty: &'static str,
    pub(super) mix_hash: &'static str,
    pub(super) base_fee: &'static str,
    pub(super) excess_blob_gas: &'static str,
}

/// How nodes and blockchain tests call them.
pub(super) const CHAIN: Names = Names {
    difficulty: "difficulty",
    mix_hash: "mixHash",
    base_fee: "baseFeePerGas",
    excess_blob_gas: "excessBlobGas",
};

impl Header {
    /// The environment under the rules of `spec` and these parameters, or what of the header
    /// contradicts them.
    pub(super) fn env(
        &self,
        spec: SpecId,
        of_blobs: Blobs,
        names: &Names,
    ) -> Result<BlockEnv, String> {
        let rules: &str = spec.into();
        let missing = |name| format!("missing field `{name}`, which blocks of {rules} have");
        let member = |name, since: SpecId, is_zero| match (spec.is_enabled_in(since), is_zero) {
            (true, None) => Err(missing(name)),
            (false, Some(false)) => Err(format!(
                "`{name}` is not zero, but it begins with {}, and this is a block of {rules}",
                <&str>::from(since)
            )),
            _ => Ok(()),
        };
        let fee = self.base_fee.map(|it| it.is_zero());
        member(names.base_fee, SpecId::LONDON, fee)?;
        let excess = self.excess_blob_gas.map(|it| it.is_zero());
        member(names.excess_blob_gas, SpecId::CANCUN, excess)?;
        // Not every source has the root: without it, its contract is not written.
        let root = self.beacon_root.is_none_or(|it| it.is_zero());
        member("parentBeaconBlockRoot", SpecId::CANCUN, Some(root))?;
        // Nor has every source the slot.
        let slot = self.slot_number.unwrap_or_default();
        member("slotNumber", SpecId::AMSTERDAM, Some(slot.is_zero()))?;
        let merged = spec.is_enabled_in(SpecId::MERGE);
        let difficulty = match self.difficulty {
            None if merged => U256::ZERO,
            None => return Err(missing(names.difficulty)),
            Some(it) if merged && !it.is_zero() => {
                let name = names.difficulty;
                return Err(format!(
                    "`{name}` is {it}, but since the Merge it is zero, and this is a block of {rules}"
                ));
            }
            Some(it) => it,
        };
        if merged && self.mix_hash.is_none() {
            return Err(missing(names.mix_hash));
        }
        if let Some(used) = self.gas_used
            && used > self.gas_limit
        {
            return Err(format!(
                "`gasUsed` is {used}, more than the `gasLimit` of {}",
                self.gas_limit
            ));
        }
        let blobs = self.excess_blob_gas;
        let blobs = blobs.filter(|_| spec.is_enabled_in(SpecId::CANCUN));
        let most = of_blobs.most_excess();
        if let Some(excess) = blobs.filter(|excess| excess.to::<u64>() > most) {
            return Err(format!(
                "`{}` is {excess}, but above {most} a blob base fee cannot be computed",
                names.excess_blob_gas
            ));
        }
        Ok(BlockEnv {
            number: U256::from(self.number),
            beneficiary: self.beneficiary,
            timestamp: U256::from(self.timestamp),
            gas_limit: self.gas_limit.to(),
            basefee: self.base_fee.unwrap_or_default().to(),
            difficulty,
            prevrandao: self.mix_hash.filter(|_| merged),
            blob_excess_gas_and_price: blobs.map(|excess| of_blobs.price(excess.to())),
            slot_num: slot.to(),
        })
    }
}
