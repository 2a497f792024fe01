//! `interleave fetch`: what nodes answer, good and bad, from a small server of this test.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use super::{Call, interleave};

/// What no output may show.
const KEY: &str = "k3y-0123456789abcdef";

/// All bytes of the response to a question.
type Respond = fn(&Value) -> Vec<u8>;

/// A server that answers each question with what `answer` makes of its method and parameters.
/// It ends with the test.
fn server(answer: Respond) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it listens");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || serve(&stream, answer));
        }
    });
    format!("http://user:{KEY}@{address}/v3/{KEY}?token={KEY}")
}

/// Answers one question, and closes the connection.
fn serve(mut stream: &TcpStream, answer: Respond) {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).is_err() || line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
    }
    let mut body = vec![0; length];
    if reader.read_exact(&mut body).is_ok() {
        let question = serde_json::from_slice(&body).expect("a question");
        let bytes = answer(&question);
        let _ = stream.write_all(&bytes);
        // The end of these is never sent.
        if bytes.windows(8).any(|it| it == b"chunked\r") {
            thread::sleep(Duration::from_secs(3));
        }
    }
}

fn response(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )
    .into_bytes()
}

fn answered(question: &Value, member: &str, value: &Value) -> Vec<u8> {
    let answer = json!({"jsonrpc": "2.0", "id": question["id"], member: value});
    response(
        "200 OK",
        "Content-Type: application/json\r\n",
        &answer.to_string(),
    )
}

fn result(question: &Value, value: &Value) -> Vec<u8> {
    answered(question, "result", value)
}

fn lacks(question: &Value) -> Vec<u8> {
    answered(
        question,
        "error",
        &json!({"code": -32601, "message": "method not found"}),
    )
}

/// A node that has a block of one transfer, and traces transactions alone.
fn honest(question: &Value) -> Vec<u8> {
    let block = &super::block()["block"];
    let hash = format!("0x{}", "7".repeat(64));
    let mut block = block.clone();
    block["hash"] = json!(format!("0x{}", "8".repeat(64)));
    block["transactions"][0]["hash"] = json!(hash);
    let traced = &question["params"][1]["tracerConfig"];
    match question["method"].as_str().expect("a method") {
        "eth_chainId" => result(question, &json!("0x1")),
        "eth_getBlockByNumber" if question["params"][0] != json!("0xe00000") => {
            result(question, &Value::Null)
        }
        "eth_getBlockByNumber" => result(question, &block),
        "debug_traceTransaction" if traced.is_null() => {
            result(question, &super::block()["prestate"])
        }
        _ => lacks(question),
    }
}

fn fetch(endpoint: &str, more: &[&str]) -> Call {
    let arguments = ["fetch", "--rpc", endpoint, "--block", "14680064"];
    let call = interleave(&[&arguments, more].concat(), "");
    for shown in [&call.output, &call.error] {
        for at in 0..=KEY.len() - 8 {
            assert!(!shown.contains(&KEY[at..at + 8]), "{shown}");
        }
    }
    call
}

#[test]
fn a_node_that_traces_transactions_one_by_one_gives_a_block_that_runs() {
    let call = fetch(&server(honest), &[]);
    assert_eq!((call.status, call.error.as_str()), (0, ""));
    let run = interleave(&["run", "-", "--workers", "2"], &call.output);
    assert_eq!(run.status, 0, "{}", run.error);
    assert!(
        run.output.contains("as expected: gas used, receipts root"),
        "{}",
        run.output
    );
}

/// The node with the list of that block, after the London fork: who pays, who is paid, who earns.
fn with_list(question: &Value) -> Vec<u8> {
    match question["method"].as_str() {
        Some("eth_getBlockAccessList") => {
            assert_eq!(question["params"], json!([format!("0x{}", "8".repeat(64))]));
            result(question, &list())
        }
        _ => honest(question),
    }
}

fn list() -> Value {
    let account = |address: String, balance: &str, nonces: Value| {
        json!({
            "address": address, "storageChanges": [], "storageReads": [],
            "balanceChanges": [{"index": "0x1", "value": balance}],
            "nonceChanges": nonces, "codeChanges": [],
        })
    };
    let none = || json!([]);
    json!([
        account(
            "0x00000000000000000000000000000000000a11ce".into(),
            "0xde0b6b3a7611db7",
            json!([{"index": "0x1", "value": "0x1"}]),
        ),
        account(format!("0x{}", "3".repeat(40)), "0xa410", none()),
        account(format!("0x{}", "b".repeat(40)), "0x1", none()),
    ])
}

#[test]
fn a_list_that_the_node_has_is_replayed_with() {
    let replay = [
        "run",
        "-",
        "--strategy",
        "block-access-list",
        "--workers",
        "2",
    ];
    let call = fetch(&server(with_list), &[]);
    assert_eq!((call.status, call.error.as_str()), (0, ""));
    let file: Value = serde_json::from_str(&call.output).expect("JSON");
    assert_eq!(file["blockAccessList"], list());
    let run = interleave(&replay, &call.output);
    assert_eq!(run.status, 0, "{}", run.error);
    let said = "the block access list was given";
    assert!(run.output.contains(said), "{}", run.output);

    // A node that does not have one is none the worse for it.
    let call = fetch(&server(honest), &[]);
    assert_eq!((call.status, call.error.as_str()), (0, ""));
    let run = interleave(&replay, &call.output);
    let said = "the block access list was made beforehand";
    assert!(run.output.contains(said), "{}", run.output);

    let call = fetch(
        &server(|question| match question["method"].as_str() {
            Some("eth_getBlockAccessList") => result(question, &json!({"accountChanges": []})),
            _ => honest(question),
        }),
        &[],
    );
    assert_eq!(call.status, 0);
    let said = "warning: the block access list is left out: eth_getBlockAccessList gave what is not \
                a block access list (EIP-7928)";
    assert!(call.error.contains(said), "{}", call.error);
    assert_eq!(interleave(&["run", "-"], &call.output).status, 0);

    // One of another block is refused when it is replayed, with the place.
    let call = fetch(
        &server(|question| match question["method"].as_str() {
            Some("eth_getBlockAccessList") => {
                let mut list = list();
                list[2]["balanceChanges"][0]["value"] = json!("0x2");
                result(question, &list)
            }
            _ => honest(question),
        }),
        &[],
    );
    assert_eq!((call.status, call.error.as_str()), (0, ""));
    let run = interleave(&replay, &call.output);
    assert_eq!(run.status, 2, "{}", run.output);
    let said = "transaction 0: it declares another value than was written";
    assert!(run.error.contains(said), "{}", run.error);
}

#[test]
fn the_endpoint_can_be_in_the_environment_and_the_file_packed() {
    let file = std::env::temp_dir().join(format!("interleave-{}.json.gz", std::process::id()));
    let name = file.to_str().expect("a name");
    let endpoint = server(honest);
    let fetched = std::process::Command::new(env!("CARGO_BIN_EXE_interleave"))
        .args(["fetch", "--block", "0xe00000", "--output", name])
        .env("INTERLEAVE_RPC", &endpoint)
        .output()
        .expect("the command starts");
    assert!(fetched.status.success() && fetched.stdout.is_empty());
    assert!(fs::read(&file).expect("a file").starts_with(&[0x1f, 0x8b]));
    let run = interleave(&["run", name, "--workers", "2"], "");
    assert_eq!(run.status, 0, "{}", run.error);
    let help = std::process::Command::new(env!("CARGO_BIN_EXE_interleave"))
        .args(["fetch", "--help"])
        .env("INTERLEAVE_RPC", &endpoint)
        .output()
        .expect("the command starts");
    assert!(!String::from_utf8_lossy(&help.stdout).contains(KEY));
    let _ = fs::remove_file(&file);
}

#[test]
fn a_bad_endpoint_is_one_clear_error_without_its_key() {
    let cases: [(&str, Respond); 14] = [
        (
            "not JSON-RPC, but a web page: is this the address of a node?",
            |_| {
                response(
                    "200 OK",
                    "Content-Type: text/html\r\n",
                    "<html>Sign in</html>",
                )
            },
        ),
        (
            "the endpoint answers with the HTTP status 401 Unauthorized",
            |_| response("401 Unauthorized", "", "no"),
        ),
        ("not JSON-RPC, but empty", |_| response("200 OK", "", "")),
        ("neither a result nor an error", |question| {
            answered(question, "other", &Value::Null)
        }),
        ("redirects elsewhere, which is not followed", |_| {
            response(
                "307 Temporary Redirect",
                "Location: http://127.0.0.1:1/\r\n",
                "",
            )
        }),
        ("the answer is too large: one may have 64 MiB", |_| {
            response("200 OK", "", &format!("\"{}\"", "x".repeat(65 << 20)))
        }),
        ("no answer within 1 seconds", |_| {
            thread::sleep(Duration::from_secs(3));
            Vec::new()
        }),
        ("no answer within 1 seconds", |_| {
            // It begins, and does not end.
            response(
                "200 OK",
                "Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n",
                "",
            )
        }),
        ("the connection ended before the answer did", |_| {
            b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"jsonrpc\"".to_vec()
        }),
        ("what answers there does not speak HTTP", |_| {
            b"SSH-2.0-OpenSSH_9.9\r\n\r\n".to_vec()
        }),
        ("the answer is to another question", |question| {
            let mut other = question.clone();
            other["id"] = json!(77);
            result(&other, &json!("0x1"))
        }),
        (
            "the node refuses eth_chainId: no project … (code -32000)",
            |question| {
                let error = json!({"code": -32000, "message": format!("no project {KEY}")});
                answered(question, "error", &error)
            },
        ),
        (
            "the node does not have the method debug_traceTransaction. Only a node with the debug namespace",
            |question| match question["method"].as_str() {
                Some("debug_traceTransaction") => lacks(question),
                _ => honest(question),
            },
        ),
        (
            "the node was asked for block 14680064 and gave block 14680063",
            |question| {
                let mut bytes = String::from_utf8(honest(question)).expect("text");
                bytes = bytes.replace("0xe00000", "0xdfffff");
                bytes.into_bytes()
            },
        ),
    ];
    for (expected, answer) in cases {
        let seconds = if expected.contains("within 1") {
            "1"
        } else {
            "60"
        };
        let call = fetch(&server(answer), &["--timeout", seconds]);
        assert_eq!((call.status, call.output.as_str()), (2, ""), "{expected}");
        assert!(call.error.contains(expected), "{expected}: {}", call.error);
        assert_eq!(call.error.lines().count(), 1, "{}", call.error);
    }
}

#[test]
fn what_cannot_be_asked_is_refused_without_repeating_it() {
    let wrong = [
        (
            format!("ftp://host/{KEY}"),
            "only addresses with http and https",
        ),
        (format!("host/{KEY}"), "it is not an address"),
        (format!("http://127.0.0.1:1/{KEY}"), "nobody listens there"),
        (
            format!("http://host.invalid/{KEY}"),
            "the host cannot be reached",
        ),
    ];
    for (endpoint, expected) in wrong {
        let call = fetch(&endpoint, &[]);
        assert_eq!(call.status, 2);
        assert!(call.error.contains(expected), "{}", call.error);
    }
    let missing = interleave(&["fetch", "--rpc", &server(honest), "--block", "99"], "");
    assert!(
        missing.error.contains("the node has no block 0x63"),
        "{}",
        missing.error
    );
}
