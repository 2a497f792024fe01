//! Random scripts of few accounts and small contracts, so that nearly everything conflicts; random
//! faults, and what holds in spite of them.

use std::fmt;

use interleave_engine::{block::Block, outcome::BlockResult, runner::RunError, strategy::Entry};
use interleave_playground::{
    report::{Fault, RunOptions},
    run::{self, Prepared},
};
use proptest::prelude::*;

use crate::on_machine;

/// Hard forks between which the rules of accounts, gas or fees change.
const HARDFORKS: [&str; 6] = [
    "homestead",
    "byzantium",
    "london",
    "shanghai",
    "cancun",
    "osaka",
];

/// Contracts that read a key from the first word of their call data and an address from the second.
/// Opcodes of Homestead alone, so that every hard fork runs them.
const CONTRACTS: [(&str, &str); 9] = [
    // slot[key] += 1
    ("counter", "60003580546001019055"),
    // slot[0] = slot[key], and a log of it
    ("copier", "600035548060005560005260206000a0"),
    // slot[1] = balance of the beneficiary
    ("watcher", "4131600155"),
    // slot[2] = own balance, then 1 wei to the address
    ("payer", "303160025560006000600060006001602035617530f1"),
    // Fails if slot[0] is odd, else adds one to it.
    ("moody", "600054806001166011576001016000550000"),
    // Destroys itself in favour of the address.
    ("mortal", "602035ff"),
    // slot[3] = low byte of the address of a child it creates, without code
    ("parent", "600060006000f060ff16600355"),
    // slot[4] = size of the address's code, slot[5] = its balance, slot[6] = gas left
    ("spy", "602035803b600455316005555a600655"),
    // Runs the address's code on its own storage, with the same call data.
    ("proxy", "604060006000376000600060406000602035617530f4"),
];
const PEOPLE: usize = 5;
/// People, one account that has nothing but may be paid, and contracts.
const ACCOUNTS: usize = PEOPLE + 1 + CONTRACTS.len();

/// A script; what proptest prints of it is its text.
#[derive(Clone)]
pub struct Script(pub String);

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{}", self.0)
    }
}

fn transaction() -> impl Strategy<Value = String> {
    let wrong_nonce = prop::bool::weighted(0.05);
    let numbers = (0..4u32, 0..3u32, 0..5u32, wrong_nonce);
    (0..=PEOPLE, 0..ACCOUNTS, 0..ACCOUNTS, numbers).prop_map(
        |(from, to, target, (value, tip, key, wrong_nonce))| {
            let nonce = if wrong_nonce { ", nonce: 77" } else { "" };
            format!(
                "send(all[{from}], all[{to}], #{{ value: {value}, gas_price: {}, gas_limit: 200_000, \
                 data: encode(\"(uint256,address)\", [{key}, all[{target}]]){nonce} }});\n",
                10 + tip
            )
        },
    )
}

/// Scripts of up to forty transactions.
pub fn scripts() -> impl Strategy<Value = Script> {
    let hardfork = prop::sample::select(HARDFORKS.as_slice());
    // One more account than there are: a beneficiary that nobody else touches.
    let beneficiary = 0..=ACCOUNTS;
    let transactions = prop::collection::vec(transaction(), 0..40);
    (hardfork, beneficiary, transactions).prop_map(|(hardfork, beneficiary, transactions)| {
        let mut text = format!(
            "let all = accounts(\"person\", {PEOPLE}, #{{ balance: ether(1) }});\n\
             all.push(account(\"pauper\", #{{ balance: 0 }}));\n"
        );
        for (name, code) in CONTRACTS {
            text += &format!(
                "all.push(account(\"{name}\", #{{ nonce: 1, balance: 7, storage: #{{ \"0\": 9 }}, code: hex(\"{code}\") }}));\n"
            );
        }
        text += "all.push(account(\"nobody\", #{ balance: 0 }));\n";
        let base_fee = if ["homestead", "byzantium"].contains(&hardfork) {
            0
        } else {
            10
        };
        text += &format!(
            "block(#{{ hardfork: \"{hardfork}\", base_fee: {base_fee}, beneficiary: all[{beneficiary}] }});\n"
        );
        text.extend(transactions);
        Script(text)
    })
}

/// Faults of runs of so many workers and transactions.
pub fn fault(workers: u32, txs: u32) -> impl Strategy<Value = Fault> {
    let worker = 0..workers;
    let after = 0..12_u32;
    prop_oneof![
        (worker.clone(), after.clone()).prop_map(|(worker, after)| Fault::Fail { worker, after }),
        (worker.clone(), after, 0..300_u32).prop_map(|(worker, after, time)| Fault::Pause {
            worker,
            after,
            time: f64::from(time),
        }),
        (worker, 1..9_u32).prop_map(|(worker, factor)| Fault::Slow {
            worker,
            factor: f64::from(factor),
        }),
        (0..txs.max(1), 1..3_u32).prop_map(|(tx, times)| Fault::Panic { tx, times }),
    ]
}

/// Runs `block`, and compares what it comes to with the `truth`; where everybody fails, it may be an error.
pub fn holds(
    block: &Block,
    truth: &BlockResult,
    strategy: &Entry,
    options: &RunOptions,
) -> Result<(), TestCaseError> {
    let ran = on_machine(|machine| {
        let prepared = Prepared::new(block, strategy, options, machine.now);
        run::once(block, strategy, &prepared, options, machine)
    });
    match ran {
        Ok(ran) => {
            let difference = ran.result.first_difference(truth);
            prop_assert!(difference.is_none(), "{options:?}: {difference:?}");
            prop_assert!(ran.result == *truth, "{options:?}");
        }
        // One of each worker is enough to lose all.
        Err(RunError::Unrecovered(why)) => {
            let failing = |worker| {
                let mut faults = options.faults.iter();
                faults.any(|fault| matches!(fault, Fault::Fail { worker: it, .. } if *it == worker))
            };
            prop_assert!((0..options.workers).all(failing), "{options:?}: {why}");
        }
        Err(other) => prop_assert!(false, "{options:?}: {other}"),
    }
    Ok(())
}
