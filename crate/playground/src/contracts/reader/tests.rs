use alloy_primitives::{U256, hex};
use interleave_engine::vm::preimages::Preimages;
use proptest::{prelude::*, test_runner::RngSeed};
use serde_json::{Value, json};

use super::*;
use crate::{
    batch::{Place, Severity},
    contracts::{Names, slots::SlotNamer},
};

fn file(name: &str, text: impl ToString) -> ContractFile {
    ContractFile {
        name: name.into(),
        text: text.to_string(),
    }
}

/// What these files give, and the messages of their problems.
fn read_all(files: &[ContractFile]) -> (Contracts, Vec<String>) {
    let (contracts, problems) = read(files);
    for problem in &problems {
        assert_eq!(problem.severity, Severity::Error);
    }
    let messages = problems.into_iter().map(|problem| problem.message);
    (contracts, messages.collect())
}

/// The one problem of one file.
fn problem(name: &str, text: impl ToString) -> Problem {
    let (contracts, mut problems) = read(&[file(name, text)]);
    assert!(contracts.iter().next().is_none());
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems.remove(0)
}

/// The artifact of an example, as this project and Hardhat write them.
fn token() -> Value {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../examples/contracts/artifacts/Token.json"
    );
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The same as Foundry writes it.
fn foundry(token: &Value) -> Value {
    json!({
        "abi": token["abi"],
        "bytecode": { "object": token["bytecode"], "sourceMap": "1:2:3", "linkReferences": {} },
        "deployedBytecode": { "object": token["deployedBytecode"], "linkReferences": {} },
        "methodIdentifiers": { "mint(address,uint256)": "40c10f19" },
        "rawMetadata": "{}",
        "metadata": {
            "compiler": { "version": "0.8.37" },
            "settings": { "compilationTarget": { "src/Token.sol": "Token" } },
        },
        "storageLayout": token["storageLayout"],
        "ast": { "nodes": [] },
        "id": 3,
    })
}

/// The same in the compiler's standard output.
fn standard(token: &Value) -> Value {
    let code = token["bytecode"].as_str().unwrap().trim_start_matches("0x");
    json!({
        "errors": [],
        "sources": { "Token.sol": { "id": 0 } },
        "contracts": { "Token.sol": { "Token": {
            "abi": token["abi"],
            "evm": {
                "bytecode": { "object": code, "linkReferences": {} },
                "deployedBytecode": { "object": token["deployedBytecode"] },
            },
            "storageLayout": token["storageLayout"],
        } } },
    })
}

#[test]
fn one_contract_is_the_same_in_every_form() {
    let token = token();
    let own = artifact("Token.json", &token.to_string()).unwrap();
    for (name, text) in [
        ("out/Token.sol/Token.json", foundry(&token)),
        ("output.json", standard(&token)),
        ("build-info.json", build(&token)),
    ] {
        let found = artifact(name, &text.to_string()).unwrap();
        assert_eq!(found.name, "Token");
        assert_eq!(found.abi, own.abi);
        assert_eq!(found.bytecode, own.bytecode);
        assert_eq!(found.deployed_bytecode, own.deployed_bytecode);
        assert!(!found.deployed_bytecode.is_empty());
        assert_eq!(found.layout, own.layout);
    }
}

/// The same in the compiler's output, with its source map and what the compiler was given.
fn build(token: &Value) -> Value {
    let mut output = standard(token);
    let deployed = &mut output["contracts"]["Token.sol"]["Token"]["evm"]["deployedBytecode"];
    deployed["sourceMap"] = token["sourceMap"].clone();
    json!({
        "input": { "language": "Solidity", "sources": {
            "Left.sol": { "content": "not compiled" },
            "Token.sol": { "content": token["sources"]["0"]["content"] },
        } },
        "output": output,
    })
}

#[test]
fn lines_of_source_come_with_the_compiler_s_input() {
    let token = token();
    let own = artifact("Token.json", &token.to_string()).unwrap();
    let found = artifact("build.json", &build(&token).to_string()).unwrap();
    assert_eq!(found.source_map, own.source_map);
    assert_eq!(found.sources.len(), 1);
    assert_eq!(found.sources[&0].name, "Token.sol");
    assert_eq!(found.sources[&0].content, own.sources[&0].content);
}

#[test]
fn lines_of_source_come_with_an_artifact_of_this_project() {
    let token = token();
    let own = artifact("Token.json", &token.to_string()).unwrap();
    assert_eq!(own.source_map, token["sourceMap"].as_str().unwrap());
    assert!(!own.source_map.is_empty());
    assert_eq!(own.sources[&0].name, "Token.sol");
    assert!(own.sources[&0].content.contains("contract Token"));
    for (name, text) in [("a.json", foundry(&token)), ("b.json", standard(&token))] {
        let found = artifact(name, &text.to_string()).unwrap();
        assert!(found.sources.is_empty());
    }
    let mut named = token;
    named["sources"]["0"]["name"] = json!("a\nb");
    let problem = problem("Token.json", named);
    assert!(problem.message.contains("a source of it"), "{problem:?}");
}

#[test]
fn a_name_comes_from_the_file_where_it_says_none() {
    let bare = foundry(&token());
    let found = artifact("some\\folder/My Token.json", &bare.to_string()).unwrap();
    assert_eq!(found.name, "My Token");
}

#[test]
fn bare_code_takes_the_interface_of_its_name() {
    let token = token();
    let code = token["bytecode"].as_str().unwrap();
    let (contracts, problems) = read_all(&[
        file("Token.abi", &token["abi"]),
        file("Token.bin", format!("\n  {code}\n")),
        file("Plain.hex", "60016000526020 6000f3".replace(' ', "")),
    ]);
    assert_eq!(problems, [""; 0]);
    let own = artifact("Token.json", &token.to_string()).unwrap();
    assert_eq!(contracts.get("Token").unwrap().abi, own.abi);
    assert_eq!(contracts.get("Token").unwrap().bytecode, own.bytecode);
    let plain = contracts.get("Plain").unwrap();
    assert_eq!(plain.bytecode[..], hex!("600160005260206000f3"));
    assert_eq!(plain.abi.functions().count(), 0);

    let alone = problem("Token.abi", &token["abi"]);
    assert_eq!(
        alone.message,
        "an interface alone cannot be deployed; add its creation code as `Token.bin`"
    );
    assert_eq!(alone.file.as_deref(), Some("Token.abi"));
}

#[test]
fn what_has_no_code_or_is_not_linked_says_so_when_it_is_deployed() {
    let mut unlinked = standard(&token());
    let members = &mut unlinked["contracts"]["Token.sol"];
    members["Token"]["evm"]["bytecode"] = json!({
        "object": "6001__$9d93950f2dbe4c659b6c3ccb1d1ff85ea4$__6002",
        "linkReferences": { "Math.sol": { "Math": [{ "start": 2, "length": 20 }] } },
    });
    members["Shape"] = json!({ "abi": [], "evm": { "bytecode": { "object": "" } } });
    let (contracts, problems) = read_all(&[
        file("output.json", unlinked),
        file("Old.bin", "0x60__$9d93950f2dbe4c659b6c3ccb1d1ff85ea4$__"),
    ]);
    assert_eq!(problems, [""; 0]);
    assert_eq!(
        contracts.find("Shape").unwrap_err(),
        "`Shape` cannot be deployed: in `Token.sol` it is an interface or abstract, so it has no code"
    );
    let token = contracts.find("Token").unwrap_err();
    assert!(
        token.starts_with(
            "`Token` cannot be deployed: its code is not linked: it lacks the address of `Math`."
        ),
        "{token}"
    );
    let old = contracts.find("Old").unwrap_err();
    assert!(
        old.contains("a library (at `__$9d93950f2dbe4c659b6c3ccb1d1ff85ea4$__`)"),
        "{old}"
    );
}

#[test]
fn two_contracts_of_one_name_are_not_guessed_between() {
    let token = token();
    let mut other = token.clone();
    other["bytecode"] = json!("0x00");
    let (contracts, problems) =
        read_all(&[file("a/Token.json", &token), file("b/Token.json", &other)]);
    assert_eq!(problems, [""; 0]);
    assert_eq!(
        contracts.find("Token").unwrap_err(),
        "`Token` cannot be deployed: two files have a contract of this name, `a/Token.json` and `b/Token.json`"
    );
    let thrice = [&token, &other, &token].map(|it| file("c/Token.json", it));
    assert!(read_all(&thrice).0.find("Token").is_err());
    let (contracts, _) = read_all(&[file("a.json", &token), file("b.json", foundry(&token))]);
    assert!(contracts.find("Token").is_ok(), "they are the same");
    let mut shape = token.clone();
    shape["bytecode"] = json!("0x");
    for order in [[&token, &shape], [&shape, &token]] {
        let files: Vec<_> = order.iter().map(|it| file("x.json", it)).collect();
        assert!(read_all(&files).0.find("Token").is_ok(), "one has code");
    }
}

#[test]
fn a_contract_of_a_file_goes_before_a_known_one() {
    let (mut contracts, _) = read_all(&[file("Token.json", token())]);
    let (own, _) = read_all(&[file("Token.bin", "00")]);
    contracts.extend(&own);
    assert_eq!(contracts.get("Token").unwrap().bytecode.len(), 1);
    let mut shape = token();
    shape["bytecode"] = json!("");
    contracts.extend(&read_all(&[file("Token.json", shape)]).0);
    assert!(contracts.find("Token").is_err());
}

#[test]
fn what_is_no_contract_is_refused_at_its_place() {
    let place = |line, column| Some(Place { line, column });
    let cases = [
        ("", "an empty file is not a compiled contract", None),
        ("0x", "an empty file is not a compiled contract", None),
        ("{}", "it has no members `abi` and `bytecode`", None),
        ("{\n \"abi\": 3 }", "not a compiled contract", place(2, 9)),
        ("{\"abi\": [],", "not a compiled contract", place(1, 11)),
        (
            "[1]",
            "not a list of functions, events and errors",
            place(1, 2),
        ),
        ("60\n 6z", "`\\u{a}` is no hexadecimal digit", place(1, 3)),
        ("0x600", "an even number of hexadecimal digits", place(1, 6)),
        ("héllo", "`h` is no hexadecimal digit", place(1, 1)),
        (
            "contract C {}",
            "this is Solidity, which only the page compiles",
            None,
        ),
        (
            "{\"abi\":[],\"bytecode\":\"0x<b>\"}",
            "its code: `<` is no hexadecimal digit",
            None,
        ),
    ];
    for (text, message, place) in cases {
        let problem = problem("A.json", text);
        assert!(problem.message.contains(message), "{text}: {problem:?}");
        assert_eq!(problem.place, place, "{text}: {problem:?}");
        assert_eq!(problem.file.as_deref(), Some("A.json"));
    }
}

/// Why an artifact with this interface and layout cannot be used.
fn refusal(abi: Value, layout: Value) -> String {
    let text =
        json!({ "contractName": "A", "abi": abi, "bytecode": "00", "storageLayout": layout });
    problem("A.json", text).message
}

/// A function with one parameter of this type.
fn function(parameter: Value) -> Value {
    json!([{ "type": "function", "name": "f", "inputs": [parameter], "outputs": [],
        "stateMutability": "view" }])
}

#[test]
fn interfaces_that_could_not_be_decoded_in_time_or_memory_are_refused() {
    let nested = (0..40).fold(
        json!({ "name": "x", "type": "uint8" }),
        |inner, _| json!({ "name": "x", "type": "tuple", "components": [inner] }),
    );
    let of = |kind: &str| json!({ "name": "x", "type": kind });
    let empty = json!({ "name": "x", "type": "tuple[99999999]", "components": [] });
    let cases = [
        (of("uint256[0]"), "not a compiled contract"),
        (of("uint256[4000000000]"), "at most 10000 words"),
        (of("uint8[101][101]"), "at most 10000 words"),
        (of(&format!("uint8{}", "[]".repeat(40))), "too deep"),
        (of(&"(".repeat(100_000)), "not a compiled contract"),
        (of("(uint8,uint8)"), "is no type of Solidity"),
        (of("uint7"), "is no type of Solidity"),
        (nested, "too deep"),
        (empty, ""),
    ];
    for (parameter, why) in cases {
        let message = refusal(function(parameter.clone()), Value::Null);
        assert!(message.contains(why), "{parameter}: {message}");
    }
}

/// A layout of one variable of the type `t`.
fn layout(types: Value) -> Value {
    json!({
        "storage": [{ "label": "x", "slot": "0", "offset": 0, "type": "t" }],
        "types": types,
    })
}

fn structure(members: &[&str]) -> Value {
    let members: Vec<_> = members
        .iter()
        .map(|kind| json!({ "label": "m", "slot": "0", "offset": 0, "type": kind }))
        .collect();
    json!({ "encoding": "inplace", "label": "struct", "numberOfBytes": "32", "members": members })
}

#[test]
fn layouts_that_could_not_be_searched_in_time_are_refused() {
    let itself = layout(json!({ "t": structure(&["t"]) }));
    assert!(refusal(json!([]), itself).contains("`struct` holds itself"));

    let mut wide = serde_json::Map::new();
    for level in 0..15 {
        let below = if level == 14 {
            String::from("end")
        } else {
            format!("{}", level + 1)
        };
        let name = if level == 0 {
            "t".into()
        } else {
            level.to_string()
        };
        wide.insert(name, structure(&[&*below; 4]));
    }
    let message = refusal(json!([]), layout(wide.into()));
    assert!(message.contains("variables and members"), "{message}");

    let mut deep = serde_json::Map::new();
    for level in 0..1_000 {
        deep.insert(
            format!("{level:04}"),
            structure(&[&format!("{:04}", level + 1)]),
        );
    }
    let message = refusal(json!([]), layout(deep.into()));
    assert!(message.contains("too deep"), "{message}");

    let mut label = layout(json!({}));
    label["storage"][0]["label"] = json!("a\u{202e}b");
    assert!(refusal(json!([]), label).contains("control or direction characters"));
}

#[test]
fn arrays_in_arrays_are_searched_in_time() {
    let mut types = serde_json::Map::new();
    for level in 0..limits::TYPE_DEPTH {
        let name = if level == 0 {
            "t".into()
        } else {
            level.to_string()
        };
        let array = json!({ "encoding": "inplace", "label": "x[16]", "numberOfBytes": "99999",
            "base": (level + 1).to_string() });
        types.insert(name, array);
    }
    let text = json!({ "contractName": "A", "abi": [], "bytecode": "00",
        "storageLayout": layout(types.into()) });
    let found = artifact("A.json", &text.to_string()).unwrap();
    let (preimages, names) = (Preimages::new(), Names::new());
    let namer = SlotNamer::new(&found.layout, &preimages, &names);
    assert!(namer.name(U256::from(3)).is_some());
}

#[test]
fn names_are_only_text() {
    let mut named = token();
    named["contractName"] = json!("<img src=x onerror=alert(1)>");
    let found = artifact("A.json", &named.to_string()).unwrap();
    assert_eq!(found.name, "<img src=x onerror=alert(1)>");
    for name in ["", "a\nb", &"x".repeat(300)] {
        named["contractName"] = json!(name);
        let problem = problem("A.json", &named);
        assert!(
            problem.message.contains("cannot be used: a name"),
            "{problem:?}"
        );
        assert!(problem.message.len() < 400);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(7),
        ..ProptestConfig::default()
    })]

    /// Whatever is done to an artifact, it is read or refused; what is read gives names.
    #[test]
    fn a_damaged_artifact_is_read_or_refused(
        form in 0..3,
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..40, "[\\PC]{0,8}"), 1..4),
    ) {
        let token = token();
        let mut text = match form {
            0 => token.to_string(),
            1 => foundry(&token).to_string(),
            _ => standard(&token).to_string(),
        };
        for (at, length, instead) in cuts {
            let mut start = at.index(text.len());
            while !text.is_char_boundary(start) {
                start -= 1;
            }
            let mut end = (start + length).min(text.len());
            while !text.is_char_boundary(end) {
                end += 1;
            }
            text.replace_range(start..end, &instead);
        }
        let (contracts, problems) = read(&[file("A.json", text)]);
        prop_assert!(problems.len() <= 1);
        for contract in contracts.iter() {
            let (preimages, names) = (Preimages::new(), Names::new());
            let namer = SlotNamer::new(&contract.layout, &preimages, &names);
            for slot in 0..4 {
                let _ = namer.name(U256::from(slot));
            }
        }
        let _ = contracts.entries();
    }
}
