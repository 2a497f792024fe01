//! The end of a script: what the recorder holds becomes a batch.
//!
//! Nonces and fees are filled in here, when the block's options and all transactions are known.
//! A transaction that the rules of the block refuse stays in the batch, with a warning.

use std::collections::HashMap;

use alloy_primitives::Address;
use revm::{
    context::{
        TxEnv,
        either::Either,
        transaction::{
            Authorization, RecoveredAuthority, RecoveredAuthorization, SignedAuthorization,
        },
    },
    primitives::{eip7825, hardfork::SpecId},
};

use super::{
    block::{BlockOptions, GWEI},
    options::Delegation,
    recorder::{Draft, Recorder},
};
use crate::batch::{Batch, Problem, Severity, Transaction};

/// Chain id of mainnet.
pub(super) const CHAIN_ID: u64 = 1;

/// Gas that every transaction costs.
const LEAST_GAS: u64 = 21_000;

/// The batch and its problems, in the order of the text.
pub(super) fn finish(
    mut recorder: Recorder,
    title: String,
    description: String,
) -> (Batch, Vec<Problem>) {
    let options = recorder.block.unwrap_or_default();
    let env = options.env(&mut recorder);
    let prepared = std::mem::take(&mut recorder.prepared);
    let preparation = prepared
        .into_iter()
        .map(|draft| transaction(draft, Price::default(), 0))
        .collect();

    let mut nonces = HashMap::new();
    let mut transactions = Vec::with_capacity(recorder.sent.len());
    for draft in std::mem::take(&mut recorder.sent) {
        let price = Price::of(&draft, &options);
        let nonce = next_nonce(&mut recorder, &mut nonces, &draft);
        for message in refusals(&draft, price, &options) {
            warn(&mut recorder, message, &draft);
        }
        let authorizations = authorizations(&recorder, &mut nonces, &draft);
        let mut transaction = transaction(draft, price, nonce);
        transaction.env.authorization_list = authorizations;
        transactions.push(transaction);
    }

    beyond_the_block(&mut recorder, transactions.len());
    let mut problems = recorder.problems;
    problems.sort_by_key(|problem| problem.place);
    let batch = Batch {
        title,
        description,
        spec: options.spec,
        chain_id: CHAIN_ID,
        env,
        block_hashes: options.hashes(),
        names: recorder.names,
        contracts: recorder.contract_at,
        prestate: recorder.prestate,
        preparation,
        transactions,
        watches: recorder.watches,
        expectations: recorder.expectations,
        shards: recorder.shards,
        list_changes: recorder.list_changes,
        ..Batch::default()
    };
    (batch, problems)
}

/// Changes of the block access list need a transaction to be of.
fn beyond_the_block(recorder: &mut Recorder, transactions: usize) {
    let changes = recorder.list_changes.iter();
    let beyond: Vec<_> = changes
        .filter(|change| change.tx.index() >= transactions)
        .map(|change| (change.tx.0, change.place))
        .collect();
    for (tx, place) in beyond {
        let message = match transactions {
            0 => format!("there is no transaction {tx}: the block has none"),
            _ => format!(
                "there is no transaction {tx}: the block has {transactions}, from 0 to {}",
                transactions - 1
            ),
        };
        recorder.problem(Severity::Error, message, place);
    }
}

/// What a transaction pays for gas.
#[derive(Clone, Copy, Default)]
struct Price {
    tx_type: u8,
    /// Price, or the most that price and base fee may come to.
    gas_price: u128,
    priority_fee: Option<u128>,
}

impl Price {
    /// What the script says; else a base fee that may double, and one gwei for the beneficiary.
    fn of(draft: &Draft, options: &BlockOptions) -> Self {
        let fees = draft.fees;
        let gwei = u128::from(GWEI);
        let base = u128::from(options.base_fee);
        let dynamic = fees.max_fee.is_some() || fees.priority_fee.is_some();
        if !draft.delegations.is_empty()
            || fees.gas_price.is_none() && (dynamic || options.spec >= SpecId::LONDON)
        {
            let priority_fee = fees
                .priority_fee
                .unwrap_or_else(|| fees.max_fee.map_or(gwei, |most| gwei.min(most)));
            let doubled = base.saturating_mul(2).saturating_add(priority_fee);
            return Self {
                tx_type: if draft.delegations.is_empty() { 2 } else { 4 },
                gas_price: fees.max_fee.unwrap_or(doubled),
                priority_fee: Some(priority_fee),
            };
        }
        Self {
            tx_type: u8::from(draft.access_list.is_some()),
            gas_price: fees.gas_price.unwrap_or(base.saturating_add(gwei)),
            priority_fee: None,
        }
    }
}

/// The nonce of a transaction of the block; one that is given is taken as it is.
fn next_nonce(recorder: &mut Recorder, nonces: &mut HashMap<Address, u64>, draft: &Draft) -> u64 {
    let next = nonces
        .entry(draft.caller)
        .or_insert_with(|| recorder.next_prepared_nonce(draft.caller));
    let expected = *next;
    let nonce = draft.nonce.unwrap_or(expected);
    if nonce == expected {
        *next = next.saturating_add(1);
    } else {
        let message = format!(
            "this transaction will be skipped: its nonce is {nonce}, and the next of {} is {expected}",
            recorder.shown(draft.caller)
        );
        warn(recorder, message, draft);
    }
    nonce
}

/// The authorizations of a transaction, each with the nonce its signer has then.
///
/// One that the rules ignore, such as with a nonce that is wrong, is counted as if it were applied.
fn authorizations(
    recorder: &Recorder,
    nonces: &mut HashMap<Address, u64>,
    draft: &Draft,
) -> Vec<Either<SignedAuthorization, RecoveredAuthorization>> {
    let authorization = |it: &Delegation| {
        let signer = it.signer;
        let next = nonces
            .entry(signer)
            .or_insert_with(|| recorder.next_prepared_nonce(signer));
        let nonce = it.nonce.unwrap_or(*next);
        if nonce == *next {
            *next = next.saturating_add(1);
        }
        Either::Right(RecoveredAuthorization::new_unchecked(
            Authorization {
                chain_id: it.chain_id,
                address: it.to,
                nonce,
            },
            RecoveredAuthority::Valid(signer),
        ))
    };
    draft.delegations.iter().map(authorization).collect()
}

/// Why the rules of the block refuse this transaction whatever the state is.
fn refusals(draft: &Draft, price: Price, options: &BlockOptions) -> Vec<String> {
    let skipped = "this transaction will be skipped:";
    let mut found = Vec::new();
    let gas = draft.gas_limit;
    if gas < LEAST_GAS {
        found.push(format!(
            "{skipped} its gas limit is {gas}, and every transaction costs at least {LEAST_GAS}"
        ));
    }
    let cap = eip7825::TX_GAS_LIMIT_CAP;
    if options.spec >= SpecId::OSAKA && gas > cap {
        found.push(format!(
            "{skipped} its gas limit is {gas}, and the hard fork allows at most {cap}"
        ));
    }
    if gas > options.gas_limit {
        found.push(format!(
            "{skipped} its gas limit is {gas}, and the block's is {}",
            options.gas_limit
        ));
    }
    if price.gas_price < u128::from(options.base_fee) {
        found.push(format!(
            "{skipped} it pays at most {} wei a gas, and the base fee is {}",
            price.gas_price, options.base_fee
        ));
    }
    if price.priority_fee.is_some_and(|fee| fee > price.gas_price) {
        found.push(format!(
            "{skipped} its `priority_fee` is more than its `max_fee`, {}",
            price.gas_price
        ));
    }
    let since = [
        (price.tx_type == 2, SpecId::LONDON, "`max_fee`", "london"),
        (
            draft.access_list.is_some(),
            SpecId::BERLIN,
            "`access_list`",
            "berlin",
        ),
        (
            price.tx_type == 4,
            SpecId::PRAGUE,
            "`authorization_list`",
            "prague",
        ),
    ];
    for (used, first, option, fork) in since {
        if used && options.spec < first {
            found.push(format!(
                "{skipped} {option} begins with the hard fork `{fork}`"
            ));
        }
    }
    found
}

fn warn(recorder: &mut Recorder, message: String, draft: &Draft) {
    recorder.problem(Severity::Warning, message, draft.place);
}

fn transaction(draft: Draft, price: Price, nonce: u64) -> Transaction {
    Transaction {
        env: TxEnv {
            tx_type: price.tx_type,
            caller: draft.caller,
            gas_limit: draft.gas_limit,
            gas_price: price.gas_price,
            kind: draft.to,
            value: draft.value,
            data: draft.data,
            nonce: draft.nonce.unwrap_or(nonce),
            chain_id: Some(CHAIN_ID),
            access_list: draft.access_list.unwrap_or_default(),
            gas_priority_fee: price.priority_fee,
            ..TxEnv::default()
        },
        label: draft.label,
        place: draft.place,
        hint: draft.hint,
    }
}
