//! Block access lists as files, and what is said of shards.

use std::fs;

use serde_json::Value;

use super::interleave;

const SCRIPT: &str = "let p = accounts(\"p\", 3);\n\
    shard(p[0], 0); shard(p[1], 0); shard(p[2], 1);\n\
    transfer(p[0], p[1], 1);\ntransfer(p[1], p[2], 1);";

#[test]
fn a_list_that_was_written_replays_and_a_false_one_is_refused() {
    let file = std::env::temp_dir().join(format!("interleave-list-{}.json", std::process::id()));
    let name = file.to_str().expect("a plain path");
    let run = |arguments: &[&str]| {
        let run = ["run", "-", "--runner", "simulated", "--workers", "2"];
        interleave(&[&run[..], arguments].concat(), SCRIPT)
    };
    let written = run(&["--export", &format!("access-list={name}")]);
    assert_eq!((written.status, written.error.as_str()), (0, ""));
    let replay = ["--strategy", "block-access-list", "--access-list", name];
    let replayed = run(&replay);
    assert_eq!(replayed.status, 0, "{}", replayed.error);
    let digest = |output: &str| {
        let line = output.lines().find(|line| line.contains("digest"));
        line.expect("a digest").to_owned()
    };
    assert_eq!(digest(&replayed.output), digest(&written.output));
    let said = "the block access list was given, and reading it is no part of the time; comparing with its";
    assert!(replayed.output.contains(said), "{}", replayed.output);
    let made = run(&replay[..2]);
    let said = "the block access list was made beforehand in 42 000 gas; comparing with its";
    assert!(made.output.contains(said), "{}", made.output);

    let text = fs::read_to_string(&file).expect("it was written");
    let mut list: Value = serde_json::from_str(&text).expect("JSON");
    let mut accounts = list.as_array_mut().expect("accounts").iter_mut();
    let changes = accounts.find_map(|it| {
        it["nonceChanges"]
            .as_array_mut()
            .filter(|it| !it.is_empty())
    });
    let change = &mut changes.expect("somebody sends")[0];
    change["value"] = "0x7".into();
    let index = change["index"].as_str().expect("hexadecimal").to_owned();
    fs::write(&file, list.to_string()).expect("it can be written");
    let refused = run(&replay);
    assert_eq!(refused.status, 2, "{}", refused.output);
    assert!(refused.output.is_empty());
    let tx = if index == "0x1" { 0 } else { 1 };
    let said = format!(", transaction {tx}: it declares another value than was written");
    assert!(
        refused.error.contains("does not hold at the nonce of p-"),
        "{}",
        refused.error
    );
    assert!(refused.error.contains(&said), "{}", refused.error);

    fs::write(&file, &text[..text.len() / 2]).expect("it can be written");
    let refused = run(&replay);
    assert_eq!(refused.status, 2);
    assert!(
        refused.error.starts_with(&format!("{name}:")),
        "{}",
        refused.error
    );
    assert!(
        refused.error.contains("not a block access list"),
        "{}",
        refused.error
    );
    fs::remove_file(&file).expect("it is there");

    let refused = run(&["--access-list", "/no/such/file"]);
    assert_eq!(refused.status, 2);
    assert!(
        refused.error.contains("takes no block access list"),
        "{}",
        refused.error
    );
    let refused = run(&[&replay[..3], &["/no/such/file"]].concat());
    assert!(refused.error.contains("No such file"), "{}", refused.error);
}

#[test]
fn what_crossed_shards_is_printed() {
    let shards = ["run", "-", "--strategy", "shards", "--shards", "2"];
    let how = ["--runner", "simulated", "--workers", "2"];
    let call = interleave(&[&shards[..], &how].concat(), SCRIPT);
    assert_eq!(call.status, 0, "{}", call.error);
    for line in [
        "1 transaction crossed shards, 50 % of all, with 21 000 gas; ",
        "shard 0: 1 transaction, 21 000 gas\n",
        "shard 1: 0 transactions, 0 gas\n",
    ] {
        assert!(call.output.contains(line), "{line}{}", call.output);
    }
}

#[test]
fn a_list_that_a_script_makes_false_is_rejected_in_its_line() {
    let file = "examples/false-list.rhai";
    let run = |strategy: &str| {
        let simulated = ["--runner", "simulated", "--strategy", strategy];
        interleave(&[&["run", file][..], &simulated].concat(), "")
    };
    let refused = run("block-access-list");
    assert_eq!((refused.status, refused.output.as_str()), (2, ""));
    let said = "error: rejected: the block access list does not hold at the balance of till (0x";
    assert!(refused.error.contains(said), "{}", refused.error);
    assert!(refused.error.starts_with(file), "{}", refused.error);
    assert!(
        refused.error.contains("transaction 60: "),
        "{}",
        refused.error
    );
    assert_eq!(run("dag").status, 0);

    let compared = interleave(&["compare", file, "--runner", "simulated"], "");
    assert_eq!(compared.status, 0, "{}", compared.error);
    let said = format!("{file}: block-access-list rejected: the block access list");
    assert!(compared.error.contains(&said), "{}", compared.error);
    assert!(
        !compared.output.contains("block-access-list"),
        "{}",
        compared.output
    );
}
