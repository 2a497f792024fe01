//! Which rules held on Ethereum mainnet, and when.
//!
//! A block from a node does not name its hard fork; it follows from number and time.
//! The rule: numbers up to the Merge, times after it, latest first.

use revm::primitives::hardfork::SpecId;

use super::blobs::Blobs;

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

/// The parameters of blobs where the fork alone does not say them: the first block times of
/// EIP-7892's parameter changes, from EIP-7607.
const BLOBS: [(u64, Blobs); 2] = [
    (1_767_747_671, blobs_of(21, 11_684_671)),
    (1_765_290_071, blobs_of(15, 8_346_193)),
];

const fn blobs_of(most: u64, fraction: u64) -> Blobs {
    Blobs { most, fraction }
}

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

/// The parameters of blobs at `timestamp`, under the rules of `spec`.
pub(super) fn blobs(spec: SpecId, timestamp: u64) -> Blobs {
    let row = BLOBS.iter().find(|(first, _)| timestamp >= *first);
    match row.filter(|_| spec.is_enabled_in(SpecId::OSAKA)) {
        Some((_, blobs)) => *blobs,
        None => Blobs::of_fork(spec),
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
    fn blobs_follow_the_parameter_changes() {
        for (spec, timestamp, most, fraction) in [
            (SpecId::CANCUN, 1_710_338_135, 6, 3_338_477),
            (SpecId::PRAGUE, 1_900_000_000, 9, 5_007_716),
            (SpecId::OSAKA, 1_764_798_551, 9, 5_007_716),
            (SpecId::OSAKA, 1_765_290_071, 15, 8_346_193),
            (SpecId::OSAKA, 1_900_000_000, 21, 11_684_671),
        ] {
            assert_eq!(blobs(spec, timestamp), Blobs { most, fraction });
        }
    }
}
