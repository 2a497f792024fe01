//! The verbs that make transactions: `deploy`, `prepare`, `send`, `transfer`.
//!
//! A call of a known contract is checked against its ABI; any other call needs a whole signature.

use alloy_json_abi::Function;
use alloy_primitives::{Address, Bytes, TxKind, U256, hex};
use interleave_engine::{hints::Hint, memory::Location};
use rhai::{Dynamic, Map};

use super::{
    accounts,
    options::{Opt, Options, access_list, authorization_list, locations},
    recorder::{Draft, Fault, Fees, Recorder},
    values,
};
use crate::contracts::{
    assembler,
    call::{Value, encode_call, encode_creation, find_function, parse_signature},
    near::check_name,
};
use crate::limits;

/// Options of `deploy`.
pub(super) const DEPLOY_OPTIONS: &[Opt] = &[
    Opt::new("value", "wei that the constructor is paid"),
    Opt::new(
        "from",
        "who deploys it; an account `deployer` if it is not given",
    ),
    Opt::new("name", "what the report calls it; else the contract's name"),
];

const VALUE: Opt = Opt::new("value", "wei that is paid with the call");
const DATA: Opt = Opt::new("data", "raw bytes, instead of a call and its arguments");
const GAS_LIMIT: Opt = Opt::new(
    "gas_limit",
    "most gas; 1,000,000 for a call, 21,000 for a transfer",
);
const GAS_PRICE: Opt = Opt::new(
    "gas_price",
    "wei a gas, for a transaction without dynamic fee",
);
const MAX_FEE: Opt = Opt::new("max_fee", "most wei a gas, base fee included");
const PRIORITY_FEE: Opt = Opt::new(
    "priority_fee",
    "wei a gas for the beneficiary; 1 gwei if it is not given",
);
const NONCE: Opt = Opt::new("nonce", "the sender's next one if it is not given");
const ACCESS_LIST: Opt = Opt::new(
    "access_list",
    "a list of addresses, `[address, slot]` or `[address, [slots]]` (EIP-2930)",
);

const AUTHORIZATION_LIST: Opt = Opt::new(
    "authorization_list",
    "a list of `#{ signer, address, nonce, chain_id }`: accounts that let a contract's code be theirs (EIP-7702)",
);

const READS: Opt = Opt::new(
    "reads",
    "for strategies that plan, where hints come from the script: what it is said to read, addresses or `[address, slot]`; an address stands for balance, nonce and code",
);
const WRITES: Opt = Opt::new(
    "writes",
    "the same for what it is said to write, and so to read",
);

/// Options of `prepare`.
pub(super) const PREPARE_OPTIONS: &[Opt] = &[VALUE, DATA];
/// Options of `send`.
pub(super) const SEND_OPTIONS: &[Opt] = &[
    VALUE,
    GAS_LIMIT,
    GAS_PRICE,
    MAX_FEE,
    PRIORITY_FEE,
    NONCE,
    ACCESS_LIST,
    AUTHORIZATION_LIST,
    READS,
    WRITES,
    DATA,
];
/// Options of `transfer`.
pub(super) const TRANSFER_OPTIONS: &[Opt] = &[
    GAS_LIMIT,
    GAS_PRICE,
    MAX_FEE,
    PRIORITY_FEE,
    NONCE,
    ACCESS_LIST,
    READS,
    WRITES,
];

/// What a contract is called that has code and no artifact; no artifact can have this name.
const CODE: &str = "bare code";

/// Gas limit of a call that does not say.
const CALL_GAS: u64 = 1_000_000;
/// Gas of a transfer to an account without code.
const TRANSFER_GAS: u64 = 21_000;
/// Gas limit of preparation: the most that EIP-7825 allows, as nobody pays for it.
const PREPARE_GAS: u64 = 1 << 24;

/// `deploy(contract, args, options)`
pub(super) fn deploy(recorder: &mut Recorder, args: &[Dynamic]) -> Result<Dynamic, Fault> {
    let values = args.get(1).map(values::arguments).transpose()?;
    let values = values.unwrap_or_default();
    let (contract, data) = match values::to_value(&args[0]) {
        Value::Bytes(_) if !values.is_empty() => {
            return Err(Fault::Problem(
                "code without a constructor takes no arguments: write `[]`".to_owned(),
            ));
        }
        Value::Bytes(code) => (CODE.to_owned(), assembler::creation(&code)?),
        _ => {
            let contract = values::text("contract", &args[0])?;
            let artifact = recorder.contracts.find(&contract)?.clone();
            (contract, encode_creation(&artifact, &values)?)
        }
    };
    let options = Options::read(args.get(2), DEPLOY_OPTIONS)?;
    let value = options.number("value")?.unwrap_or_default();
    let caller = match options.read_with("from", values::address)? {
        Some(caller) => caller,
        None => accounts::make_default(recorder, "deployer")?,
    };
    if recorder.is_doubtful(caller) {
        return Ok(Dynamic::from(recorder.doubtful_address()));
    }
    check_sender(recorder, caller)?;
    let name = match options.read_with("name", values::text)? {
        Some(name) => {
            check_name(&name)?;
            if recorder.named(&name).is_some() {
                return Err(Fault::Problem(format!("the name `{name}` is taken")));
            }
            name
        }
        None => free_name(recorder, &contract),
    };
    let address = caller.create(recorder.next_prepared_nonce(caller));
    recorder.prepare(Draft {
        caller,
        to: TxKind::Create,
        value,
        data,
        gas_limit: PREPARE_GAS,
        nonce: None,
        fees: Fees::default(),
        access_list: None,
        delegations: Vec::new(),
        hint: None,
        label: format!("deploy {contract}"),
        place: recorder.place,
    })?;
    recorder.name(address, name);
    recorder.contract_at.insert(address, contract);
    Ok(Dynamic::from(address))
}

/// `Token`, or `Token-2` and so on when that is taken.
fn free_name(recorder: &Recorder, name: &str) -> String {
    if recorder.named(name).is_none() {
        return name.to_owned();
    }
    // At most as many names as deployments are taken, so a free one is found.
    let mut number = recorder.contract_at.len() + 1;
    loop {
        let numbered = format!("{name}-{number}");
        if recorder.named(&numbered).is_none() {
            return numbered;
        }
        number += 1;
    }
}

/// `prepare(from, to, call, args, options)`
pub(super) fn prepare(recorder: &mut Recorder, args: &[Dynamic]) -> Result<Dynamic, Fault> {
    if let Some(mut draft) = draft(recorder, args, PREPARE_OPTIONS)? {
        draft.gas_limit = PREPARE_GAS;
        recorder.prepare(draft)?;
    }
    Ok(Dynamic::UNIT)
}

/// `send(from, to, call, args, options)`
pub(super) fn send(recorder: &mut Recorder, args: &[Dynamic]) -> Result<Dynamic, Fault> {
    if let Some(draft) = draft(recorder, args, SEND_OPTIONS)? {
        recorder.send(draft)?;
    }
    Ok(Dynamic::UNIT)
}

/// `transfer(from, to, value, options)`
pub(super) fn transfer(recorder: &mut Recorder, args: &[Dynamic]) -> Result<Dynamic, Fault> {
    let caller = values::address("from", &args[0])?;
    let to = values::address("to", &args[1])?;
    let value = values::number("value", &args[2])?;
    let options = Options::read(args.get(3), TRANSFER_OPTIONS)?;
    if recorder.is_doubtful(caller) || recorder.is_doubtful(to) {
        return Ok(Dynamic::UNIT);
    }
    check_sender(recorder, caller)?;
    let has_code = recorder.contract_at.contains_key(&to)
        || recorder
            .prestate
            .accounts
            .get(&to)
            .is_some_and(|account| account.code_hash != alloy_primitives::KECCAK256_EMPTY);
    let gas = if has_code { CALL_GAS } else { TRANSFER_GAS };
    let mut draft = Draft {
        caller,
        to: TxKind::Call(to),
        value,
        data: Bytes::new(),
        gas_limit: gas,
        nonce: None,
        fees: Fees::default(),
        access_list: None,
        delegations: Vec::new(),
        hint: None,
        label: "transfer".to_owned(),
        place: recorder.place,
    };
    read_options(recorder, &mut draft, &options)?;
    recorder.send(draft)?;
    Ok(Dynamic::UNIT)
}

/// The transaction that the arguments of `send` and `prepare` describe, or none when an address in
/// them comes from a verb that failed.
fn draft(
    recorder: &mut Recorder,
    args: &[Dynamic],
    known: &'static [Opt],
) -> Result<Option<Draft>, Fault> {
    // The options may follow any argument after the first two.
    let (args, options) = match args {
        [rest @ .., last] if rest.len() >= 2 && last.is::<Map>() => (rest, Some(last)),
        _ if args.len() > 4 => (&args[..4], args.get(4)),
        _ => (args, None),
    };
    let caller = values::address("from", &args[0])?;
    let to = if args[1].is_unit() {
        None
    } else {
        Some(values::address("to", &args[1])?)
    };
    let call = match args.get(2) {
        Some(call) if !call.is_unit() => values::text("call", call)?,
        _ => String::new(),
    };
    let values = args.get(3).map(values::arguments).transpose()?;
    let values = values.unwrap_or_default();
    let options = Options::read(options, known)?;
    if recorder.is_doubtful(caller) || to.is_some_and(|to| recorder.is_doubtful(to)) {
        return Ok(None);
    }
    check_sender(recorder, caller)?;
    let raw = options.read_with("data", values::bytes)?;
    let (data, label) = payload(recorder, to, &call, &values, raw)?;
    let mut draft = Draft {
        caller,
        to: to.map_or(TxKind::Create, TxKind::Call),
        value: U256::ZERO,
        data,
        gas_limit: CALL_GAS,
        nonce: None,
        fees: Fees::default(),
        access_list: None,
        delegations: Vec::new(),
        hint: None,
        label,
        place: recorder.place,
    };
    read_options(recorder, &mut draft, &options)?;
    Ok(Some(draft))
}

/// The data of a transaction and what a person calls it.
fn payload(
    recorder: &Recorder,
    to: Option<Address>,
    call: &str,
    values: &[Value],
    raw: Option<Bytes>,
) -> Result<(Bytes, String), String> {
    if let Some(data) = raw {
        if !call.is_empty() || !values.is_empty() {
            return Err(
                "a transaction has either a call or the option `data`, not both".to_owned(),
            );
        }
        let label = match (to, data.get(..4)) {
            (None, _) => "create".to_owned(),
            (_, Some(selector)) => format!("call {}", hex::encode_prefixed(selector)),
            _ => "call".to_owned(),
        };
        return Ok((data, label));
    }
    let Some(to) = to else {
        return Err(
            "without a receiver, a transaction needs the option `data`, the code that creates a contract"
                .to_owned(),
        );
    };
    if call.is_empty() {
        if !values.is_empty() {
            return Err("arguments need a call, such as \"claim(uint256)\"".to_owned());
        }
        return Ok((Bytes::new(), "call".to_owned()));
    }
    let function = function(recorder, to, call)?;
    Ok((encode_call(&function, values)?, function.signature()))
}

/// The function that a call of `to` means.
pub(super) fn function(recorder: &Recorder, to: Address, call: &str) -> Result<Function, String> {
    match recorder.artifact_at(to) {
        Some(artifact) => find_function(artifact, call),
        None if call.contains('(') => parse_signature(call),
        None => Err(format!(
            "{} is no contract of this script, so the call must be a whole signature, such as \"transfer(address,uint256)\"",
            recorder.shown(to)
        )),
    }
}

fn read_options(
    recorder: &mut Recorder,
    draft: &mut Draft,
    options: &Options,
) -> Result<(), Fault> {
    if let Some(value) = options.number("value")? {
        draft.value = value;
    }
    let gas = |key: &str, value: &Dynamic| values::number_up_to(key, value, limits::GAS);
    if let Some(gas_limit) = options.read_with("gas_limit", gas)? {
        draft.gas_limit = gas_limit;
    }
    draft.nonce = options.number64("nonce")?;
    draft.fees = Fees {
        gas_price: options.price("gas_price")?,
        max_fee: options.price("max_fee")?,
        priority_fee: options.price("priority_fee")?,
    };
    let fees = &draft.fees;
    if fees.gas_price.is_some() && (fees.max_fee.is_some() || fees.priority_fee.is_some()) {
        return Err(Fault::Problem(
            "a transaction has either `gas_price` or `max_fee` and `priority_fee`, not both"
                .to_owned(),
        ));
    }
    draft.access_list = options.read_with("access_list", access_list)?;
    if let Some(list) = &draft.access_list {
        let slots: usize = list.iter().map(|entry| entry.storage_keys.len()).sum();
        recorder.hold(list.len() * 20 + slots * 32)?;
    }
    if let Some(list) = options.read_with("authorization_list", authorization_list)? {
        recorder.hold(list.len() * 100)?;
        if draft.fees.gas_price.is_some() {
            return Err(Fault::Problem(
                "a transaction with an `authorization_list` pays `max_fee` and `priority_fee`, not `gas_price`"
                    .to_owned(),
            ));
        }
        if draft.to == TxKind::Create {
            return Err(Fault::Problem(
                "a transaction with an `authorization_list` needs a receiver".to_owned(),
            ));
        }
        draft.delegations = list;
    }
    let reads = options.read_with("reads", locations)?;
    let writes = options.read_with("writes", locations)?;
    if reads.is_some() || writes.is_some() {
        let hint = Hint {
            reads: reads.unwrap_or_default(),
            writes: writes.unwrap_or_default(),
            ..Hint::default()
        };
        recorder.hold(hint.locations() * size_of::<Location>())?;
        draft.hint = Some(hint);
    }
    Ok(())
}

/// A contract cannot send.
fn check_sender(recorder: &Recorder, caller: Address) -> Result<(), String> {
    match recorder.contract_at.get(&caller) {
        Some(contract) => Err(format!(
            "{} is a contract (`{contract}`), and only accounts send transactions",
            recorder.shown(caller)
        )),
        None => Ok(()),
    }
}
