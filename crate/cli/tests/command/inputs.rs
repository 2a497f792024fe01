//! What is read: files of every kind, and one error with its place for those that cannot be.

use std::{fs, io::Write};

use serde_json::{Value, json};

use super::{block, interleave};

#[test]
fn transactions_above_the_gas_limit_of_the_block_are_one_error_with_its_place() {
    let script = "let a = account(\"a\");\nblock(#{ gas_limit: 60_000 });\n\
                  for i in 0..3 { transfer(a, a, 1) }";
    for command in ["run", "compare", "check", "analyze"] {
        let call = interleave(&[command, "-"], script);
        assert_eq!(call.status, 2, "{command}");
        let said = call.output + call.error.as_str();
        let message = "-:3:17: error: transaction 2 (`transfer`) may use 21000 gas, but those \
                       before it leave 18000 of the 60000 gas of the block";
        assert_eq!(said.matches(message).count(), 1, "{command}: {said}");
    }
}

#[test]
fn a_file_of_the_wrong_kind_is_one_error_with_its_place() {
    let folder = std::env::temp_dir().join(format!("interleave-wrong-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for a while");
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, bytes).expect("a file for a while");
        path.to_str().expect("a name of text").to_owned()
    };
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let text = serde_json::to_string_pretty(&block()).expect("JSON");
    packed.write_all(text.as_bytes()).expect("memory");
    let packed = packed.finish().expect("memory");
    let half = &text[..text.len() / 2];
    let place = format!(":{}:", half.matches('\n').count() + 1);
    let large = b"// Title\nlet a = 1;\n".repeat(5_000_000);
    for (file, message) in [
        (
            file("picture.png", b"\x89PNG\r\n\x1a\n\0\0"),
            ":1:1: error: not a text: this is not UTF-8",
        ),
        (
            file("cut.json.gz", &packed[..packed.len() - 9]),
            ": error: the gzip data ends too early",
        ),
        (file("cut.json", half.as_bytes()), place.as_str()),
        (
            file("package.json", b"\n{\"name\": \"x\", \"version\": 1}"),
            ":2:1: error: not a block from a node, ",
        ),
        (
            file("list.json", b"[1, 2]"),
            ":1:1: error: not a block from a node, ",
        ),
        (
            file("empty.json", b"{"),
            ":1:1: error: not a block from a node, ",
        ),
        (
            file("token.sol", b"pragma solidity 0.8;\ncontract A {}"),
            ":1:",
        ),
        (
            file("large", &large),
            ": error: the text is larger than 64 MB",
        ),
    ] {
        let call = interleave(&["run", &file], "");
        assert_eq!((call.status, call.output.as_str()), (2, ""), "{file}");
        let message = format!("{file}{message}");
        assert!(
            call.error.starts_with(&message),
            "{message}: {}",
            call.error
        );
        assert_eq!(call.error.lines().count(), 1, "{}", call.error);
        assert!(call.error.len() < 500, "{}", call.error);
    }
    fs::remove_dir_all(&folder).expect("it was written");
}

#[test]
fn bad_input_is_status_2_and_a_place() {
    for (input, message) in [
        ("let a = ;", "-:1:9: error: "),
        (
            "{\n  \"block\": 1\n}",
            "-:2:12: error: not a block from a node: block: ",
        ),
        (
            "{\"prestate\": {}}",
            "-:1:16: error: not a block from a node: missing field `block`",
        ),
    ] {
        let call = interleave(&["run", "-"], input);
        assert_eq!((call.status, call.output.as_str()), (2, ""), "{input}");
        assert!(call.error.starts_with(message), "{}", call.error);
    }
}

#[test]
fn what_cannot_be_read_is_status_2_and_a_reason() {
    let call = interleave(&["run", "examples/no-such-file.rhai"], "");
    assert_eq!(call.status, 2);
    let message = "examples/no-such-file.rhai: error: ";
    assert!(call.error.starts_with(message), "{}", call.error);
    for arguments in [
        ["examples", "--strategy", "block-stm"],
        ["-", "--strategy", "magic"],
        ["-", "--workers", "0"],
    ] {
        let all = [&["run"][..], &arguments].concat();
        assert_eq!(interleave(&all, "").status, 2, "{arguments:?}");
    }
}

#[test]
fn contracts_of_files_can_be_deployed() {
    let folder = std::env::temp_dir().join(format!("interleave-contracts-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a temporary folder");
    let path = |name: &str| folder.join(name).display().to_string();
    // Its code adds one to the first slot, whatever it is called with.
    let code = "6008600a5f3960085ff360015f54015f5500";
    let artifact = json!({
        "abi": [{ "type": "function", "name": "hit", "inputs": [], "outputs": [],
            "stateMutability": "nonpayable" }],
        "bytecode": { "object": code, "linkReferences": {} },
        "storageLayout": {
            "storage": [{ "label": "hits", "slot": "0", "offset": 0, "type": "t_uint256" }],
            "types": { "t_uint256": { "encoding": "inplace", "label": "uint256",
                "numberOfBytes": "32" } },
        },
    });
    fs::write(folder.join("Target.json"), artifact.to_string()).expect("it can be written");
    fs::write(folder.join("bad.json"), "{\n  \"abi\": 3 }").expect("it can be written");

    let script = "let target = deploy(\"Target\");\n\
        for a in accounts(\"a\", 9) { send(a, target, \"hit\"); }";
    let run = ["run", "-", "--runner", "simulated", "--json", "--contracts"];
    let call = interleave(&[&run[..], &[&path("Target.json")]].concat(), script);
    assert_eq!(call.status, 0, "{}", call.error);
    let report: Value = serde_json::from_str(&call.output).expect("a report");
    assert_eq!(report["locations"][0]["name"], "Target.hits");

    let analyzed = interleave(
        &["analyze", "-", "--contracts", &path("Target.json")],
        script,
    );
    assert_eq!(analyzed.status, 0, "{}", analyzed.error);
    assert!(
        analyzed.output.contains("Target.hits"),
        "{}",
        analyzed.output
    );

    let target = path("Target.json");
    for command in ["compare", "sweep", "curve", "check"] {
        let options: &[&str] = match command {
            "check" => &["--seeds", "1", "--workers", "2"],
            _ => &["--runner", "simulated"],
        };
        let arguments = [&[command, "-", "--contracts", &target], options].concat();
        let call = interleave(&arguments, script);
        assert_eq!(call.status, 0, "{command}: {}{}", call.output, call.error);
    }

    let both = [path("Target.json"), path("bad.json")];
    let call = interleave(&[&run[..], &[&both[0], &both[1]]].concat(), script);
    assert_eq!(call.status, 2);
    let place = format!("{}:2:10: error: not a compiled contract", both[1]);
    assert!(call.error.starts_with(&place), "{}", call.error);

    let call = interleave(&[&run[..], &[&path("missing.json")]].concat(), script);
    assert_eq!(call.status, 2);
    assert!(
        call.error.contains("missing.json: error: "),
        "{}",
        call.error
    );
    fs::remove_dir_all(folder).expect("it can be removed");
}
