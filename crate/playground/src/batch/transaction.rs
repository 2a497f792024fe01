//! A transaction in JSON, as nodes, t8n and test fixtures have it.
//!
//! They differ in the names of members, in how a creation says that it has no receiver, and in
//! whether the type is written or follows from the members.
//! The rule: each type has exactly the fields its EIP defines; what a node adds, such as the gas
//! price a dynamic fee came to, is not used. Where there is a signature, the sender is who signed.

use alloy_primitives::{Address, B256, Bytes, TxKind, U64, U128, U256, hex};
use revm::context::{
    TxEnv,
    either::Either,
    transaction::{
        AccessList, Authorization, RecoveredAuthority, RecoveredAuthorization, SignedAuthorization,
    },
};
use serde::{Deserialize, Deserializer, de::Error};

use super::{
    Transaction,
    signature::{self, Signed},
};

/// A transaction that revm can execute.
#[derive(Deserialize)]
#[serde(try_from = "Fields")]
pub(super) struct JsonTransaction {
    pub(super) transaction: Transaction,
    /// Its place in the block, where the source says it.
    pub(super) place: Option<u64>,
}

/// The members of the JSON object that execution has a use for.
#[derive(Deserialize)]
#[serde(
    rename_all = "camelCase",
    expecting = "a transaction object (ask the node for full transactions, not their hashes)"
)]
struct Fields {
    #[serde(rename = "type")]
    tx_type: Option<U64>,
    #[serde(alias = "sender")]
    from: Option<Address>,
    #[serde(default, deserialize_with = "receiver")]
    to: Option<Address>,
    transaction_index: Option<U64>,
    nonce: U64,
    #[serde(alias = "gasLimit")]
    gas: U64,
    value: U256,
    #[serde(alias = "data")]
    input: Bytes,
    gas_price: Option<U128>,
    max_fee_per_gas: Option<U128>,
    max_priority_fee_per_gas: Option<U128>,
    max_fee_per_blob_gas: Option<U128>,
    chain_id: Option<U64>,
    access_list: Option<AccessList>,
    blob_versioned_hashes: Option<Vec<B256>>,
    authorization_list: Option<Vec<JsonAuthorization>>,
    v: Option<U64>,
    y_parity: Option<U64>,
    r: Option<U256>,
    s: Option<U256>,
    secret_key: Option<B256>,
}

/// An authorization of EIP-7702, its signer known.
#[derive(Deserialize)]
#[serde(try_from = "AuthorizationFields")]
struct JsonAuthorization {
    recovered: RecoveredAuthorization,
    signed: Option<SignedAuthorization>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an authorization of EIP-7702")]
struct AuthorizationFields {
    chain_id: U256,
    address: Address,
    nonce: U64,
    y_parity: Option<U64>,
    v: Option<U64>,
    r: Option<U256>,
    s: Option<U256>,
    signer: Option<Address>,
}

impl TryFrom<AuthorizationFields> for JsonAuthorization {
    type Error = String;

    /// Who signed is recovered; without a signature it is who is said to have.
    fn try_from(fields: AuthorizationFields) -> Result<Self, String> {
        let authorization = Authorization {
            chain_id: fields.chain_id,
            address: fields.address,
            nonce: fields.nonce.to(),
        };
        let AuthorizationFields { r, s, signer, .. } = fields;
        let (Some(r), Some(s)) = (r, s) else {
            let said = signer.map_or(RecoveredAuthority::Invalid, RecoveredAuthority::Valid);
            return Ok(Self {
                recovered: RecoveredAuthorization::new_unchecked(authorization, said),
                signed: None,
            });
        };
        let y_parity = fields.y_parity.or(fields.v);
        let y_parity = y_parity.map_or(0, |it| it.saturating_to());
        let signed = SignedAuthorization::new_unchecked(authorization, y_parity, r, s);
        let recovered = signed.clone().into_recovered();
        match (recovered.authority(), signer) {
            (Some(found), Some(said)) if found != said => Err(format!(
                "its signature is that of {found}, but `signer` is {said}"
            )),
            _ => Ok(Self {
                recovered,
                signed: Some(signed),
            }),
        }
    }
}

/// A creation has no receiver, or an empty one.
pub(super) fn receiver<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Address>, D::Error> {
    let written = Option::<Bytes>::deserialize(deserializer)?.unwrap_or_default();
    if written.is_empty() {
        return Ok(None);
    }
    Address::try_from(&written[..])
        .map(Some)
        .map_err(|_| D::Error::custom("a receiver is an address of 20 bytes"))
}

impl Fields {
    /// The type that is written, or the first that has these members.
    fn tx_type(&self) -> u64 {
        match self.tx_type {
            Some(written) => written.to(),
            None if self.authorization_list.is_some() => 4,
            None if self.blob_versioned_hashes.is_some() => 3,
            None if self.max_fee_per_gas.is_some() => 2,
            None if self.access_list.is_some() => 1,
            None => 0,
        }
    }
}

impl TryFrom<Fields> for JsonTransaction {
    type Error = String;

    fn try_from(tx: Fields) -> Result<Self, String> {
        let tx_type = tx.tx_type();
        let claims = tx.claims();
        let missing = |name: &str| {
            format!("missing field `{name}`, which transactions of type {tx_type} have")
        };
        // Zero stands for none in some fixtures.
        let chain_id = tx.chain_id.map(|id| id.to()).filter(|id| *id > 0);
        let mut env = TxEnv {
            gas_limit: tx.gas.to(),
            kind: tx.to.map_or(TxKind::Create, TxKind::Call),
            value: tx.value,
            data: tx.input,
            nonce: tx.nonce.to(),
            chain_id,
            access_list: tx.access_list.unwrap_or_default(),
            ..TxEnv::default()
        };
        env.tx_type = match tx_type {
            0..=4 => tx_type as u8,
            _ => return Err(format!("transaction type {tx_type} is not one of 0 to 4")),
        };
        if tx_type < 2 {
            env.gas_price = tx.gas_price.ok_or_else(|| missing("gasPrice"))?.to();
        } else {
            let fee = tx.max_fee_per_gas;
            env.gas_price = fee.ok_or_else(|| missing("maxFeePerGas"))?.to();
            let tip = tx.max_priority_fee_per_gas;
            let tip = tip.ok_or_else(|| missing("maxPriorityFeePerGas"))?;
            env.gas_priority_fee = Some(tip.to());
        }
        if tx_type == 3 {
            let fee = tx.max_fee_per_blob_gas;
            env.max_fee_per_blob_gas = fee.ok_or_else(|| missing("maxFeePerBlobGas"))?.to();
            let hashes = tx.blob_versioned_hashes;
            env.blob_hashes = hashes.ok_or_else(|| missing("blobVersionedHashes"))?;
        }
        let mut authorizations = Vec::new();
        if tx_type == 4 {
            let list = tx.authorization_list;
            authorizations = list.ok_or_else(|| missing("authorizationList"))?;
            env.authorization_list = (authorizations.iter())
                .map(|it| Either::Right(it.recovered.clone()))
                .collect();
        }
        env.caller = claims.sender(&mut env, &authorizations)?;
        Ok(Self {
            place: tx.transaction_index.map(|it| it.to()),
            transaction: Transaction {
                label: label(&env),
                env,
                place: None,
                hint: None,
            },
        })
    }
}

/// What a transaction says of its sender.
struct Claims {
    said: Option<Address>,
    signed: Option<Signed>,
    secret_key: Option<B256>,
}

impl Fields {
    /// A signature of zeros is none: tools write it where the key is given instead.
    fn claims(&self) -> Claims {
        Claims {
            said: self.from,
            signed: match (self.v.or(self.y_parity), self.r, self.s) {
                (Some(v), Some(r), Some(s)) if !r.is_zero() || !s.is_zero() => {
                    Some(Signed { v: v.to(), r, s })
                }
                _ => None,
            },
            secret_key: self.secret_key,
        }
    }
}

impl Claims {
    /// The sender, about whom all that is said agrees.
    fn sender(self, env: &mut TxEnv, list: &[JsonAuthorization]) -> Result<Address, String> {
        // What was signed is known only where the authorizations in it have their signatures.
        let list: Option<Vec<_>> = list.iter().map(|it| it.signed.clone()).collect();
        let signer = match (self.signed, list) {
            (Some(signed), Some(list)) => signature::signer(env, &list, signed)?,
            _ => None,
        };
        let holder = self.secret_key.map(signature::holder).transpose()?;
        let proofs = [("its signature", signer), ("its `secretKey`", holder)];
        let sender = self.said.or(signer).or(holder).ok_or(
            "missing field `sender`, and there is neither a signature nor a `secretKey` that tells it",
        )?;
        for (proof, of) in proofs {
            if let Some(of) = of
                && of != sender
            {
                return Err(format!(
                    "{proof} is that of {of}, but the sender is {sender}"
                ));
            }
        }
        Ok(sender)
    }
}

/// `create`, `transfer`, or the selector of the function that is called.
pub(super) fn label(env: &TxEnv) -> String {
    match (env.kind, &env.data[..]) {
        (TxKind::Create, _) => "create".into(),
        (TxKind::Call(_), []) => "transfer".into(),
        (TxKind::Call(_), data) => hex::encode_prefixed(&data[..data.len().min(4)]),
    }
}
