//! How many blobs a block has at the most, and how fast the price of blob gas moves.
//!
//! Both change without a hard fork (EIP-7892), and each chain has its own.
//! The rule: limit and price are of one schedule, or there is no limit.

use std::collections::BTreeMap;

use alloy_primitives::U64;
use revm::{
    context_interface::block::BlobExcessGasAndPrice,
    primitives::{
        eip4844::{
            BLOB_BASE_FEE_UPDATE_FRACTION_CANCUN, BLOB_BASE_FEE_UPDATE_FRACTION_PRAGUE,
            MAX_BLOB_NUMBER_PER_BLOCK_CANCUN, MAX_BLOB_NUMBER_PER_BLOCK_PRAGUE,
        },
        hardfork::SpecId,
    },
};
use serde::Deserialize;

use super::t8n;

/// The blob base fee grows by a factor of e with each update fraction of excess blob gas. With more
/// than so many of them it does not fit in the 128 bits that revm computes it in.
const MOST_FRACTIONS: u64 = 50;

/// With a larger fraction that many of it do not fit either.
const MOST_FRACTION: u64 = 100_000_000;

/// The parameters of blobs, in the JSON of EIP-7840 and EIP-7910.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Members")]
pub(super) struct Blobs {
    /// In a block.
    pub(super) most: u64,
    /// The update fraction of the blob base fee, from 1 to [`MOST_FRACTION`].
    pub(super) fraction: u64,
}

#[derive(Deserialize)]
#[serde(
    rename_all = "camelCase",
    expecting = "blob parameters, with \"max\" and \"baseFeeUpdateFraction\""
)]
struct Members {
    max: U64,
    base_fee_update_fraction: U64,
}

impl TryFrom<Members> for Blobs {
    type Error = String;

    fn try_from(members: Members) -> Result<Self, String> {
        let fraction = members.base_fee_update_fraction.to();
        match (1..=MOST_FRACTION).contains(&fraction) {
            true => Ok(Self {
                most: members.max.to(),
                fraction,
            }),
            false => Err(format!(
                "`baseFeeUpdateFraction` is {fraction}, but it is from 1 to {MOST_FRACTION}"
            )),
        }
    }
}

/// By the names of networks.
pub(super) type Schedule = BTreeMap<String, Blobs>;

impl Blobs {
    /// Those that a hard fork began with.
    pub(super) fn of_fork(spec: SpecId) -> Self {
        match spec.is_enabled_in(SpecId::PRAGUE) {
            true => Self {
                most: MAX_BLOB_NUMBER_PER_BLOCK_PRAGUE,
                fraction: BLOB_BASE_FEE_UPDATE_FRACTION_PRAGUE,
            },
            false => Self {
                most: MAX_BLOB_NUMBER_PER_BLOCK_CANCUN,
                fraction: BLOB_BASE_FEE_UPDATE_FRACTION_CANCUN,
            },
        }
    }

    /// More excess blob gas has no price that can be computed.
    pub(super) fn most_excess(self) -> u64 {
        MOST_FRACTIONS * self.fraction
    }

    /// What blob gas costs, up to the most excess.
    pub(super) fn price(self, excess: u64) -> BlobExcessGasAndPrice {
        BlobExcessGasAndPrice::new(excess, self.fraction)
    }
}

/// The rules and blob parameters of a network, as test fixtures call it: a hard fork, or a change of
/// these parameters alone.
pub(super) fn network(name: &str, schedule: &Schedule) -> Result<(SpecId, Blobs), String> {
    let given = schedule.get(name).copied();
    let number = name.strip_prefix("BPO").unwrap_or_default();
    match given {
        Some(blobs) if number.parse::<u8>().is_ok() => Ok((SpecId::OSAKA, blobs)),
        None if number.parse::<u8>().is_ok() => Err(format!(
            "`{name}` changes the parameters of blobs alone: say them as `{name}` in \
             `config.blobSchedule`"
        )),
        _ => {
            let spec = t8n::spec(name)?;
            Ok((spec, given.unwrap_or_else(|| Blobs::of_fork(spec))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_excess_blob_gas_has_a_price() {
        for fraction in [1, 3_338_477, 11_684_671, MOST_FRACTION] {
            let blobs = Blobs { most: 6, fraction };
            // About e to the power of 50.
            let price = blobs.price(blobs.most_excess()).blob_gasprice;
            assert_eq!(price.ilog10(), 21, "{fraction}");
        }
    }

    #[test]
    fn a_network_has_a_schedule_of_its_own() {
        let written = r#"{
            "Prague": {"max": 9, "target": 6, "baseFeeUpdateFraction": 5007716},
            "BPO1": {"max": "0x0f", "target": "0x0a", "baseFeeUpdateFraction": "0x7f5a51"}
        }"#;
        let schedule: Schedule = serde_json::from_str(written).unwrap();
        let of = |name: &str| {
            let found = network(name, &schedule);
            found.map(|(spec, blobs)| (spec, blobs.most, blobs.fraction))
        };
        assert_eq!(of("Cancun"), Ok((SpecId::CANCUN, 6, 3_338_477)));
        assert_eq!(of("Prague"), Ok((SpecId::PRAGUE, 9, 5_007_716)));
        assert_eq!(of("BPO1"), Ok((SpecId::OSAKA, 15, 8_346_193)));
        assert!(of("BPO2").unwrap_err().contains("say them as `BPO2` in"));
        assert!(of("BPO").unwrap_err().contains("there is no hard fork"));
    }

    #[test]
    fn a_fraction_without_a_price_is_refused() {
        for fraction in ["0x0", "0xffffffffffffffff"] {
            let written = format!(r#"{{"max": 6, "baseFeeUpdateFraction": "{fraction}"}}"#);
            let refused = serde_json::from_str::<Blobs>(&written).unwrap_err();
            assert!(refused.to_string().contains("from 1 to"), "{refused}");
        }
    }
}
