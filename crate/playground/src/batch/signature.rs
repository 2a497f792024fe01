//! Who signed a transaction, told from its signature or from the key that would make one.
//!
//! It does not say whether the EVM would accept the signature.
//! The rule: what was signed is encoded anew from the members that are executed, so that a member
//! that was changed afterwards shows as another signer.

use alloy_primitives::{Address, B256, Signature, U256, keccak256};
use alloy_rlp::{Encodable, encode_list};
use k256::ecdsa::SigningKey;
use revm::context::{TxEnv, transaction::SignedAuthorization};

/// The members of a transaction that are its signature.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signed {
    /// The parity of a typed transaction; with a legacy one it also says for which chain it is.
    pub(super) v: u64,
    pub(super) r: U256,
    pub(super) s: U256,
}

/// Who signed `tx`; none where its type does not say how such a transaction is encoded.
///
/// A legacy transaction gets the chain its signature is for.
pub(super) fn signer(
    tx: &mut TxEnv,
    authorizations: &[SignedAuthorization],
    signed: Signed,
) -> Result<Option<Address>, String> {
    let Signed { v, r, s } = signed;
    // Blobs and delegations need a receiver.
    if tx.tx_type > 2 && tx.kind.is_create() {
        return Ok(None);
    }
    let (parity, chain_id) = match (tx.tx_type, v) {
        (0, 27 | 28) => (v == 28, None),
        (0, 35..) => ((v - 35) % 2 == 1, Some((v - 35) / 2)),
        (1.., 0 | 1) => (v == 1, tx.chain_id),
        (0, _) => {
            return Err(format!(
                "`v` of a legacy transaction is 27, 28, or 35 and more; found {v}"
            ));
        }
        _ => return Err(format!("`yParity` is 0 or 1; found {v}")),
    };
    if tx.tx_type == 0
        && let Some(id) = chain_id
    {
        let said = *tx.chain_id.get_or_insert(id);
        if said != id {
            return Err(format!(
                "its signature (`v` is {v}) is for chain {id}, but `chainId` is {said}"
            ));
        }
    }
    let hash = keccak256(payload(tx, chain_id, authorizations));
    let signer = Signature::new(r, s, parity).recover_address_from_prehash(&hash);
    signer
        .map(Some)
        .map_err(|_| "its signature is nobody's: `r` or `s` is out of range".to_owned())
}

/// The address of a secret key.
pub(super) fn holder(key: B256) -> Result<Address, String> {
    SigningKey::from_slice(key.as_slice())
        .map(|key| Address::from_private_key(&key))
        .map_err(|_| "`secretKey` is no key of secp256k1".to_owned())
}

/// What is hashed and signed: EIP-155, EIP-2930, EIP-1559, EIP-4844 and EIP-7702.
fn payload(tx: &TxEnv, chain_id: Option<u64>, authorizations: &[SignedAuthorization]) -> Vec<u8> {
    let chain = chain_id.unwrap_or_default();
    let tip = tx.gas_priority_fee.unwrap_or_default();
    let authorizations = authorizations.to_vec();
    let call: [&dyn Encodable; 4] = [&tx.gas_limit, &tx.kind, &tx.value, &tx.data];
    let mut fields: Vec<&dyn Encodable> = Vec::new();
    if tx.tx_type > 0 {
        fields.push(&chain);
    }
    fields.push(&tx.nonce);
    if tx.tx_type > 1 {
        fields.push(&tip);
    }
    fields.push(&tx.gas_price);
    fields.extend(call);
    match tx.tx_type {
        0 if chain_id.is_some() => fields.extend([&chain as &dyn Encodable, &0_u8, &0_u8]),
        0 => {}
        _ => fields.push(&tx.access_list),
    }
    if tx.tx_type == 3 {
        fields.extend([&tx.max_fee_per_blob_gas as &dyn Encodable, &tx.blob_hashes]);
    }
    if tx.tx_type == 4 {
        fields.push(&authorizations);
    }
    let mut payload = Vec::new();
    if tx.tx_type > 0 {
        payload.push(tx.tx_type);
    }
    encode_list::<&dyn Encodable, dyn Encodable>(&fields, &mut payload);
    payload
}
