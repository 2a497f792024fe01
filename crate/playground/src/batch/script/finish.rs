//! The end of a script: what the recorder holds becomes a batch.
//!
//! Nonces and fees are filled in here, when the block's options and all transactions are known.
//! A transaction that the rules of the block refuse stays in the batch, with a warning.

use alloy_primitives::U256;
use revm::{
    context::{
        TxEnv,
        either::Either,
        transaction::{
            Authorization, RecoveredAuthority, RecoveredAuthorization, SignedAuthorization,
        },
    },
    context_interface::cfg::gas::calculate_initial_tx_gas,
    primitives::{eip7825, hardfork::SpecId},
};

use super::{
    block::{BlockOptions, GWEI},
    nonces::Nonces,
    options::Delegation,
    recorder::{Draft, Fault, Recorder},
};
use crate::batch::{Batch, Problem, Severity, Transaction, mainnet};

/// Chain id of mainnet.
pub(super) const CHAIN_ID: u64 = 1;

/// How a warning begins that says why.
const SKIPPED: &str = "this transaction will be skipped:";

/// The batch and its problems, in the order of the text.
pub(super) fn finish(
    mut recorder: Recorder,
    title: String,
    description: String,
) -> (Batch, Vec<Problem>) {
    let options = recorder.block.unwrap_or_default();
    let env = options.env(&mut recorder);
    let prepared = std::mem::take(&mut recorder.prepared);
    let mut nonces = Nonces::new(&prepared);
    let preparation = prepared
        .into_iter()
        .map(|draft| transaction(draft, Price::default(), 0))
        .collect();

    let mut transactions = Vec::with_capacity(recorder.sent.len());
    for draft in std::mem::take(&mut recorder.sent) {
        if let Err(Fault::Stop(stopped)) = recorder.look() {
            recorder.problem(Severity::Error, stopped, None);
            break;
        }
        let price = Price::of(&draft, &options);
        let mut refusals = refusals(&draft, price, &options);
        let next = nonces.of(draft.caller, &recorder);
        let nonce = draft.nonce.unwrap_or(next.nonce());
        if !next.may_be(nonce) {
            let (whose, next) = (recorder.shown(draft.caller), next.shown());
            refusals.push(format!(
                "{SKIPPED} its nonce is {nonce}, and the next of {whose} is {next}"
            ));
        }
        if refusals.is_empty() {
            next.sent(nonce, price.most(&draft));
        }
        let authorizations = authorizations(&recorder, &mut nonces, &draft, &refusals);
        for message in refusals {
            warn(&mut recorder, message, &draft);
        }
        let mut transaction = transaction(draft, price, nonce);
        transaction.env.authorization_list = authorizations;
        transactions.push(transaction);
    }

    beyond_the_block(&mut recorder, transactions.len());
    let mut problems = recorder.problems;
    problems.sort_by_key(|problem| problem.place);
    // It has no excess blob gas, so that their price is the least by any schedule.
    let blobs = mainnet::blobs(options.spec, env.timestamp.saturating_to());
    let batch = Batch {
        title,
        description,
        spec: options.spec,
        chain_id: CHAIN_ID,
        env,
        most_blobs: Some(blobs.most),
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
    /// What the sender of `draft` must have for it.
    fn most(self, draft: &Draft) -> U256 {
        let gas = U256::from(draft.gas_limit);
        gas.saturating_mul(U256::from(self.gas_price))
            .saturating_add(draft.value)
    }

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

/// The authorizations of a transaction, each with the nonce its signer has then.
///
/// One that the rules ignore, such as of another chain, is counted as if it were applied; those of a
/// transaction that is skipped are not.
fn authorizations(
    recorder: &Recorder,
    nonces: &mut Nonces,
    draft: &Draft,
    refusals: &[String],
) -> Vec<Either<SignedAuthorization, RecoveredAuthorization>> {
    let authorization = |it: &Delegation| {
        let signer = it.signer;
        let next = nonces.of(signer, recorder);
        let nonce = it.nonce.unwrap_or(next.nonce());
        if refusals.is_empty() {
            next.authorized(nonce);
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
    let mut found = Vec::new();
    let gas = draft.gas_limit;
    let least = least_gas(draft, options.spec);
    if gas < least {
        found.push(format!(
            "{SKIPPED} its gas limit is {gas}, and it costs at least {least}"
        ));
    }
    let cap = eip7825::TX_GAS_LIMIT_CAP;
    if options.spec >= SpecId::OSAKA && gas > cap {
        found.push(format!(
            "{SKIPPED} its gas limit is {gas}, and the hard fork allows at most {cap}"
        ));
    }
    if gas > options.gas_limit {
        found.push(format!(
            "{SKIPPED} its gas limit is {gas}, and the block's is {}",
            options.gas_limit
        ));
    }
    if price.gas_price < u128::from(options.base_fee) {
        found.push(format!(
            "{SKIPPED} it pays at most {} wei a gas, and the base fee is {}",
            price.gas_price, options.base_fee
        ));
    }
    if price.priority_fee.is_some_and(|fee| fee > price.gas_price) {
        found.push(format!(
            "{SKIPPED} its `priority_fee` is more than its `max_fee`, {}",
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
                "{SKIPPED} {option} begins with the hard fork `{fork}`"
            ));
        }
    }
    found
}

/// Gas without which a transaction does not begin: for itself and for what it carries.
fn least_gas(draft: &Draft, spec: SpecId) -> u64 {
    let list = draft.access_list.iter().flat_map(|list| list.iter());
    let (accounts, slots) = list.fold((0, 0), |(accounts, slots), item| {
        (accounts + 1, slots + item.storage_keys.len() as u64)
    });
    let authorizations = draft.delegations.len() as u64;
    let is_creation = draft.to.is_create();
    let data = &draft.data;
    let gas = calculate_initial_tx_gas(
        spec,
        data,
        is_creation,
        accounts,
        slots,
        authorizations,
        None,
    );
    gas.initial_total_gas().max(gas.floor_gas)
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
