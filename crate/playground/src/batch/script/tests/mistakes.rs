//! What a person writes wrong, where it is marked and what it says.

use interleave_engine::oracle;

use super::*;
use crate::batch::lower;

#[test]
fn every_mistake_has_its_place_and_says_what_is_right() {
    let cases: &[(&str, &[&str])] = &[
        ("let x = ;", &["1:9 `;` is not expected here"]),
        ("\n\n  \"abc", &["3:3 this text has no closing quote"]),
        ("\nlet a = `b${1}", &["2:15 this text has no closing quote"]),
        (
            "(1",
            &["1:3 `)` is missing for a matching ( in this expression"],
        ),
        (
            "acount(\"a\")",
            &["1:1 there is no `acount` for text; did you mean `account`?"],
        ),
        (
            "wach(1)",
            &["1:1 there is no `wach` for a plain integer; did you mean `watch`?"],
        ),
        (
            "let total = 1; totl",
            &["1:16 there is no variable `totl`; did you mean `total`?"],
        ),
        (
            "let a = account(\"a\");\nshard(a, 64);",
            &["2:1 `n` must be at most 63; found 64"],
        ),
        (
            "let a = account(\"a\");\nshard(a, 1);\nshard([a], 2);",
            &["3:1 `a` is in shard 1 already"],
        ),
        (
            "let a = account(\"a\");\ntransfer(a, a, 1, #{ reads: [1] });",
            &[
                "2:1 each entry of `reads` must be an address, `[address, slot]` or `[address, [slots]]`; found the number 1",
            ],
        ),
        (
            "let a = account(\"a\");\ntransfer(a, a, 1, #{ writes: [[a, -1]] });",
            &["2:1 `slot` must not be negative; found -1"],
        ),
        (
            "shard(1, 1)",
            &[
                "1:1 `accounts` must be an address, such as what `account(\"alice\")` or `hex(\"0x…\")` gives; found the number 1",
            ],
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
            "let a = account(\"a\");\naccess_list_change(1, a, \"balance\", 5);\ntransfer(a, a, 1);\naccess_list_change(0, a, \"code\", 5);\naccess_list_change(0, a, \"nonce\", -5);",
            &[
                "2:1 there is no transaction 1: the block has 1, from 0 to 0",
                "4:1 `field` must be \"balance\", \"nonce\" or a slot; found the text \"code\"",
                "5:1 `value` must not be negative; found -5",
            ],
        ),
        (
            "transfer(1)",
            &[
                "1:1 `transfer` takes 3 to 4 arguments; found 1: write `transfer(from, to, value, #{ gas_limit, gas_price, max_fee, priority_fee, nonce, access_list, reads, writes })`",
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
            "shuffle(0..3)",
            &["1:1 `list` must be a list, such as `[1, 2]`; found a range"],
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
            "let a = account(\"a\");\nsend(a, a, #{ authorization_list: [] });\n\
             send(a, a, #{ authorization_list: [1] });\n\
             send(a, a, #{ authorization_list: [#{ signer: a, address: a }], gas_price: 1 });\n\
             send(a, (), #{ data: hex(\"0x00\"), authorization_list: [#{ signer: a, address: a }] });",
            &[
                "2:1 `authorization_list` must not be empty",
                "3:1 each entry of `authorization_list` must be `#{ signer: alice, address: wallet }`; found the number 1",
                "4:1 a transaction with an `authorization_list` pays `max_fee` and `priority_fee`, not `gas_price`",
                "5:1 a transaction with an `authorization_list` needs a receiver",
            ],
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
            "fn f() { this }",
            &["1:10 reserved keyword 'this' is disabled"],
        ),
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
fn a_name_that_nobody_defines_does_not_hide_what_comes_after() {
    let script = "let a = acount(\"a\");\n\
                  let b = account(\"b\");\n\
                  totl += 1;\n\
                  transfer(b, nobody, 1);\n\
                  let x = 2 * (a + 1);\n\
                  acount(a, 1);\n\
                  acount(1, 1);\n\
                  send(b, b, \"f(uint256)\", [x]);\n\
                  let y = b + 1;\n\
                  account(y);\n\
                  transfer(b, b, -1);\n\
                  for i in a { account(1); }\n\
                  account(1);";
    assert_eq!(
        problems(script),
        [
            "1:9 there is no `acount` for text; did you mean `account`?",
            "3:1 there is no variable `totl`",
            "4:13 there is no variable `nobody`",
            "7:1 there is no `acount` for a plain integer, a plain integer; did you mean `account`?",
            "9:11 `+` does not work between an address and a plain integer",
            "11:1 `value` must not be negative; found -1",
        ]
    );
    // Functions do not see the variables around them, so there is nothing to stand in.
    assert_eq!(
        problems("let a = 1;\nfn f() { a }\nf();\naccount(1);"),
        ["2:10 a function does not see the variable `a` outside it; make it an argument"]
    );
    assert_eq!(
        problems("let m = #{};\nm[\"a\" + 1] = 1;"),
        ["2:7 `+` does not work between text and a plain integer"]
    );
    assert_eq!(
        problems("let n = nobody();\nlet m = #{};\nif n { account(1) }"),
        ["1:9 there is no `nobody` without arguments"]
    );
    let many: String = (0..30).map(|n| format!("f{n}();\n")).collect();
    assert_eq!(problems(&many).len(), 21);
}

#[test]
fn runs_with_stand_ins_share_the_steps_of_one() {
    let found = problems("for i in 0..2_000_000 { }\nnobody;\nlet n = 0; loop { n += 1; }");
    assert_eq!(found, ["2:1 there is no variable `nobody`"]);
}

#[test]
fn a_transaction_that_the_rules_refuse_stays_with_a_warning() {
    let cases = [
        ("#{ nonce: 3 }", "its nonce is 3, and the next of `a` is 0"),
        (
            "#{ gas_limit: 20_999 }",
            "its gas limit is 20999, and it costs at least 21000",
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
    let calls = [
        "transfer(a, a, 1, #{ gas_limit: 23_399, access_list: [a] })",
        "send(a, a, #{ gas_limit: 21_039, data: hex(\"0x01\") })",
    ];
    for (call, least) in calls.into_iter().zip([23_400, 21_040]) {
        let script = format!("let a = account(\"a\");\n{call};");
        let (_, problems) = evaluate(&script, &Contracts::default());
        let said: Vec<_> = problems.into_iter().map(|it| it.message).collect();
        let gas = least - 1;
        assert_eq!(
            said,
            [format!(
                "this transaction will be skipped: its gas limit is {gas}, and it costs at least {least}"
            )]
        );
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

/// What is said of a script, and which of its transactions are skipped.
fn skipped(transactions: &str) -> (Vec<(u32, String)>, Vec<usize>) {
    let script = format!(
        "let a = account(\"a\", #{{ balance: ether(1) }}); let b = account(\"b\");\n{transactions}"
    );
    let (batch, problems) = evaluate(&script, &Contracts::default());
    let said = problems.into_iter().map(|problem| {
        let line = problem.place.expect("of a transaction").line;
        (
            line - 1,
            problem
                .message
                .replace("this transaction will be skipped: ", ""),
        )
    });
    let said = said.collect();
    let block = lower(&batch, &Contracts::default()).expect("it can run");
    let result = oracle::result(&block);
    (said, result.skipped().map(|(tx, _)| tx).collect())
}

#[test]
fn a_transaction_that_is_skipped_uses_up_no_nonce() {
    // The rules refuse the first, so that the second has its nonce, given or not.
    for nonce in ["", ", #{ nonce: 0 }"] {
        let (said, skipped) = skipped(&format!(
            "transfer(a, b, 1, #{{ gas_limit: 20_000 }});\ntransfer(a, b, 1{nonce});\n\
             transfer(a, b, 1, #{{ nonce: 0 }});"
        ));
        assert_eq!(skipped, [0, 2]);
        assert_eq!(
            said,
            [
                (
                    1,
                    "its gas limit is 20000, and it costs at least 21000".into()
                ),
                (3, "its nonce is 0, and the next of `a` is 1".into()),
            ]
        );
    }
    // One with a nonce that is wrong is skipped too.
    let (said, skipped) = skipped(
        "transfer(a, b, 1, #{ nonce: 7 });\ntransfer(a, b, 1);\ntransfer(a, b, 1, #{ nonce: 1 });",
    );
    assert_eq!((said.len(), skipped), (1, vec![0]));
}

#[test]
fn nonces_after_one_that_its_sender_may_not_be_able_to_pay_are_not_judged() {
    let send = |nonce: u64| {
        skipped(&format!(
            "transfer(a, b, ether(2));\ntransfer(a, b, 1, #{{ nonce: {nonce} }});"
        ))
    };
    // It cannot, which only execution shows.
    assert_eq!(send(0), (vec![], vec![0]));
    assert_eq!(send(1), (vec![], vec![0, 1]));
    let said = "its nonce is 2, and the next of `a` is between 0 and 1".to_owned();
    assert_eq!(send(2), (vec![(2, said)], vec![0, 1]));
    // What was sent before counts.
    let (said, skipped) = skipped(
        "transfer(a, b, gwei(600_000_000));\ntransfer(a, b, gwei(600_000_000));\n\
         transfer(a, b, 1, #{ nonce: 1 });\ntransfer(a, b, 1, #{ nonce: 0 });",
    );
    assert_eq!(skipped, [1, 3]);
    assert_eq!(said.len(), 1, "{said:?}");
    assert_eq!(said[0].0, 4);
}

#[test]
fn authorizations_of_a_transaction_that_is_skipped_use_up_no_nonce() {
    let (said, skipped) = skipped(
        "send(a, b, #{ gas_limit: 30_000, authorization_list: [#{ signer: b, address: a }] });\n\
         transfer(b, a, 1, #{ nonce: 0 });",
    );
    assert_eq!(skipped, [0]);
    assert_eq!(
        said,
        [(
            1,
            "its gas limit is 30000, and it costs at least 46000".into()
        )]
    );
}
