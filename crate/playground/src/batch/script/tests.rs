//! Scripts in, batches and problems out.

mod limits;
mod mistakes;
mod reference;
mod texts;
mod views;

use alloy_primitives::{TxKind, U256, address, hex};

use super::*;
use crate::contracts::tests::example_contracts;

/// What is wrong with a script, as `line:column message`.
fn problems(script: &str) -> Vec<String> {
    evaluate(script, &example_contracts())
        .1
        .into_iter()
        .map(|problem| {
            let place = match problem.place {
                Some(place) => format!("{}:{}", place.line, place.column),
                None => "nowhere".to_owned(),
            };
            format!("{place} {}", problem.message)
        })
        .collect()
}

/// The batch of a script without problems.
fn batch(script: &str) -> Batch {
    let (batch, problems) = evaluate(script, &example_contracts());
    assert_eq!(problems, [], "{script}");
    batch
}

const TWO_ACCOUNTS: &str = r#"
let alice = account("alice");
let bob = account("bob", #{ balance: ether(5), nonce: 7 });
let token = deploy("Token", [], #{ from: alice, name: "token" });
prepare(alice, token, "mint(address,uint256)", [bob, 10]);
send(bob, token, "transfer", [alice, 4], #{ gas_limit: 90_000 });
transfer(bob, alice, ether("1.5"));
send(alice, token, "approve(address,uint256)", [bob, 1], #{ gas_price: gwei(3) });
"#;

#[test]
fn an_authorization_has_the_nonce_its_signer_has_then() {
    let batch = batch(
        r#"
        let alice = account("alice");
        let bob = account("bob", #{ nonce: 7 });
        let wallet = account("wallet", #{ code: hex("0x00") });
        transfer(alice, bob, 1);
        send(alice, bob, #{ authorization_list: [
            #{ signer: alice, address: wallet },
            #{ signer: bob, address: wallet },
            #{ signer: bob, address: wallet, nonce: 3, chain_id: 0 },
        ] });
        transfer(alice, bob, 1);
        transfer(bob, alice, 1, #{ gas_limit: 100_000 });
        "#,
    );
    let tx = &batch.transactions[1].env;
    assert_eq!(
        (tx.tx_type, tx.nonce, tx.gas_priority_fee),
        (4, 1, Some(1_000_000_000))
    );
    let list: Vec<_> = (tx.authorization_list.iter())
        .map(|it| {
            let signed = it.as_ref().right().unwrap();
            let name = &batch.names[&signed.authority().unwrap()];
            (name.as_str(), signed.chain_id.to::<u64>(), signed.nonce)
        })
        .collect();
    assert_eq!(list, [("alice", 1, 2), ("bob", 1, 7), ("bob", 0, 3)]);
    let nonces: Vec<_> = batch.transactions.iter().map(|it| it.env.nonce).collect();
    assert_eq!(nonces, [0, 1, 3, 8]);

    // All that can be are applied, and the sender's nonces are right.
    let block = crate::batch::lower(&batch, &Contracts::default()).unwrap();
    let result = interleave_engine::oracle::result(&block);
    let executed = |it: &interleave_engine::outcome::Outcome| it.gas_used() > 0;
    assert!(result.outcomes.iter().all(executed), "{result:?}");
    let nonces: Vec<_> = (result.changes.accounts.values())
        .filter_map(|change| match change {
            interleave_engine::state::AccountChange::Updated { nonce, .. } => Some(*nonce),
            interleave_engine::state::AccountChange::Deleted => None,
        })
        .filter(|nonce| *nonce > 0)
        .collect();
    assert_eq!(nonces.iter().sum::<u64>(), 4 + 9);
}

#[test]
fn a_script_becomes_a_batch() {
    let batch = batch(&format!(
        "// Title\n// one\n//   two\n\n// no more{TWO_ACCOUNTS}"
    ));
    assert_eq!(batch.title, "Title");
    assert_eq!(batch.description, "one\ntwo");
    assert_eq!(batch.env.basefee, 1_000_000_000);

    let named = |name: &str| {
        *batch
            .names
            .iter()
            .find(|(_, known)| *known == name)
            .unwrap()
            .0
    };
    let (alice, bob, token) = (named("alice"), named("bob"), named("token"));
    assert_eq!(token, alice.create(0));
    assert_eq!(batch.contracts[&token], "Token");
    assert_eq!(batch.prestate.accounts[&bob].nonce, 7);
    assert_eq!(
        batch.prestate.accounts[&alice].balance,
        U256::from(100_000_000_000_000_000_000_u128)
    );

    let prepared: Vec<_> = batch
        .preparation
        .iter()
        .map(|tx| {
            (
                tx.label.as_str(),
                tx.env.caller,
                tx.env.nonce,
                tx.env.gas_price,
            )
        })
        .collect();
    assert_eq!(
        prepared,
        [
            ("deploy Token", alice, 0, 0),
            ("mint(address,uint256)", alice, 1, 0)
        ]
    );

    let sent: Vec<_> = batch
        .transactions
        .iter()
        .map(|tx| {
            let env = &tx.env;
            let line = tx.place.unwrap().line;
            (
                tx.label.as_str(),
                env.caller,
                env.nonce,
                env.gas_limit,
                env.tx_type,
                line,
            )
        })
        .collect();
    assert_eq!(
        sent,
        [
            ("transfer(address,uint256)", bob, 7, 90_000, 2, 10),
            ("transfer", bob, 8, 21_000, 2, 11),
            ("approve(address,uint256)", alice, 2, 1_000_000, 0, 12),
        ]
    );
    let transfer = &batch.transactions[1].env;
    assert_eq!(transfer.kind, TxKind::Call(alice));
    assert_eq!(transfer.value, U256::from(1_500_000_000_000_000_000_u128));
    assert_eq!(
        (transfer.gas_price, transfer.gas_priority_fee),
        (3_000_000_000, Some(1_000_000_000))
    );
    assert_eq!(&batch.transactions[0].env.data[..4], hex!("a9059cbb"));
}

#[test]
fn a_name_always_has_the_same_address() {
    let batch = batch("account(\"alice\"); accounts(\"holder\", 2);");
    let names: Vec<_> = batch
        .names
        .iter()
        .map(|(address, name)| (name.as_str(), *address))
        .collect();
    assert!(
        names.contains(&(
            "alice",
            address!("0ffb7a284dbbe6290de40f05a20f113cafd5612f")
        )),
        "{names:?}"
    );
}

#[test]
fn a_heading_is_cut_and_cannot_change_the_text_around_it() {
    let (title, description) = heading(&format!("// a\u{202e}b{}\n//c\u{7}d", "x".repeat(500)));
    assert!(title.starts_with("abxxx") && title.chars().count() == 200);
    assert_eq!(description, "cd");
}

#[test]
fn an_empty_script_is_an_empty_batch() {
    for script in ["", "\n", "// Only a title", "let n = 0; for i in 0..n { }"] {
        assert!(batch(script).transactions.is_empty());
    }
}

#[test]
fn lines_end_where_editors_end_them() {
    for end in ["\n", "\r\n", "\r"] {
        let lines = [
            "// Old, and",
            "// so on",
            "let a = 1;",
            "let b = acount(\"b\");",
        ];
        let (batch, problems) = evaluate(&lines.join(end), &Contracts::default());
        assert_eq!(batch.title, "Old, and");
        let places: Vec<_> = problems.iter().filter_map(|it| it.place).collect();
        assert_eq!(places, [Place { line: 4, column: 9 }], "{end:?}");
    }
    // One in a comment ends it.
    let (_, problems) = evaluate("// a\rlet b = acount(1);\n", &Contracts::default());
    assert_eq!(problems[0].place, Some(Place { line: 2, column: 9 }));
}

#[test]
fn values_of_the_language_mix_as_expected() {
    let truths = [
        "ether(1) == 1_000_000_000_000_000_000",
        "ether(0.1) * 10 == ether(1)",
        "2 * gwei(1) + 1 > gwei(2)",
        "10 ** 18 == ether(1) && wei(10) ** 30 == ether(10) ** 2 / 10 ** 8",
        "wei(\"0xff\") % 16 == 15 && 255 % wei(16) == 15",
        "-1 < wei(0) && wei(0) >= -1 && !(wei(0) == -1) && wei(1) != 2",
        "`${ether(1)}` == \"1000000000000000000\"",
        "wei(hex(\"0x0100\")) == 256 && wei(\"1_000\") == 1000",
        "account(\"a\") == account(\"a\") && account(\"a\") != account(\"b\")",
        "`${account(\"a\")}`.len() == 42",
        "hex(\"0x01\") == hex(\"01\") && hex(\"0x0102\").len() == 2",
        "keccak(\"\") == hex(\"c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470\")",
        "keccak(1) == keccak(encode(\"(uint256)\", [1]))",
        "encode(\"f(uint8)\", [1]).len() == 36",
        "wei(5).to_int() + 1 == 6",
        "random(10) < 10 && random(ether(1)) < ether(1)",
        "shuffle([1, 2, 3]).len() == 3",
        "zipf(3, 1) < 3",
        "min(ether(1), 5) == 5 && max(5, ether(1)) == ether(1) && max(1, 2) == 2",
        "account(\"a\") in [account(\"b\"), account(\"a\")] && ether(1) in [ether(1)]",
    ];
    for truth in truths {
        batch(&format!("if !({truth}) {{ throw 1; }}"));
    }
}

#[test]
fn the_same_script_gives_the_same_batch() {
    let script = "seed(3); let a = shuffle(accounts(\"a\", 50)); for i in 0..50 { transfer(a[zipf(50, 1)], a[random(50)], random(ether(1))) }";
    let text = |batch: &Batch| {
        format!(
            "{:?}{:?}{:?}",
            batch.transactions, batch.env, batch.block_hashes
        )
    };
    let (one, other) = (batch(script), batch(script));
    assert_eq!(text(&one), text(&other));
    assert_ne!(
        text(&one),
        text(&batch(&script.replace("seed(3)", "seed(4)")))
    );
}

#[test]
fn every_example_is_read_without_problems() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "rhai") {
            let batch = batch(&std::fs::read_to_string(&path).unwrap());
            assert!(
                !batch.title.is_empty() && !batch.description.is_empty(),
                "{path:?}"
            );
            assert!(!batch.transactions.is_empty(), "{path:?}");
            seen += 1;
        }
    }
    assert!(seen >= 9, "{seen} examples");
}
