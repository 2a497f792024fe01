//! Does a header give the hash it is said to have?
//!
//! A member that was changed shows here, and so does a header of a hard fork that is not known.
//! The rule: a header that lacks its hash, or one of the members all headers have, is not judged.

use alloy_primitives::{Address, B64, B256, Bytes, U64, U256, keccak256};
use alloy_rlp::{Encodable, encode_list};
use serde::Deserialize;

use crate::batch::{Problem, json::Part};

#[derive(Deserialize)]
struct File {
    block: Header,
}

/// All members of a header.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Header {
    hash: B256,
    parent_hash: B256,
    sha3_uncles: B256,
    miner: Address,
    state_root: B256,
    transactions_root: B256,
    receipts_root: B256,
    logs_bloom: Bytes,
    difficulty: U256,
    number: U64,
    gas_limit: U64,
    gas_used: U64,
    timestamp: U64,
    extra_data: Bytes,
    mix_hash: B256,
    nonce: B64,
    base_fee_per_gas: Option<U64>,
    withdrawals_root: Option<B256>,
    blob_gas_used: Option<U64>,
    excess_blob_gas: Option<U64>,
    parent_beacon_block_root: Option<B256>,
    requests_hash: Option<B256>,
    block_access_list_hash: Option<B256>,
    slot_number: Option<U64>,
}

/// Refuses a block whose header does not give its hash.
pub(super) fn check(part: Part<'_>) -> Result<(), Problem> {
    let Ok(File { block }) = part.read::<File>("a block with all of its header") else {
        return Ok(());
    };
    let found = block.hash();
    if found == block.hash {
        return Ok(());
    }
    Err(part.wrong(format!(
        "the header of this block gives the hash {found}, but `hash` is {}: a member was changed, \
         or there are some that are not known",
        block.hash
    )))
}

impl Header {
    fn hash(&self) -> B256 {
        let mut members: Vec<&dyn Encodable> = vec![
            &self.parent_hash,
            &self.sha3_uncles,
            &self.miner,
            &self.state_root,
            &self.transactions_root,
            &self.receipts_root,
            &self.logs_bloom,
            &self.difficulty,
            &self.number,
            &self.gas_limit,
            &self.gas_used,
            &self.timestamp,
            &self.extra_data,
            &self.mix_hash,
            &self.nonce,
        ];
        // In the order in which hard forks added them.
        members.extend(self.base_fee_per_gas.iter().map(member));
        members.extend(self.withdrawals_root.iter().map(member));
        members.extend(self.blob_gas_used.iter().map(member));
        members.extend(self.excess_blob_gas.iter().map(member));
        members.extend(self.parent_beacon_block_root.iter().map(member));
        members.extend(self.requests_hash.iter().map(member));
        members.extend(self.block_access_list_hash.iter().map(member));
        members.extend(self.slot_number.iter().map(member));
        let mut header = Vec::new();
        encode_list::<&dyn Encodable, dyn Encodable>(&members, &mut header);
        keccak256(header)
    }
}

fn member<T: Encodable>(member: &T) -> &dyn Encodable {
    member
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// The first block of Ethereum mainnet.
    fn genesis() -> Value {
        let zeros = |bytes| format!("0x{}", "00".repeat(bytes));
        let no_items = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";
        json!({"block": {
            "hash": "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3",
            "parentHash": zeros(32),
            "sha3Uncles": "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
            "miner": zeros(20),
            "stateRoot": "0xd7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544",
            "transactionsRoot": no_items,
            "receiptsRoot": no_items,
            "logsBloom": zeros(256),
            "difficulty": "0x400000000",
            "number": "0x0",
            "gasLimit": "0x1388",
            "gasUsed": "0x0",
            "timestamp": "0x0",
            "extraData": "0x11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa",
            "mixHash": zeros(32),
            "nonce": "0x0000000000000042",
        }})
    }

    fn checked(file: &Value) -> Result<(), Problem> {
        check(Part::whole(&file.to_string()))
    }

    #[test]
    fn a_header_gives_its_hash_unless_it_was_changed() {
        assert_eq!(checked(&genesis()), Ok(()));
        for (name, value) in [("gasLimit", "0x1389"), ("baseFeePerGas", "0x7")] {
            let mut changed = genesis();
            changed["block"][name] = json!(value);
            let problem = checked(&changed).unwrap_err();
            assert!(
                problem.message.contains("a member was changed"),
                "{problem:?}"
            );
        }
    }

    /// A header of Amsterdam, from a test of the execution specification.
    fn amsterdam() -> Value {
        let mut file = genesis();
        for (name, value) in [
            (
                "hash",
                "0xa059dda235b72eac0f65ebee19aa411df28c0379adeb78b40b1ec8dcb46a3d46",
            ),
            (
                "parentHash",
                "0xbee0a5ef4a5d9702f730b77871c3797c1bc32d15ab1bb8848ae437c544133565",
            ),
            ("miner", "0x2adc25665018aa1fe0e6bc666dac8fc2697ff9ba"),
            (
                "stateRoot",
                "0x23f047825caafcafb622c4739f027d4bef8aa9d215905b29d8cc8c29b5fc3aca",
            ),
            (
                "transactionsRoot",
                "0x62fa4e6412c18a1c11404955b23da4023106ef4e2185b48d569c232fd49afc60",
            ),
            (
                "receiptsRoot",
                "0xa04bd508e00f5744a9250e25577679e73028e9aeb9372fdd97bf04038a8fc257",
            ),
            ("difficulty", "0x0"),
            ("number", "0x1"),
            ("gasLimit", "0x7270e00"),
            ("gasUsed", "0x2fdda"),
            ("timestamp", "0xc"),
            ("extraData", "0x"),
            ("nonce", "0x0000000000000000"),
            ("baseFeePerGas", "0x7"),
            (
                "withdrawalsRoot",
                "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
            ),
            ("blobGasUsed", "0x0"),
            ("excessBlobGas", "0x0"),
            (
                "requestsHash",
                "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            ),
            (
                "blockAccessListHash",
                "0x55f10e1c948acf1870797e1dbda7a8ec8ac08d98816ff360de2f9973624663b3",
            ),
            ("slotNumber", "0x0"),
        ] {
            file["block"][name] = json!(value);
        }
        file["block"]["parentBeaconBlockRoot"] = json!(B256::ZERO);
        file
    }

    #[test]
    fn the_hash_of_the_access_list_is_part_of_it() {
        assert_eq!(checked(&amsterdam()), Ok(()));
        for name in ["blockAccessListHash", "slotNumber"] {
            let mut without = amsterdam();
            without["block"].as_object_mut().unwrap().remove(name);
            assert!(checked(&without).is_err(), "{name}");
        }
    }

    #[test]
    fn a_header_without_all_members_is_not_judged() {
        for name in ["hash", "nonce", "stateRoot"] {
            let mut part = genesis();
            part["block"].as_object_mut().unwrap().remove(name);
            part["block"]["gasLimit"] = json!("0x1389");
            assert_eq!(checked(&part), Ok(()), "{name}");
        }
    }
}
