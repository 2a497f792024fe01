//! The verbs `account` and `accounts`.

use alloy_primitives::{Address, U256};
use interleave_engine::state::Account;
use revm::state::Bytecode;
use rhai::{Array, Dynamic};

use super::{
    options::{Opt, Options, storage},
    recorder::{Fault, Recorder, address_of},
    values,
};
use crate::{contracts::near::check_name, limits};

/// Options of `account` and `accounts`.
pub(super) const OPTIONS: &[Opt] = &[
    Opt::new("balance", "in wei; 100 ether if it is not given"),
    Opt::new("nonce", "transactions sent before; 0 if it is not given"),
    Opt::new("code", "bytes of a program, such as what `hex` gives"),
    Opt::new(
        "storage",
        "an object map from slots to values, or a list of `[slot, value]`",
    ),
];

/// Names that `accounts` adds a number to leave room for it.
const NUMBER_CHARS: usize = 7;

/// What an account without options has: 100 ether.
fn default_balance() -> U256 {
    U256::from(100) * U256::from(10).pow(U256::from(18))
}

/// What an account starts with.
struct Start {
    account: Account,
    code: Option<Bytecode>,
    bytes: usize,
}

impl Start {
    fn read(options: Option<&Dynamic>) -> Result<Self, String> {
        let options = Options::read(options, OPTIONS)?;
        let mut account = Account {
            balance: options.number("balance")?.unwrap_or_else(default_balance),
            // EIP-2681: the largest nonce is never used.
            nonce: options
                .read_with("nonce", |key, value| {
                    values::number_up_to(key, value, u64::MAX - 1)
                })?
                .unwrap_or_default(),
            ..Account::default()
        };
        let mut bytes = 100;
        let code = options.read_with("code", |key, value| {
            let code = values::bytes(key, value)?;
            bytes += code.len();
            Bytecode::new_raw_checked(code)
                .map_err(|_| "`code` begins like an EIP-7702 delegation but is none".to_owned())
        })?;
        for (slot, value) in options.read_with("storage", storage)?.unwrap_or_default() {
            bytes += 64;
            if !value.is_zero() {
                account.storage.insert(slot, value);
            }
        }
        Ok(Self {
            account,
            code,
            bytes,
        })
    }
}

/// `account(name, options)`
pub(super) fn account(recorder: &mut Recorder, args: &[Dynamic]) -> Result<Dynamic, Fault> {
    let name = values::text("name", &args[0])?;
    check_name(&name)?;
    let start = args.get(1).map(|options| Start::read(Some(options)));
    let start = start.transpose()?;
    make(recorder, name, start.as_ref()).map(Dynamic::from)
}

/// `accounts(prefix, n, options)`
pub(super) fn accounts(recorder: &mut Recorder, args: &[Dynamic]) -> Result<Dynamic, Fault> {
    let prefix = values::text("prefix", &args[0])?;
    check_name(&prefix)?;
    if prefix.chars().count() > limits::NAME_CHARS - NUMBER_CHARS {
        return Err(Fault::Problem(format!(
            "a prefix of names has at most {} characters",
            limits::NAME_CHARS - NUMBER_CHARS
        )));
    }
    let n = values::number_up_to("n", &args[1], limits::LIST_ITEMS as u64)?;
    let start = args.get(2).map(|options| Start::read(Some(options)));
    let start = start.transpose()?;
    let mut list = Array::with_capacity(n as usize);
    for i in 0..n {
        recorder.look()?;
        let address = make(recorder, format!("{prefix}-{i}"), start.as_ref())?;
        list.push(Dynamic::from(address));
    }
    Ok(Dynamic::from_array(list))
}

/// The account of this name, made if it is new.
pub(super) fn make_default(recorder: &mut Recorder, name: &str) -> Result<Address, Fault> {
    make(recorder, name.to_owned(), None)
}

fn make(recorder: &mut Recorder, name: String, start: Option<&Start>) -> Result<Address, Fault> {
    recorder.charge(2 * limits::VERB_OPERATIONS);
    let address = address_of("account", &name);
    match recorder.named(&name) {
        Some(other) if other != address => {
            return Err(Fault::Problem(format!(
                "`{name}` is the name of a contract"
            )));
        }
        Some(_) if start.is_none() => return Ok(address),
        Some(_) => {
            return Err(Fault::Problem(format!(
                "the account `{name}` exists; give its options where it is first named"
            )));
        }
        None => {}
    }
    if recorder.prestate.accounts.len() == limits::ACCOUNTS {
        return Err(Fault::Stop(format!(
            "a script makes at most {} accounts",
            limits::ACCOUNTS
        )));
    }
    match start {
        Some(start) => {
            recorder.hold(start.bytes)?;
            recorder
                .prestate
                .accounts
                .insert(address, start.account.clone());
            if let Some(code) = &start.code {
                recorder.prestate.set_code(address, code.clone());
            }
        }
        None => recorder.prestate.account_mut(address).balance = default_balance(),
    }
    recorder.name(address, name);
    Ok(address)
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use interleave_engine::runner::Control;

    use super::*;
    use crate::{batch::script::STOPPED, contracts::Contracts};

    #[test]
    fn many_accounts_are_not_made_to_their_end_when_somebody_wants_to_stop() {
        let control = Control::default();
        let mut recorder = Recorder::new(Contracts::default(), Rc::default(), &control);
        let args = [Dynamic::from("a"), Dynamic::from(30_000_i64)];
        assert!(accounts(&mut recorder, &args).is_ok());
        control.stop();
        let args = [Dynamic::from("b"), Dynamic::from(30_000_i64)];
        match accounts(&mut recorder, &args) {
            Err(Fault::Stop(message)) => assert_eq!(message, STOPPED),
            other => panic!("it goes on: {}", other.is_ok()),
        }
        assert_eq!(recorder.prestate.accounts.len(), 30_000);
    }
}
