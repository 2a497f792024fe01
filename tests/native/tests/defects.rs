//! Defects planted in the engine, each of which the checker must notice.
//!
//! Only one test may run at a time: a defect is planted for the whole process.
//! A block is looked for among hand-made ones, the examples and random scripts; without a defect none
//! of them is told wrong, which every other test shows.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::{Mutex, PoisonError},
};

use alloy_primitives::{Address, B256, Bytes, TxKind, U256, hex, keccak256};
use interleave_engine::{
    block::Block,
    defect::{self, Defect},
    oracle,
    runner::RunError,
};
use interleave_playground::{
    batch::{lower, script},
    checker::{self, Ways},
    contracts::Contracts,
    gallery,
    report::{RunOptions, RunResult, RunnerKind},
    schedule,
};
use interleave_tests::{on_machine, random::scripts};
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::{Config, RngSeed, TestRunner},
};
use revm::context::{
    either::Either,
    transaction::{Authorization, RecoveredAuthority, RecoveredAuthorization},
};

/// Random scripts that are tried before a defect counts as unnoticed.
const SCRIPTS: u32 = 40;

fn lowered(text: &str, contracts: &Contracts) -> Block {
    let (batch, _) = script::evaluate(text, contracts);
    lower(&batch, contracts).expect("it can run")
}

/// An account delegates to a counter; then it is called, as are many who wait for that.
fn delegation() -> Block {
    let mut block = lowered(
        r#"
        let people = accounts("person", 12, #{ balance: ether(1) });
        let counter = account("counter", #{ nonce: 1, code: hex("600054600101600055") });
        for n in 1..12 { send(people[n], people[0], #{ gas_limit: 100_000 }); }
        "#,
        &Contracts::default(),
    );
    let delegate = block.txs[0].kind.into_to().expect("it is called");
    let is_counter = |address: &&Address| block.prestate.accounts[*address].nonce == 1;
    let counter = *block
        .prestate
        .accounts
        .keys()
        .find(is_counter)
        .expect("it is there");
    let authorization = Authorization {
        chain_id: U256::ONE,
        address: counter,
        nonce: 0,
    };
    let first = &mut block.txs[0];
    first.tx_type = 4;
    first.gas_priority_fee = Some(0);
    first.authorization_list = vec![Either::Right(RecoveredAuthorization::new_unchecked(
        authorization,
        RecoveredAuthority::Valid(delegate),
    ))];
    block
}

/// Who calls it adds to a slot whose number is in another, so who was too early wrote elsewhere.
const POINTER: &str = r#"
    let callers = 12;
    let people = accounts("person", callers, #{ balance: ether(1) });
    let pointer = account("pointer", #{ nonce: 1, code: hex("60005480600a0180548201600101905560010160005500") });
    for person in people { send(person, pointer, #{ gas_limit: 200_000 }); }
"#;

/// Everybody pays a tip and writes down what the beneficiary has.
const TIPS: &str = r#"
    let people = accounts("person", 12, #{ balance: ether(1) });
    let watcher = account("watcher", #{ nonce: 1, code: hex("4131600055") });
    block(#{ base_fee: 10 });
    for n in 0..12 { send(people[n], watcher, #{ gas_limit: 100_000, gas_price: 12 }); }
"#;

/// A purse pays one wei to whom it is told to, until it has none.
const PURSE: &str = r#"
    let people = accounts("person", 12, #{ balance: ether(1) });
    let purse = account("purse", #{ nonce: 1, balance: 1, code: hex("60006000600060006001600035617530f100") });
    for n in 0..12 {
        let other = people[(n + 1) % 12];
        send(people[n], purse, #{ gas_limit: 200_000, data: encode("(address)", [other]) });
    }
"#;

/// Some pay, and between them others write down what that comes to.
const ONLOOKERS: &str = r#"
    let people = accounts("person", 12, #{ balance: ether(1) });
    let payee = account("payee");
    let watcher = account("watcher", #{ nonce: 1, code: hex("600035313355") });
    for n in 0..6 {
        transfer(people[2 * n], payee, 1);
        send(people[2 * n + 1], watcher, #{ gas_limit: 100_000, data: encode("(address)", [payee]) });
    }
"#;

/// Each payment can be made, but not after another.
const SPENDER: &str = r#"
    let spender = account("spender", #{ balance: ether(3) });
    let other = account("other");
    for n in 0..5 { transfer(spender, other, ether(2)); }
"#;

/// The first payment cannot be made, so that all nonces after it are too high.
const TOO_POOR: &str = r#"
    let poor = account("poor", #{ balance: ether(1) });
    let other = account("other");
    transfer(poor, other, ether(5));
    for n in 0..5 { transfer(poor, other, 1); }
"#;

/// A factory makes a child, always at the same address; the child counts, or destroys itself when
/// it is told anything.
fn revived() -> Block {
    let runtime = hex!("36156008576000ff5b60005460010160005500");
    let init = [&[0x72][..], &runtime, &hex!("6000526013600df3")].concat();
    let factory = [&[0x7b][..], &init, &hex!("6000526000601c60046000f55000")].concat();
    let mut block = lowered(
        &format!(
            r#"
            let people = accounts("person", 12, #{{ balance: ether(1) }});
            let factory = account("factory", #{{ nonce: 1, code: hex("{}") }});
            block(#{{ hardfork: "london" }});
            for n in 0..12 {{ send(people[n], factory, #{{ gas_limit: 300_000 }}); }}
            "#,
            hex::encode(factory)
        ),
        &Contracts::default(),
    );
    let factory = block.txs[0].kind.into_to().expect("it is called");
    let child = factory.create2(B256::ZERO, keccak256(&init));
    // Made, counts twice, destroyed; and again.
    for (tx, step) in block.txs.iter_mut().zip([0, 1, 1, 2].into_iter().cycle()) {
        if step > 0 {
            tx.kind = TxKind::Call(child);
        }
        if step == 2 {
            tx.data = Bytes::from_static(&[1]);
        }
    }
    block
}

/// The command's ways, but for threads: a schedule that shows a defect shows it every time.
fn ways() -> Ways {
    Ways {
        runners: vec![RunnerKind::Simulated],
        workers: vec![2, 3, 8],
        seeds: 2,
        ..Ways::default()
    }
}

/// What the checker says first of the block with the defect in place.
fn noticed(block: &Block) -> Option<String> {
    let truth = oracle::result(block);
    let checked = panic::catch_unwind(AssertUnwindSafe(|| {
        on_machine(|machine| checker::check(block, &truth, &ways(), machine))
    }));
    match checked {
        Ok(tally) => tally.divergences.first().map(ToString::to_string),
        Err(_) => Some("the engine panicked".into()),
    }
}

fn first_notice(defect: Defect, made: &[(String, Block)]) -> Option<String> {
    let _planted = plant(defect);
    let found = made.iter().find_map(|(name, block)| {
        let notice = noticed(block)?;
        Some(format!("{name}: {notice}"))
    });
    found.or_else(|| {
        let mut runner = TestRunner::new(Config {
            rng_seed: RngSeed::Fixed(7),
            failure_persistence: None,
            ..Config::default()
        });
        (0..SCRIPTS).find_map(|number| {
            let script = scripts().new_tree(&mut runner).expect("a script").current();
            let notice = noticed(&lowered(&script.0, &Contracts::default()))?;
            Some(format!("random script {number}: {notice}"))
        })
    })
}

/// Held while a defect may be planted.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// A defect that is there until this is dropped, also by a test that fails.
struct Planted;

fn plant(defect: Defect) -> Planted {
    defect::plant(Some(defect));
    Planted
}

impl Drop for Planted {
    fn drop(&mut self) {
        defect::plant(None);
    }
}

#[test]
fn a_divergence_on_threads_shows_again_in_every_replay() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let contracts = Contracts::default();
    // So many that workers meet, however busy the machine is.
    let script = POINTER.replace("callers = 12", "callers = 500");
    let (batch, _) = script::evaluate(&script, &contracts);
    let block = lower(&batch, &contracts).expect("it can run");
    for (strategy, defect) in [
        ("block-stm", Defect::CommitUnvalidated),
        ("block-stm-v2", Defect::EndedReaderKept),
        ("optimistic", Defect::FailedValidationCommits),
    ] {
        let planted = plant(defect);
        let options = RunOptions {
            strategy: strategy.into(),
            runner: RunnerKind::Threads,
            workers: 4,
            ..RunOptions::default()
        };
        let found = on_machine(|machine| schedule::diverging(&block, &options, machine));
        let recording = found.unwrap_or_else(|| panic!("{defect:?} does not show on threads"));
        let replays: Vec<_> = (0..5)
            .map(|_| {
                on_machine(|machine| schedule::replay(&batch, &contracts, &recording, machine))
            })
            .collect();
        drop(planted);
        let Ok(RunResult::Report { report, .. }) = &replays[0] else {
            panic!("{defect:?}: {:?}", replays[0]);
        };
        assert!(!report.summary.matches, "{defect:?}");
        assert!(replays.iter().all(|it| it == &replays[0]), "{defect:?}");
        // With the defect mended the run goes another way, and the replay says so.
        let mended =
            on_machine(|machine| schedule::replay(&batch, &contracts, &recording, machine));
        assert!(matches!(mended, Err(RunError::Disagrees(_))), "{mended:?}");
    }
}

#[test]
fn every_planted_defect_is_noticed() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let mut made = vec![
        ("delegation".to_owned(), delegation()),
        ("revived contract".to_owned(), revived()),
    ];
    for (name, text) in [
        ("pointer", POINTER),
        ("tips", TIPS),
        ("purse", PURSE),
        ("onlookers", ONLOOKERS),
        ("spender", SPENDER),
        ("too poor", TOO_POOR),
    ] {
        made.push((name.to_owned(), lowered(text, &Contracts::default())));
    }
    for id in ["hot-counter", "swaps-one-pool"] {
        let examples = gallery::examples().into_iter();
        let example = examples
            .into_iter()
            .find(|it| it.id == id)
            .expect("it is there");
        made.push((
            id.to_owned(),
            lowered(&example.script, gallery::contracts()),
        ));
    }
    for (name, block) in &made {
        assert_eq!(noticed(block), None, "{name}");
    }
    let mut missed = Vec::new();
    for defect in defect::OF_RESULTS {
        match first_notice(defect, &made) {
            Some(notice) => println!("{defect:?}: noticed, {notice}"),
            None => missed.push(defect),
        }
    }
    assert!(missed.is_empty(), "not noticed: {missed:?}");
}
