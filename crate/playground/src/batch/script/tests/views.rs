//! What a script watches and expects, and what comes of it.

use interleave_engine::oracle;

use super::*;
use crate::batch::{
    lower,
    view::{Looked, Seen},
};

const SETTING: &str = r#"
let alice = account("alice");
let bob = account("bob", #{ balance: 0 });
let token = deploy("Token", [], #{ from: alice, name: "token" });
prepare(alice, token, "mint", [alice, 10]);
send(alice, token, "transfer(address,uint256)", [bob, 4]);
transfer(alice, bob, ether(1.5));
"#;

/// What looking at the batch of a script gives.
fn looked(lines: &str) -> (Batch, Looked) {
    let contracts = example_contracts();
    let batch = batch(&format!("{SETTING}{lines}"));
    let block = lower(&batch, &contracts).unwrap();
    let result = oracle::result(&block);
    let post = || batch.post_state(&block, &result);
    let looked = Looked::new(&batch, &block, post, &contracts, &Control::default());
    let looked = looked.expect("nobody stops it");
    (batch, looked)
}

#[test]
fn a_watch_shows_a_value_before_and_after() {
    let (batch, looked) = looked(
        r#"
        watch("bob", bob);
        watch("bob's tokens", token, "balanceOf", [bob]);
        watch("in tens", token, "balanceOf(address)", [alice], #{ decimals: 1 });
        watch("minter", token, "minter");
        watch("nobody", account("nobody"), "get()");
        watch("nothing", token, "transfer", [alice, 1000]);
        "#,
    );
    let labels: Vec<_> = batch.watches.iter().map(|it| it.label.as_str()).collect();
    assert_eq!(labels[0], "bob");
    let seen = |before: &str, after: &str, change: Option<&str>| Seen {
        before: before.into(),
        after: after.into(),
        change: change.map(Into::into),
    };
    let poor = "a revert (InsufficientBalance(holder: 0x0000000000000000000000000000000000000000, balance: 0, needed: 1000))";
    assert_eq!(
        looked.watches,
        [
            seen("0", "1.5", Some("+1.5")),
            seen("0", "4", Some("+4")),
            seen("1", "0.6", Some("−0.4")),
            seen("alice", "alice", None),
            seen("0x", "0x", None),
            seen(poor, poor, None),
        ]
    );
    assert_eq!(batch.watches[1].view.text, "token.balanceOf(bob)");
}

#[test]
fn an_expectation_that_does_not_hold_is_an_error_at_its_place() {
    let (batch, looked) = looked(
        "expect(bob, ether(1.5));\n\
         expect(token, \"balanceOf\", [bob], 4);\n\
         expect(token, \"balanceOf\", [bob], 5);\n\
         expect(token, \"minter\", alice);\n\
         expect(token, \"minter\", bob);\n\
         expect(bob, #{ at_least: 1, at_most: ether(2) });\n\
         expect(bob, #{ at_least: ether(2) });\n\
         expect(token, \"transfer\", [bob, 1000], true);\n\
         expect(account(\"nobody\"), \"get() returns (uint256)\", [], 0);",
    );
    let unmet: Vec<_> = looked
        .unmet(&batch)
        .map(|problem| (problem.place.unwrap().line - 8, problem.message))
        .collect();
    let lines: Vec<_> = unmet.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [2, 4, 6, 7, 8], "{unmet:#?}");
    assert_eq!(
        unmet[0].1,
        "after the block, token.balanceOf(bob) is 4, expected 5"
    );
    assert_eq!(
        unmet[1].1,
        "after the block, token.minter() is alice, expected bob"
    );
    assert_eq!(
        unmet[2].1,
        "after the block, the balance of bob is 1500000000000000000, expected at least 2000000000000000000"
    );
    assert!(
        unmet[3].1.contains("is a revert (InsufficientBalance("),
        "{unmet:#?}"
    );
    assert!(
        unmet[4]
            .1
            .contains("is nothing, as no contract is there, expected 0")
    );
}

#[test]
fn what_cannot_be_looked_at_is_a_problem() {
    let cases = [
        ("watch(\"\", alice)", "a name must not be empty"),
        ("watch(\"a\", 1)", "`of` must be an address"),
        (
            "watch(\"a\", token, \"balanceOf\", [])",
            "`balanceOf(address holder)` takes 1 argument; found 0",
        ),
        (
            "watch(\"a\", alice, \"get\")",
            "`alice` is no contract of this script",
        ),
        (
            "watch(\"a\", alice, #{ decimals: 78 })",
            "`decimals` must be at most 77",
        ),
        (
            "watch(\"a\", alice, #{ decimal: 1 })",
            "there is no option `decimal`; did you mean `decimals`?",
        ),
        ("expect(alice)", "`expect` takes 2 to 4 arguments; found 1"),
        (
            "expect(alice, \"x\")",
            "what the balance of alice is expected to be must be a uint256",
        ),
        (
            "expect(alice, #{})",
            "without a value, `expect` needs `at_least` or `at_most`",
        ),
        (
            "expect(token, \"minter\", 5)",
            "what token.minter() is expected to be must be an address",
        ),
    ];
    for (line, message) in cases {
        let found = problems(&format!("{SETTING}{line}"));
        assert_eq!(found.len(), 1, "{line}: {found:#?}");
        assert!(
            found[0].starts_with(&format!("8:1 {message}")),
            "{line}: {found:#?}"
        );
    }
}

#[test]
fn assembled_code_runs_and_an_authorization_lends_it_to_an_account() {
    let (_, looked) = looked(
        r#"
        let counter = deploy(assemble(`
            PUSH 0 SLOAD        ; the count so far
            CALLDATASIZE PUSH @add JUMPI
            PUSH 0 MSTORE PUSH 32 PUSH 0 RETURN
            add: PUSH 1 ADD PUSH 0 SSTORE
        `), [], #{ name: "counter" });
        let own = account("own", #{ code: assemble("PUSH 7 PUSH 0 MSTORE PUSH 32 PUSH 0 RETURN") });
        send(bob, counter, #{ data: hex("0x01") });
        send(alice, counter, #{ data: hex("0x01") });
        send(alice, bob, #{ data: hex("0x01"), authorization_list: [#{ signer: bob, address: counter }] });
        expect(own, "get() returns (uint256)", [], 7);
        watch("calls with data", counter, "x()");
        "#,
    );
    assert_eq!(looked.expectations[0].found, "7");
    assert!(looked.expectations[0].holds);
    // A call of `x()` has data, so it counts, and nothing of what it does is kept.
    assert_eq!(looked.watches[0].after, "0x");
}
