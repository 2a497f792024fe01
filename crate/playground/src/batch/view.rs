//! What a batch asks of the state before and after its block: watches and expectations.
//!
//! Answers come from plain revm calls, in the oracle's manner, outside the measured run.
//! The rule: a call that cannot be answered says why, and an expectation of it does not hold.

use alloy_dyn_abi::{DynSolType, DynSolValue, FunctionExt};
use alloy_json_abi::Function;
use alloy_primitives::{Address, Bytes, U256};
use interleave_engine::{
    block::Block,
    oracle,
    outcome::{Receipt, Status},
    runner::{Control, Stopped},
    state::State,
};

use super::{Batch, Place, Problem};
use crate::contracts::{Contracts, Names, near::shown, revert};

/// A value that a state has.
#[derive(Clone, Debug)]
pub struct View {
    /// What a person calls it, such as `token.balanceOf(alice)`.
    pub text: String,
    /// Where it is.
    pub subject: Subject,
}

/// Where a value is.
#[derive(Clone, Debug)]
pub enum Subject {
    /// The balance of an account, in wei.
    Balance(Address),
    /// What a call returns.
    Call {
        /// Who is called.
        to: Address,
        /// Selector and arguments.
        data: Bytes,
        /// The function, which knows what it returns.
        function: Box<Function>,
    },
}

/// A value that is shown before and after the block.
#[derive(Clone, Debug)]
pub struct Watch {
    /// Its row in the table.
    pub label: String,
    /// The value.
    pub view: View,
    /// A number is shown as that many decimals of it.
    pub decimals: u8,
}

/// A value that must hold after the block.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// The value.
    pub view: View,
    /// What it must be.
    pub condition: Condition,
    /// The call in the script that expects it.
    pub place: Option<Place>,
}

/// What a value must be.
#[derive(Clone, Debug)]
pub enum Condition {
    /// Exactly this.
    Is(Vec<DynSolValue>),
    /// A number from the first to the second, both included.
    Within(U256, U256),
}

/// What a view gives, or why it gives nothing.
pub type Answer = Result<Vec<DynSolValue>, String>;

/// A watch with its values, as they are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Before the block.
    pub before: String,
    /// After it.
    pub after: String,
    /// The difference, of numbers.
    pub change: Option<String>,
}

/// An expectation that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Does it hold?
    pub holds: bool,
    /// What must be.
    pub expected: String,
    /// What is.
    pub found: String,
}

/// Answers to all a batch asks.
#[derive(Clone, Debug, Default)]
pub struct Looked {
    /// One entry a watch.
    pub watches: Vec<Seen>,
    /// One entry an expectation.
    pub expectations: Vec<Verdict>,
}

impl Looked {
    /// Looks at `block` before it ran, and at `post`, the state after it.
    pub fn new(
        batch: &Batch,
        block: &Block,
        post: impl FnOnce() -> State,
        of: &Contracts,
        control: &Control,
    ) -> Result<Self, Stopped> {
        if batch.watches.is_empty() && batch.expectations.is_empty() {
            return Ok(Self::default());
        }
        let names = &batch.names;
        let after = Block {
            spec: block.spec,
            chain_id: block.chain_id,
            env: block.env.clone(),
            block_hashes: block.block_hashes.clone(),
            prestate: post(),
            ..Block::default()
        };
        let watched: Vec<_> = batch.watches.iter().map(|watch| &watch.view).collect();
        let expected: Vec<_> = batch.expectations.iter().map(|it| &it.view).collect();
        let earlier = answers(&watched, block, batch, of, control)?;
        let later = answers(&watched, &after, batch, of, control)?;
        let found = answers(&expected, &after, batch, of, control)?;
        let watches = batch.watches.iter().zip(earlier.iter().zip(&later));
        let expectations = batch.expectations.iter().zip(&found);
        Ok(Self {
            watches: watches
                .map(|(watch, (before, after))| Seen::new(watch, before, after, names))
                .collect(),
            expectations: expectations
                .map(|(expectation, found)| expectation.condition.verdict(found, names))
                .collect(),
        })
    }

    /// The expectations that do not hold, as problems at their places.
    pub fn unmet<'a>(&'a self, batch: &'a Batch) -> impl Iterator<Item = Problem> + 'a {
        let looked = batch.expectations.iter().zip(&self.expectations);
        looked
            .filter(|(_, verdict)| !verdict.holds)
            .map(|(it, verdict)| Problem {
                place: it.place,
                ..Problem::error(format!(
                    "after the block, {} is {}, expected {}",
                    it.view.text, verdict.found, verdict.expected
                ))
            })
    }
}

/// What the views give on the prestate of `block`.
fn answers(
    views: &[&View],
    block: &Block,
    batch: &Batch,
    contracts: &Contracts,
    control: &Control,
) -> Result<Vec<Answer>, Stopped> {
    let calls = views.iter().filter_map(|view| match &view.subject {
        Subject::Balance(_) => None,
        Subject::Call { to, data, .. } => Some((*to, data.clone())),
    });
    let mut receipts = oracle::views(block, calls, control)?.into_iter();
    let answer = |view: &&View| match &view.subject {
        Subject::Balance(address) => {
            let account = block.prestate.accounts.get(address);
            let balance = account.map_or(U256::ZERO, |account| account.balance);
            Ok(vec![DynSolValue::Uint(balance, 256)])
        }
        Subject::Call { to, function, .. } => {
            let receipt = receipts.next().expect("one receipt a call")?;
            let called = batch.contracts.get(to).map(String::as_str);
            returned(&receipt, function, |output| {
                contracts.decode_revert(output, called, &batch.names)
            })
        }
    };
    Ok(views.iter().map(answer).collect())
}

/// The values in what a call returned.
fn returned(
    receipt: &Receipt,
    function: &Function,
    reason: impl FnOnce(&[u8]) -> String,
) -> Answer {
    let output = &receipt.output;
    match &receipt.status {
        Status::Halt(reason) => return Err(format!("a failure ({reason})")),
        Status::Revert => return Err(format!("a revert ({})", reason(output))),
        Status::Success if output.is_empty() && !function.outputs.is_empty() => {
            return Err("nothing, as no contract is there".into());
        }
        Status::Success => {}
    }
    if function.outputs.is_empty() {
        return Ok(match U256::try_from_be_slice(output) {
            Some(word) if output.len() == 32 => vec![DynSolValue::Uint(word, 256)],
            _ => vec![DynSolValue::Bytes(output.to_vec())],
        });
    }
    function
        .abi_decode_output(output)
        .map_err(|_| format!("data of another type ({})", shown(&output.to_string())))
}

/// An answer as a person reads it.
fn text(answer: &Answer, decimals: u8, names: &Names) -> String {
    match answer {
        Err(why) => why.clone(),
        Ok(values) => match values.as_slice() {
            [DynSolValue::Uint(number, _)] => decimal(*number, decimals),
            [one] => revert::show(one, names),
            many => format!("({})", revert::show_all(many, names)),
        },
    }
}

/// A number with a point before its last `decimals` digits, without zeros at the end.
fn decimal(number: U256, decimals: u8) -> String {
    let decimals = usize::from(decimals);
    let digits = format!("{number:0>width$}", width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    match fraction.trim_end_matches('0') {
        "" => whole.to_owned(),
        fraction => format!("{whole}.{fraction}"),
    }
}

impl Seen {
    fn new(watch: &Watch, before: &Answer, after: &Answer, names: &Names) -> Self {
        let number = |answer: &Answer| match answer.as_deref() {
            Ok([DynSolValue::Uint(number, _)]) => Some(*number),
            _ => None,
        };
        let change = number(before).zip(number(after)).map(|(before, after)| {
            let sign = match after.cmp(&before) {
                std::cmp::Ordering::Less => "−",
                std::cmp::Ordering::Equal => "",
                std::cmp::Ordering::Greater => "+",
            };
            format!("{sign}{}", decimal(after.abs_diff(before), watch.decimals))
        });
        Self {
            before: text(before, watch.decimals, names),
            after: text(after, watch.decimals, names),
            change,
        }
    }
}

impl Condition {
    fn verdict(&self, found: &Answer, names: &Names) -> Verdict {
        let (holds, expected) = match self {
            Self::Is(expected) => {
                let expected = Ok(expected.clone());
                (*found == expected, text(&expected, 0, names))
            }
            Self::Within(least, most) => {
                let holds = match found.as_deref() {
                    Ok([DynSolValue::Uint(number, _)]) => (least..=most).contains(&number),
                    Ok([DynSolValue::Int(number, _)]) => {
                        let number = U256::try_from(*number).ok();
                        number.is_some_and(|number| (*least..=*most).contains(&number))
                    }
                    _ => false,
                };
                let expected = match *most {
                    U256::MAX => format!("at least {least}"),
                    _ if least.is_zero() => format!("at most {most}"),
                    _ => format!("from {least} to {most}"),
                };
                (holds, expected)
            }
        };
        Verdict {
            holds,
            expected,
            found: text(found, 0, names),
        }
    }
}

impl View {
    /// The types of what it gives, where they are known.
    pub fn types(&self) -> Vec<DynSolType> {
        match &self.subject {
            Subject::Balance(_) => vec![DynSolType::Uint(256)],
            Subject::Call { function, .. } => {
                let outputs = function.outputs.iter();
                let types: Result<Vec<_>, _> =
                    outputs.map(alloy_dyn_abi::Specifier::resolve).collect();
                types.unwrap_or_default()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_shown_without_zeros_at_the_end() {
        let cases = [
            (0, 18, "0"),
            (5, 0, "5"),
            (1_500, 3, "1.5"),
            (2_000, 3, "2"),
            (7, 3, "0.007"),
        ];
        for (number, decimals, expected) in cases {
            assert_eq!(decimal(U256::from(number), decimals), expected);
        }
    }
}
