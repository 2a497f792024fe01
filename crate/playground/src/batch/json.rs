//! JSON that a file or a node holds, and the place of what is wrong with it.
//!
//! The rule: an error names the kind of thing that was expected, the member it is about (with the
//! feature `paths`), and its line and column in the whole text.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use alloy_primitives::{Address, Bytes, U64, U256, hex};
use interleave_engine::state::State;
use revm::state::Bytecode;
use serde::Deserialize;

use super::{Place, Problem};

/// A JSON value within a text.
///
/// Where it begins is counted when something is wrong with it, since a file may have many.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'t> {
    whole: &'t str,
    /// Bytes before it.
    start: usize,
    text: &'t str,
}

type Json<'t> = serde_json::Deserializer<serde_json::de::StrRead<'t>>;

impl<'t> Part<'t> {
    /// All of a text but for a byte order mark.
    pub(crate) fn whole(text: &'t str) -> Self {
        let text = text.trim_start_matches('\u{feff}');
        Self {
            whole: text,
            start: 0,
            text,
        }
    }

    /// Its text.
    pub(crate) fn text(self) -> &'t str {
        self.text
    }

    /// What a slice of its text is.
    pub(crate) fn inner(self, slice: &'t str) -> Self {
        Self {
            whole: self.whole,
            start: slice.as_ptr() as usize - self.whole.as_ptr() as usize,
            text: slice,
        }
    }

    /// A problem with all of it.
    pub(super) fn wrong(self, message: impl Into<String>) -> Problem {
        let space = self.text.len() - self.text.trim_start().len();
        Problem::error(message).at(self.place(space))
    }

    /// The item that is chosen of those it holds, counted from 1; all of them where none is.
    pub(super) fn chosen<T>(
        self,
        mut items: Vec<T>,
        chosen: Option<U64>,
    ) -> Result<Vec<T>, Problem> {
        let Some(number) = chosen.map(|it| it.to::<u64>()) else {
            return Ok(items);
        };
        if number == 0 || number > items.len() as u64 {
            let count = items.len();
            return Err(self.wrong(format!("`chosen` is {number}, but it holds {count}")));
        }
        Ok(vec![items.swap_remove(number as usize - 1)])
    }

    /// Reads all of it as a `T`, which is an object that people call `what`.
    pub(crate) fn read<T: Deserialize<'t>>(self, what: &str) -> Result<T, Problem> {
        // An array would be taken for the members in their order.
        if !self.text.trim_start().starts_with('{') {
            let message = format!("not {what}, which is a JSON object");
            return Err(Problem::error(message).at(self.place(0)));
        }
        self.value(what)
    }

    /// Its items, of an array that people call `what`.
    pub(crate) fn items(self, what: &str) -> Result<Vec<Self>, Problem> {
        let items: Vec<&serde_json::value::RawValue> = self.value(what)?;
        Ok(items.into_iter().map(|it| self.inner(it.get())).collect())
    }

    /// Reads all of it as a `T`, whatever kind of JSON that is.
    pub(crate) fn value<T: Deserialize<'t>>(self, what: &str) -> Result<T, Problem> {
        let mut json = serde_json::Deserializer::from_str(self.text);
        let value = value(&mut json).map_err(|(path, error)| self.problem(what, &path, &error))?;
        json.end()
            .map_err(|error| self.problem(what, ".", &error))?;
        Ok(value)
    }

    /// What is wrong with the JSON, where in the text and at which of its members.
    fn problem(self, what: &str, path: &str, error: &serde_json::Error) -> Problem {
        let message = error.to_string();
        let message = match message.rfind(" at line ") {
            Some(end) => &message[..end],
            None => &message,
        };
        // Where the text ends too early, the last member has no name yet.
        let message = match path.trim_end_matches('?').trim_end_matches('.') {
            "" => message.to_owned(),
            path => format!("{path}: {message}"),
        };
        let problem = Problem::error(format!("not {what}: {message}"));
        if error.line() == 0 {
            return problem.at(self.place(0));
        }
        let mut lines = self.text.split_inclusive('\n');
        let before: usize = (lines.by_ref()).take(error.line() - 1).map(str::len).sum();
        let Some(line) = lines.next() else {
            // It ends too early, after the end of a line.
            return problem.at(self.place(self.text.len()));
        };
        // serde_json counts bytes up to the one that is wrong; a place counts characters.
        let mut starts = line.char_indices().map(|(start, _)| start);
        let last = starts.rfind(|start| *start < error.column()).unwrap_or(0);
        problem.at(self.place(before + last))
    }

    /// The place after this many bytes of its text.
    fn place(self, bytes: usize) -> Place {
        Place::after(&self.whole[..self.start + bytes])
    }
}

/// The value, or what is wrong at which of its members.
#[cfg(feature = "paths")]
fn value<'t, T: Deserialize<'t>>(json: &mut Json<'t>) -> Result<T, (String, serde_json::Error)> {
    serde_path_to_error::deserialize(json)
        .map_err(|error| (error.path().to_string(), error.into_inner()))
}

/// The value, or what is wrong somewhere.
#[cfg(not(feature = "paths"))]
fn value<'t, T: Deserialize<'t>>(json: &mut Json<'t>) -> Result<T, (String, serde_json::Error)> {
    T::deserialize(json).map_err(|error| (String::new(), error))
}

/// Accounts by address.
pub(super) type Accounts = BTreeMap<Address, JsonAccount>;

/// An account, in the form of the `prestateTracer`, of t8n and of test fixtures.
#[derive(Deserialize)]
#[serde(expecting = "an account with balance, nonce, code and storage")]
pub(super) struct JsonAccount {
    #[serde(default)]
    balance: U256,
    #[serde(default)]
    nonce: U64,
    #[serde(default)]
    code: Code,
    #[serde(default)]
    storage: BTreeMap<U256, U256>,
}

impl JsonAccount {
    /// Adds the slots of `other`, seen later, that are not known yet.
    pub(super) fn add_slots(&mut self, other: Self) {
        for (slot, value) in other.storage {
            self.storage.entry(slot).or_insert(value);
        }
    }

    /// Adds the slots of `left`, written by a transaction, that are not known yet: they were zero.
    pub(super) fn add_zero_slots(&mut self, left: &Self) {
        for slot in left.storage.keys() {
            self.storage.entry(*slot).or_default();
        }
    }
}

/// JSON that reads as this account.
impl fmt::Display for JsonAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (balance, nonce) = (self.balance, self.nonce);
        write!(
            f,
            "{{\"balance\": \"{balance:#x}\", \"nonce\": \"{nonce:#x}\""
        )?;
        let code = self.code.0.original_byte_slice();
        if !code.is_empty() {
            write!(f, ", \"code\": \"{}\"", hex::encode_prefixed(code))?;
        }
        for (place, (slot, value)) in self.storage.iter().enumerate() {
            let before = if place == 0 { ", \"storage\": {" } else { "," };
            write!(f, "{before}\n  \"{slot:#066x}\": \"{value:#066x}\"")?;
        }
        f.write_str(if self.storage.is_empty() { "}" } else { "}}" })
    }
}

/// Code that the EVM can hold.
#[derive(Default, Deserialize)]
#[serde(try_from = "Bytes")]
struct Code(Bytecode);

impl TryFrom<Bytes> for Code {
    type Error = String;

    fn try_from(code: Bytes) -> Result<Self, String> {
        Bytecode::new_raw_checked(code)
            .map(Self)
            .map_err(|error| format!("code no account can have: {error}"))
    }
}

/// Slots that are written, but hold nothing.
pub(super) fn zero_slots(accounts: &Accounts) -> BTreeSet<(Address, U256)> {
    let slots = accounts.iter().flat_map(|(address, account)| {
        let zeros = account.storage.iter().filter(|(_, value)| value.is_zero());
        zeros.map(|(slot, _)| (*address, *slot))
    });
    slots.collect()
}

/// The state that these accounts make.
pub(super) fn state(accounts: Accounts) -> State {
    let mut state = State::default();
    for (address, account) in accounts {
        let entry = state.account_mut(address);
        entry.balance = account.balance;
        entry.nonce = account.nonce.to();
        let stored = account.storage.into_iter();
        entry.storage = stored.filter(|(_, value)| !value.is_zero()).collect();
        state.set_code(address, account.code.0);
    }
    state
}
