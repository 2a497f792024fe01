//! Scripts in, batches and problems out.

use alloy_primitives::{TxKind, U256, address, hex};
use proptest::prelude::*;

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
fn an_empty_script_is_an_empty_batch() {
    for script in ["", "\n", "// Only a title", "let n = 0; for i in 0..n { }"] {
        assert!(batch(script).transactions.is_empty());
    }
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
    ];
    for truth in truths {
        batch(&format!("if !({truth}) {{ throw 1; }}"));
    }
}

#[test]
fn every_mistake_has_its_place_and_says_what_is_right() {
    let cases: &[(&str, &[&str])] = &[
        ("let x = ;", &["1:9 `;` is not expected here"]),
        ("\n\n  \"abc", &["3:3 this text has no closing quote"]),
        (
            "(1",
            &["1:3 `)` is missing for a matching ( in this expression"],
        ),
        (
            "acount(\"a\")",
            &["1:1 there is no `acount` for text; did you mean `account`?"],
        ),
        ("watch(1)", &["1:1 there is no `watch` for a plain integer"]),
        (
            "let total = 1; totl",
            &["1:16 there is no variable `totl`; did you mean `total`?"],
        ),
        (
            "account(1)",
            &["1:1 `name` must be text; found the number 1"],
        ),
        ("account(\"\")", &["1:1 a name must not be empty"]),
        (
            "account(\"a\u{202e}\")",
            &[
                "1:1 a name must not have control or direction characters; `a\\u{202e}` has \\u{202e}",
            ],
        ),
        (
            "let a = account(\"a\");\naccount(\"a\", #{ balance: 1 });",
            &["2:1 the account `a` exists; give its options where it is first named"],
        ),
        (
            "account(\"a\", #{ balance: -1 })",
            &["1:1 `balance` must not be negative; found -1"],
        ),
        (
            "account(\"a\", #{ balanc: 1 })",
            &["1:1 there is no option `balanc`; did you mean `balance`?"],
        ),
        (
            "account(\"a\", #{ storage: #{ x: 1 } })",
            &["1:1 a storage slot must be a decimal or `0x` number; found \"x\""],
        ),
        (
            "account(\"a\", #{ code: \"0x00\" })",
            &[
                "1:1 `code` must be bytes, such as what `hex(\"0x…\")` gives; found the text \"0x00\"",
            ],
        ),
        (
            "accounts(\"a\", 1.5)",
            &[
                "1:1 `n` must be a whole number, such as `10` or `ether(1)`; found the decimal number 1.5",
            ],
        ),
        (
            "accounts(\"a\", 30_001)",
            &["1:1 `n` must be at most 30000; found 30001"],
        ),
        // What failed gives a harmless value, and nothing is said of what is done with it.
        (
            "let a = accounts(\"a\", -1);\na[3];\nlet t = deploy(\"Tokn\");\nsend(account(\"b\"), t, \"nothing\", [1]);\nether(\"x\") - ether(1);",
            &[
                "1:9 `n` must not be negative; found -1",
                // The list is empty, and this ends the script.
            ],
        ),
        (
            "let t = deploy(\"Tokn\");\nsend(account(\"b\"), t, \"nothing\", [1]);\nlet x = ether(\"x\") - ether(1);",
            &[
                "1:9 there is no contract `Tokn`; did you mean `Token`?",
                "3:9 `ether` must be a number, such as `1`, `0.5` or \"1000\"; found the text \"x\"",
            ],
        ),
        // All of them at once, each once a place.
        (
            "let a = account(\"a\");\nfor i in 0..9 {\n  transfer(a, \"b\", 1);\n  transfer(a, a, -1);\n}",
            &[
                "3:3 `to` must be an address, such as what `account(\"alice\")` or `hex(\"0x…\")` gives; found the text \"b\"",
                "4:3 `value` must not be negative; found -1",
            ],
        ),
        (
            "transfer(1)",
            &[
                "1:1 `transfer` takes 3 to 4 arguments; found 1: write `transfer(from, to, value, #{ gas_limit, gas_price, max_fee, priority_fee, nonce, access_list })`",
            ],
        ),
        (
            "seed(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)",
            &["1:1 `seed` takes 1 argument; found 10: write `seed(n)`"],
        ),
        (
            "transfer(account(\"a\"), account(\"b\"), 1000000000000000000000)",
            &[
                "1:1 `value` must be a whole number, such as `10` or `ether(1)`; found 1e21, which is too large for a plain number: write it as text, `wei(\"…\")`",
            ],
        ),
        (
            "ether(1) - ether(2)",
            &["1:10 1000000000000000000 - 2000000000000000000 is below zero"],
        ),
        ("wei(1) / 0", &["1:8 1 / 0 is a division by zero"]),
        ("1 % wei(0)", &["1:3 1 % 0 is a division by zero"]),
        (
            "wei(2) ** 256",
            &["1:8 2 ** 256 is more than 256 bits hold"],
        ),
        (
            "ether(1) * -1",
            &["1:10 256-bit integers are never negative, so -1 cannot be part of `*` with one"],
        ),
        (
            "ether(1) * 1.5",
            &["1:10 `*` does not work between a 256-bit integer and a decimal number"],
        ),
        (
            "9223372036854775807 + 1",
            &["1:21 addition overflow: 9223372036854775807 + 1"],
        ),
        ("1 / 0", &["1:3 division by zero: 1 / 0"]),
        (
            "[1][5]",
            &["1:5 the list has 1 items, so there is none at 5"],
        ),
        (
            "ether(\"0.0000000000000000001\")",
            &["1:1 `ether` has at most 18 digits after the point; found 0.0000000000000000001"],
        ),
        (
            "ether(wei(2) ** 255)",
            &["1:1 `ether` does not fit in 256 bits"],
        ),
        (
            "hex(\"0xabc\")",
            &[
                "1:1 `hex` takes an even number of hexadecimal digits, such as \"0x01ff\"; found \"0xabc\"",
            ],
        ),
        (
            "random(0)",
            &["1:1 `n` must be at least 1, as there is no number below 0"],
        ),
        (
            "zipf(5, \"x\")",
            &["1:1 `s` must be a number from 0 to 10, such as `0.8`; found the text \"x\""],
        ),
        (
            "deploy(\"Airdrop\")",
            &["1:1 `constructor of Airdrop(uint256 supply_)` takes 1 argument; found 0"],
        ),
        (
            "let t = deploy(\"Token\");\n  send(account(\"a\"), t, \"tranfer\", [1]);",
            &["2:3 `Token` has no function `tranfer`; did you mean `transfer(address,uint256)`?"],
        ),
        (
            "let t = deploy(\"Token\");\n  send(account(\"a\"), t, \"mint\", [t, -1]);",
            &[
                "2:3 argument 2 of `mint(address to, uint256 amount)` must be a uint256; found the number -1",
            ],
        ),
        (
            "send(account(\"a\"), account(\"b\"), \"f\")",
            &[
                "1:1 `b` is no contract of this script, so the call must be a whole signature, such as \"transfer(address,uint256)\"",
            ],
        ),
        (
            "send(account(\"a\"), ())",
            &[
                "1:1 without a receiver, a transaction needs the option `data`, the code that creates a contract",
            ],
        ),
        (
            "let t = deploy(\"Token\"); transfer(t, t, 1)",
            &["1:26 `Token` is a contract (`Token`), and only accounts send transactions"],
        ),
        (
            "deploy(\"Token\", [], #{ name: \"x\" }); account(\"x\")",
            &["1:38 `x` is the name of a contract"],
        ),
        (
            "block(#{ hardfork: \"osak\" })",
            &["1:1 there is no hard fork `osak`; did you mean `osaka`?"],
        ),
        (
            "block(#{}); block(#{})",
            &["1:13 `block` is called once; put all options there"],
        ),
        (
            "fn f(a) { transfer(a, a, -1) }\nf(account(\"a\"))",
            &["1:11 `value` must not be negative; found -1"],
        ),
        (
            "throw \"enough\"",
            &["1:1 the script stopped itself: enough"],
        ),
        (
            "sleep(10)",
            &["1:1 there is no `sleep` for a plain integer"],
        ),
        ("eval(\"1\")", &["1:1 reserved keyword 'eval' is disabled"]),
        (
            "import \"x\" as y",
            &["1:1 `import` is a word that scripts cannot use"],
        ),
    ];
    let wrong: Vec<_> = cases
        .iter()
        .map(|(script, expected)| (script, problems(script), expected))
        .filter(|(_, found, expected)| found != *expected)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_transaction_that_the_rules_refuse_stays_with_a_warning() {
    let cases = [
        ("#{ nonce: 3 }", "its nonce is 3, and the next of `a` is 0"),
        (
            "#{ gas_limit: 20_999 }",
            "its gas limit is 20999, and every transaction costs at least 21000",
        ),
        (
            "#{ gas_limit: 16_777_217 }",
            "its gas limit is 16777217, and the hard fork allows at most 16777216",
        ),
        (
            "#{ max_fee: 999_999_999 }",
            "it pays at most 999999999 wei a gas, and the base fee is 1000000000",
        ),
        (
            "#{ gas_price: 0 }",
            "it pays at most 0 wei a gas, and the base fee is 1000000000",
        ),
        (
            "#{ max_fee: gwei(2), priority_fee: gwei(3) }",
            "its `priority_fee` is more than its `max_fee`, 2000000000",
        ),
    ];
    for (options, message) in cases {
        let script = format!("let a = account(\"a\");\ntransfer(a, a, 1, {options});");
        let (batch, problems) = evaluate(&script, &Contracts::default());
        assert_eq!(batch.transactions.len(), 1);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(problems[0].severity, Severity::Warning);
        assert_eq!(
            problems[0].message,
            format!("this transaction will be skipped: {message}")
        );
        assert_eq!(problems[0].place, Some(Place { line: 2, column: 1 }));
    }
    for options in [
        "#{ gas_limit: 16_777_216 }",
        "#{ gas_limit: 21_000 }",
        "#{ max_fee: gwei(1) }",
    ] {
        batch(&format!(
            "let a = account(\"a\"); transfer(a, a, 1, {options});"
        ));
    }
}

#[test]
fn limits_hold_at_one_above_and_not_at_themselves() {
    let transfers =
        |n: usize| format!("let a = account(\"a\");\nfor i in 0..{n} {{ transfer(a, a, 1) }}");
    assert_eq!(
        batch(&transfers(limits::TRANSACTIONS)).transactions.len(),
        limits::TRANSACTIONS
    );
    assert_eq!(
        problems(&transfers(limits::TRANSACTIONS + 1)),
        ["2:22 a block has at most 100000 transactions"]
    );

    let name = |n: usize| format!("account(\"{}\")", "é".repeat(n));
    batch(&name(200));
    assert_eq!(
        problems(&name(201)),
        ["1:1 a name has at most 200 characters; this one has 201"]
    );

    let comment = |n: usize| format!("//\n{}", "/".repeat(n - 3));
    batch(&comment(limits::SCRIPT_CHARS));
    assert_eq!(
        problems(&comment(limits::SCRIPT_CHARS + 1)),
        ["2:999998 a script has at most 1000000 characters"]
    );

    let wrong = |n: usize| (0..n).map(|_| "account(1);\n").collect::<String>();
    assert_eq!(problems(&wrong(99)).len(), 99);
    let many = problems(&wrong(200));
    assert_eq!(many.len(), 101);
    assert_eq!(
        many[100],
        "100:1 there are more than 100 problems; the rest is not looked at"
    );
}

#[test]
fn what_never_ends_or_grows_is_stopped_where_it_is() {
    let steps = "the script takes more than 15000000 steps; does a loop never end?";
    let sizes =
        "a list has at most 30000 items, a text 200000 bytes and an object map 10000 entries";
    let depth = "functions call each other more than 32 levels deep";
    let cases = [
        ("\n loop {}", "2:7", steps),
        ("for i in 0..1_000_000_000_000 {}", "1:31", steps),
        ("loop { account(\"a\") }", "1:8", steps),
        (
            "let s = \"ab\"; for i in 0..20 { s += s } loop { keccak(s) }",
            "1:34",
            sizes,
        ),
        (
            "let s = \"ab\"; for i in 0..16 { s += s } loop { keccak(s) }",
            "1:48",
            steps,
        ),
        (
            "let i = 0; loop { i += 1; zipf(30_000, i * 0.000001) }",
            "1:21",
            steps,
        ),
        ("fn f() { f() }\nf()", "2:1", depth),
        ("let s = [1]; loop { s += s }", "1:23", sizes),
        ("let s = [1]; loop { s = [s, s] }", "1:29", sizes),
        ("[1].pad(1_000_000_000, 1)", "1:5", sizes),
        ("loop { accounts(\"a\", 30_000) }", "1:8", steps),
        (
            "let i = 0; loop { accounts(`a${i}`, 30_000); i += 1 }",
            "1:19",
            "a script makes at most 400000 accounts",
        ),
        (
            "accounts(\"a\", 1_000_000_000)",
            "1:1",
            "`n` must be at most 30000; found 1000000000",
        ),
        (
            "let a = accounts(\"a\", 30_000, #{ storage: [[1, 1], [2, 2], [3, 3], [4, 4], [5, 5], [6, 6], [7, 7], [8, 8], [9, 9], [10, 1], [11, 1], [12, 1], [13, 1], [14, 1], [15, 1], [16, 1], [17, 1], [18, 1], [19, 1], [20, 1], [21, 1], [22, 1], [23, 1], [24, 1], [25, 1], [26, 1], [27, 1], [28, 1], [29, 1], [30, 1], [31, 1], [32, 1]] })",
            "1:9",
            "a batch holds at most 64000000 bytes of call data, code and storage",
        ),
    ];
    let mut wrong = Vec::new();
    for (script, place, message) in cases {
        let found = problems(script);
        let expected = format!("{place} {message}");
        if found != [expected.clone()] {
            wrong.push((script, found, expected));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_script_ends_when_its_caller_wants() {
    let (_, problems) = evaluate_until("let a = [1];\nloop { }", &Contracts::default(), || true);
    assert_eq!(problems.len(), 1);
    assert_eq!(
        problems[0].message,
        "the script was stopped here, as it took too long"
    );
    assert_eq!(problems[0].place, Some(Place { line: 2, column: 6 }));
}

#[test]
fn texts_nested_without_end_are_refused() {
    let shapes = [
        ("!", "true", ""),
        ("(", "1", ")"),
        ("[", "1", "]"),
        ("{", "1", "}"),
        ("1+", "1", ""),
        ("", "a", ".b"),
        ("", "a", "[0]"),
        ("if x {} else ", "{}", ""),
        ("`${", "1", "}`"),
        ("|x| ", "1", ""),
        ("loop {", "", "}"),
        ("#{a:", "1", "}"),
        ("1 ?? ", "1", ""),
        ("f(", "1", ")"),
        ("try {", "", "} catch {}"),
        ("a && ", "b", ""),
    ];
    for (before, inside, after) in shapes {
        let script = format!("{}{inside}{}", before.repeat(20_000), after.repeat(20_000));
        let found = problems(&script);
        assert!(
            found[0].ends_with("this expression has more than 48 levels"),
            "{before}: {found:?}"
        );
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

/// Pieces that make text look like a script.
fn piece() -> impl Strategy<Value = String> {
    let words: Vec<String> = verbs::VERBS
        .iter()
        .map(|verb| format!("{}(", verb.name))
        .chain(
            [
                "let a = ",
                "a",
                "b",
                "\"a\"",
                "\"Token\"",
                "\"transfer(address,uint256)\"",
                "#{",
                "value: ",
                "nonce: ",
                "}",
                "[",
                "]",
                "(",
                ")",
                ")",
                ")",
                "; ",
                ";\n",
                ", ",
                ", ",
                "-1",
                "0",
                "1",
                "1.5",
                "9223372036854775807",
                "ether(1)",
                "hex(\"0xff\")",
                " + ",
                " ** ",
                " / ",
                "for i in 0..3 { ",
                "if a == b { ",
                "fn f(x) { ",
                "`${a}`",
                "()",
                "return ",
                "|x| ",
            ]
            .map(str::to_owned),
        )
        .collect();
    prop_oneof![
        9 => proptest::sample::select(words),
        1 => any::<char>().prop_map(|c| c.to_string()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        rng_seed: proptest::test_runner::RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_text_makes_it_panic(pieces in proptest::collection::vec(piece(), 0..40)) {
        let script = pieces.concat();
        for problem in evaluate(&script, &example_contracts()).1 {
            prop_assert!(!problem.message.is_empty());
            prop_assert!(problem.place.is_some(), "{}: {}", script, problem.message);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(text in any::<String>()) {
        evaluate(&text, &Contracts::default());
    }
}
