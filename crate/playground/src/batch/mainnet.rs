//! Which rules held on Ethereum mainnet, and when.
//!
//! A block from a node does not name its hard fork; it follows from number and time.
//! The rule: numbers up to the Merge, times after it, latest first.

use revm::primitives::{
    eip4844::{
        BLOB_BASE_FEE_UPDATE_FRACTION_CANCUN, BLOB_BASE_FEE_UPDATE_FRACTION_PRAGUE,
        MAX_BLOB_NUMBER_PER_BLOCK_CANCUN, MAX_BLOB_NUMBER_PER_BLOCK_PRAGUE,
    },
    hardfork::SpecId,
};

/// EIP-155 chain id of Ethereum mainnet.
pub(super) const CHAIN_ID: u64 = 1;

/// First block time of a hard fork, from the meta EIPs of the upgrades:
/// EIP-7607 (Osaka), EIP-7600 (Prague), EIP-7569 (Cancun), and the Shanghai specification.
const BY_TIME: [(u64, SpecId); 4] = [
    (1_764_798_551, SpecId::OSAKA),
    (1_746_612_311, SpecId::PRAGUE),
    (1_710_338_135, SpecId::CANCUN),
    (1_681_338_455, SpecId::SHANGHAI),
];

/// First block of a hard fork, from EIP-3675 (the Merge), the London and Berlin specifications,
/// EIP-1679 (Istanbul), EIP-1716 (Petersburg), EIP-609, EIP-607, EIP-608 and EIP-606 (Homestead).
const BY_NUMBER: [(u64, SpecId); 9] = [
    (15_537_394, SpecId::MERGE),
    (12_965_000, SpecId::LONDON),
    (12_244_000, SpecId::BERLIN),
    (9_069_000, SpecId::ISTANBUL),
    (7_280_000, SpecId::PETERSBURG),
    (4_370_000, SpecId::BYZANTIUM),
    (2_675_000, SpecId::SPURIOUS_DRAGON),
    (2_463_000, SpecId::TANGERINE),
    (1_150_000, SpecId::HOMESTEAD),
];

/// How fast the blob base fee moves, and how many blobs a block has at the most, where the fork alone
/// does not say: the first block times of EIP-7892's parameter changes, from EIP-7607.
const BLOBS: [(u64, u64, u64); 2] = [
    (1_767_747_671, 11_684_671, 21),
    (1_765_290_071, 8_346_193, 15),
];

/// The hard fork whose rules block `number` of `timestamp` follows, unless there is no such block.
pub(super) fn spec(number: u64, timestamp: u64) -> Result<SpecId, String> {
    let at = |place: u64, table: &[(u64, SpecId)]| {
        let row = table.iter().find(|(first, _)| place >= *first);
        row.map(|(_, spec)| *spec)
    };
    let by_number = at(number, &BY_NUMBER).unwrap_or(SpecId::FRONTIER);
    match at(timestamp, &BY_TIME) {
        Some(by_time) if by_number < SpecId::MERGE => Err(format!(
            "block {number} came before the Merge, but its timestamp, {timestamp}, is of {}",
            <&str>::from(by_time)
        )),
        Some(by_time) => Ok(by_time),
        None => Ok(by_number),
    }
}

/// The update fraction of the blob base fee at `timestamp`.
pub(super) fn blob_fraction(spec: SpecId, timestamp: u64) -> u64 {
    let row = BLOBS.iter().find(|(first, ..)| timestamp >= *first);
    match row {
        Some((_, fraction, _)) => *fraction,
        None if spec.is_enabled_in(SpecId::PRAGUE) => BLOB_BASE_FEE_UPDATE_FRACTION_PRAGUE,
        None => BLOB_BASE_FEE_UPDATE_FRACTION_CANCUN,
    }
}

/// How many blobs a block of `timestamp` has at the most.
pub(super) fn most_blobs(spec: SpecId, timestamp: u64) -> u64 {
    let row = BLOBS.iter().find(|(first, ..)| timestamp >= *first);
    match row.filter(|_| spec.is_enabled_in(SpecId::OSAKA)) {
        Some((.., most)) => *most,
        None if spec.is_enabled_in(SpecId::PRAGUE) => MAX_BLOB_NUMBER_PER_BLOCK_PRAGUE,
        None => MAX_BLOB_NUMBER_PER_BLOCK_CANCUN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fork_begins_with_its_first_block() {
        for (number, timestamp, expected) in [
            (1, 1_438_269_988, SpecId::FRONTIER),
            (2_462_999, 1_476_796_700, SpecId::HOMESTEAD),
            (2_463_000, 1_476_796_771, SpecId::TANGERINE),
            (9_068_999, 1_575_764_700, SpecId::PETERSBURG),
            (9_069_000, 1_575_764_709, SpecId::ISTANBUL),
            (15_537_393, 1_663_224_162, SpecId::LONDON),
            (15_537_394, 1_663_224_179, SpecId::MERGE),
            (19_426_586, 1_710_338_123, SpecId::SHANGHAI),
            (19_426_587, 1_710_338_135, SpecId::CANCUN),
            (22_431_084, 1_746_612_311, SpecId::PRAGUE),
        ] {
            assert_eq!(spec(number, timestamp), Ok(expected), "block {number}");
        }
        let refused = spec(15_000_000, 1_700_000_000).unwrap_err();
        assert!(refused.ends_with("is of Shanghai"), "{refused}");
    }

    #[test]
    fn the_most_blobs_follow_the_parameter_changes() {
        assert_eq!(most_blobs(SpecId::CANCUN, 1_710_338_135), 6);
        assert_eq!(most_blobs(SpecId::PRAGUE, 1_900_000_000), 9);
        assert_eq!(most_blobs(SpecId::OSAKA, 1_764_798_551), 9);
        assert_eq!(most_blobs(SpecId::OSAKA, 1_765_290_071), 15);
        assert_eq!(most_blobs(SpecId::OSAKA, 1_900_000_000), 21);
    }

    #[test]
    fn the_blob_fee_follows_the_parameter_changes() {
        assert_eq!(blob_fraction(SpecId::CANCUN, 1_710_338_135), 3_338_477);
        assert_eq!(blob_fraction(SpecId::OSAKA, 1_764_798_551), 5_007_716);
        assert_eq!(blob_fraction(SpecId::OSAKA, 1_765_290_071), 8_346_193);
        assert_eq!(blob_fraction(SpecId::OSAKA, 1_900_000_000), 11_684_671);
    }
}
