//! Texts that nobody would write: nothing makes the reader panic.

use proptest::prelude::*;

use super::*;

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
            found[0].ends_with("this is nested more than 48 levels deep, or 24 inside a function"),
            "{before}: {found:?}"
        );
    }
}

#[test]
fn functions_that_call_each_other_from_deep_inside_have_stack_enough() {
    let shapes = [
        ("if true {", "}"),
        ("loop {", "}"),
        ("(", " + 1)"),
        ("[", "]"),
        ("`${", "}`"),
        ("switch 1 { 1 => {", "} }"),
        ("for i in [1] {", "}"),
        ("try {", "} catch {}"),
        ("ether(", ")"),
        ("[1].map(|x| ", ")"),
    ];
    for (before, after) in shapes {
        let mut depths = 0;
        for depth in 1..crate::limits::FUNCTION_EXPRESSION_DEPTH {
            let body = format!("{}f(){}", before.repeat(depth), after.repeat(depth));
            let found = problems(&format!("fn f() {{ {body} }}\nf();"));
            if !found[0].ends_with("inside a function") {
                assert!(found[0].ends_with("levels deep"), "{found:?}");
                depths += 1;
            }
        }
        assert!(depths > 2, "{before}: {depths}");
    }
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
