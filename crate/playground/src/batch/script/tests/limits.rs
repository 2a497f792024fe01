//! Scripts that never end or grow too large.

use super::*;

#[test]
fn what_never_ends_or_grows_is_stopped_where_it_is() {
    let steps = "the script takes more than 15000000 steps; does a loop never end?";
    let sizes =
        "a list has at most 30000 items, a text 200000 bytes and an object map 10000 entries";
    let depth = "functions call each other more than 24 levels deep";
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
            "a script makes at most 200000 accounts",
        ),
        (
            "accounts(\"a\", 1_000_000_000)",
            "1:1",
            "`n` must be at most 30000; found 1000000000",
        ),
        (
            "let a = accounts(\"a\", 30_000, #{ storage: [[1, 1], [2, 2], [3, 3], [4, 4], [5, 5], [6, 6], [7, 7], [8, 8], [9, 9], [10, 1], [11, 1], [12, 1], [13, 1], [14, 1], [15, 1], [16, 1], [17, 1], [18, 1], [19, 1], [20, 1], [21, 1], [22, 1], [23, 1], [24, 1], [25, 1], [26, 1], [27, 1], [28, 1], [29, 1], [30, 1], [31, 1], [32, 1]] })",
            "1:9",
            "a batch holds at most 64000000 bytes of call data, code, storage and hints",
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
fn whoever_watches_stops_a_script_and_its_preparation() {
    let control = Control::default();
    control.stop();
    let none = Contracts::default();
    let (_, found) = evaluate_watched("\nloop {}", &none, &control);
    let said: Vec<_> = found.iter().map(|it| it.message.as_str()).collect();
    assert_eq!(said, ["the script was stopped"]);

    // With nothing to prepare too, since what comes after it is not wanted either.
    for script in ["let a = account(\"a\"); prepare(a, a)", ""] {
        let refused = crate::batch::lower_watched(&batch(script), &none, &control).unwrap_err();
        assert_eq!(refused[0].message, "the preparation was stopped");
    }
}
