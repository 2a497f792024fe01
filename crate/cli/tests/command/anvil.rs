//! `interleave fetch` against a real node, Foundry's anvil, with a block made to be hard to fetch.
//!
//! npm installs anvil (`cargo xtask setup`); where it is not, this says so and passes, but in CI it fails.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use alloy_primitives::Address;
use serde_json::{Value, json};

use super::{interleave, root};

/// How many transactions of each kind the block has.
const EACH: usize = 60;

/// Creation code: slot 0 is 5, then a contract that counts in slot 0, keeps the hash of the block before
/// the last in slot 1, and logs its caller.
const COUNTER: &str = "0x60055f556014600e5f3960145ff35f546001015f556002430340600155335f5fa100";

struct Anvil {
    process: Child,
    address: String,
}

impl Drop for Anvil {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Anvil {
    /// Starts a node that mines when it is told to.
    fn start(program: &PathBuf) -> Self {
        let mut process = Command::new(program)
            .args([
                "--port",
                "0",
                "--no-mining",
                "--order",
                "fifo",
                "--accounts",
                "20",
            ])
            .stdout(Stdio::piped())
            .spawn()
            .expect("anvil starts");
        let output = process.stdout.take().expect("it was piped");
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let address = lines
            .find_map(|line| line.strip_prefix("Listening on ").map(str::to_owned))
            .expect("it says where it listens");
        // It would stop if nobody read what it says.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            process,
            address: format!("http://{address}/?key=0123456789abcdef"),
        }
    }

    fn ask(&self, method: &str, params: &Value) -> Value {
        let question = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let agent = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(60)));
        let agent: ureq::Agent = agent.build().into();
        let sent = agent
            .post(&self.address)
            .header("Content-Type", "application/json");
        let mut response = sent.send(question.to_string()).expect("anvil answers");
        let text = response.body_mut().read_to_string().expect("text");
        let answer: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(answer.get("error"), None, "{method}");
        answer["result"].clone()
    }

    /// Mines a block in which a contract is made and then called, and accounts are paid twice that were
    /// not there before.
    fn mine(&self) {
        for _ in 0..3 {
            self.ask("evm_mine", &json!([]));
        }
        let accounts = self.ask("eth_accounts", &json!([]));
        let accounts: Vec<Address> = serde_json::from_value(accounts).expect("addresses");
        let send = |tx: Value| drop(self.ask("eth_sendTransaction", &json!([tx])));
        send(json!({"from": accounts[0], "data": COUNTER, "gas": "0x30000"}));
        let counter = accounts[0].create(0);
        for index in 0..EACH {
            let from = accounts[index % accounts.len()];
            send(json!({"from": from, "to": counter, "gas": "0x20000"}));
            // The lowest addresses are precompiles.
            let paid = Address::with_last_byte(0x80 + (index / 2) as u8);
            send(json!({"from": from, "to": paid, "value": "0xde0b6b3a7640000", "gas": "0x5208"}));
        }
        self.ask("evm_mine", &json!([]));
    }
}

/// The program, where npm has installed it.
fn program() -> Option<PathBuf> {
    let scope = root().join("node_modules/@foundry-rs");
    let folders = fs::read_dir(scope).ok()?.flatten();
    let name = format!("bin/anvil{}", std::env::consts::EXE_SUFFIX);
    let mut programs = folders.map(|folder| folder.path().join(&name));
    programs.find(|program| program.exists())
}

#[test]
fn a_block_of_a_real_node_comes_to_its_header_under_every_strategy() {
    let Some(program) = program() else {
        assert!(
            std::env::var_os("CI").is_none(),
            "anvil is not installed: run `npm ci`"
        );
        eprintln!("skipped: anvil is not installed, run `npm ci`");
        return;
    };
    let anvil = Anvil::start(&program);
    anvil.mine();
    let fetched = interleave(&["fetch", "--rpc", &anvil.address, "--block", "latest"], "");
    assert_eq!((fetched.status, fetched.error.as_str()), (0, ""));
    assert!(!fetched.output.contains("0123456789abcdef"));
    let file: Value = serde_json::from_str(&fetched.output).expect("JSON");
    let txs = file["block"]["transactions"]
        .as_array()
        .expect("transactions");
    assert_eq!(txs.len(), 2 * EACH + 1);
    assert_eq!(file["blockHashes"].as_object().map(|it| it.len()), Some(1));

    let run = interleave(
        &[
            "run",
            "-",
            "--strategy",
            "block-stm",
            "--workers",
            "4",
            "--json",
        ],
        &fetched.output,
    );
    assert_eq!((run.status, run.error.as_str()), (0, ""));
    let report: Value = serde_json::from_str(&run.output).expect("JSON");
    let summary = &report["summary"];
    assert_eq!(summary["expected"]["unmet"], json!([]));
    assert_eq!(
        summary["expected"]["compared"],
        json!(["gas used", "receipts root", "receipts"])
    );
    assert_eq!(summary["receiptsRoot"], file["block"]["receiptsRoot"]);
    assert_eq!(summary["matches"], json!(true));

    let check = interleave(
        &["check", "-", "--workers", "1,4", "--seeds", "1"],
        &fetched.output,
    );
    assert_eq!(check.status, 0, "{}", check.output);
}
