//! Blocks to measure, built account by account so that each says just what contends in it.
//!
//! Contracts are those of the examples. Their constructors and preparations run through the oracle,
//! and what they leave is the prestate of the block that is measured.

use std::fs;

use alloy_primitives::{Address, Bytes, TxKind, U256, keccak256};
use interleave_engine::{block::Block, oracle, outcome::Outcome};
use revm::{context::TxEnv, primitives::hardfork::SpecId};

/// Who shares what with whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contention {
    /// Nobody shares anything.
    Independent,
    /// So many accounts (or pools) are used by all.
    Hot(u64),
    /// Each takes from the one before.
    Chain,
}

/// Gas a transaction may use; more than any here needs.
const GAS: u64 = 500_000;

/// A block to be, and what prepares it.
struct Scene {
    block: Block,
    /// Next nonce of the account that deploys and prepares.
    nonce: u64,
}

fn address(group: u64, number: u64) -> Address {
    let mut bytes = [0; 20];
    bytes[..8].copy_from_slice(&group.to_be_bytes());
    let spread = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
    bytes[8..16].copy_from_slice(&spread);
    bytes[16..].copy_from_slice(&(number as u32).to_be_bytes());
    bytes.into()
}

fn sender(number: u64) -> Address {
    address(1, number)
}

fn call(signature: &str, words: &[U256]) -> Bytes {
    let mut data = keccak256(signature)[..4].to_vec();
    for word in words {
        data.extend(word.to_be_bytes::<32>());
    }
    data.into()
}

fn word(address: Address) -> U256 {
    address.into_word().into()
}

/// Creation code of one of the examples' contracts.
fn creation(contract: &str) -> Bytes {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../examples/contracts/artifacts"
    );
    let text = fs::read_to_string(format!("{folder}/{contract}.json")).expect("an artifact");
    let artifact: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let code = artifact["bytecode"].as_str().expect("it has code");
    code.parse().expect("code is hexadecimal")
}

impl Scene {
    fn new() -> Self {
        let mut block = Block {
            spec: SpecId::OSAKA,
            chain_id: 1,
            ..Block::default()
        };
        block.env.gas_limit = u64::MAX;
        block.env.beneficiary = address(9, 9);
        let mut scene = Self { block, nonce: 0 };
        scene.fund(address(0, 0));
        scene
    }

    fn fund(&mut self, account: Address) {
        let ether = U256::from(1_000_000_000_000_000_000_u128);
        self.block.prestate.account_mut(account).balance = ether * U256::from(1_000);
    }

    fn tx(caller: Address, nonce: u64, kind: TxKind, data: Bytes) -> TxEnv {
        TxEnv {
            caller,
            nonce,
            kind,
            data,
            gas_limit: GAS,
            gas_price: 1,
            chain_id: Some(1),
            ..TxEnv::default()
        }
    }

    /// Executes `txs` of accounts whose nonce is 0, and makes what they leave the prestate.
    fn prepare(&mut self, txs: Vec<TxEnv>) -> Vec<Option<Address>> {
        self.block.txs = txs;
        let result = oracle::result(&self.block);
        self.block.prestate.apply(&result.changes);
        self.block.txs = Vec::new();
        let created = |outcome: &Outcome| match outcome {
            Outcome::Executed(receipt) => receipt.created,
            Outcome::Skipped(reason) => panic!("a preparation was skipped: {reason}"),
        };
        result.outcomes.iter().map(created).collect()
    }

    /// Transactions of the account that prepares.
    fn own(&mut self, calls: Vec<(TxKind, Bytes)>) -> Vec<Option<Address>> {
        let txs = calls.into_iter().map(|(kind, data)| {
            let mut tx = Self::tx(address(0, 0), self.nonce, kind, data);
            tx.gas_limit = 10_000_000;
            self.nonce += 1;
            tx
        });
        let txs = txs.collect();
        self.prepare(txs)
    }

    fn deploy(&mut self, contract: &str, arguments: &[U256]) -> Address {
        let mut code = creation(contract).to_vec();
        for word in arguments {
            code.extend(word.to_be_bytes::<32>());
        }
        let created = self.own(vec![(TxKind::Create, code.into())]);
        created[0].expect("a contract was created")
    }

    fn mint(&mut self, token: Address, holders: impl Iterator<Item = Address>) {
        let amount = U256::from(1_000_000_000_000_000_000_000_u128);
        let mint = |holder| {
            let data = call("mint(address,uint256)", &[word(holder), amount]);
            (TxKind::Call(token), data)
        };
        let calls = holders.map(mint).collect();
        self.own(calls);
    }
}

/// Payments of one wei.
pub fn transfers(txs: u64, contention: Contention) -> Block {
    let mut scene = Scene::new();
    for number in 0..=txs {
        scene.fund(sender(number));
    }
    for number in 0..txs {
        let to = match contention {
            Contention::Independent => address(2, number),
            Contention::Hot(accounts) => address(2, number % accounts),
            Contention::Chain => sender(number + 1),
        };
        let kind = TxKind::Call(to);
        let mut tx = Scene::tx(sender(number), 0, kind, Bytes::new());
        tx.value = U256::ONE;
        scene.block.txs.push(tx);
    }
    scene.block
}

/// Transfers of a token.
pub fn tokens(txs: u64, contention: Contention) -> Block {
    let mut scene = Scene::new();
    let token = scene.deploy("Token", &[]);
    scene.mint(token, (0..=txs).map(sender));
    for number in 0..=txs {
        scene.fund(sender(number));
    }
    for number in 0..txs {
        let to = match contention {
            Contention::Independent => address(2, number),
            Contention::Hot(accounts) => address(2, number % accounts),
            Contention::Chain => sender(number + 1),
        };
        let data = call("transfer(address,uint256)", &[word(to), U256::from(7)]);
        let tx = Scene::tx(sender(number), 0, TxKind::Call(token), data);
        scene.block.txs.push(tx);
    }
    scene.block
}

/// Swaps of one token for another.
pub fn swaps(txs: u64, contention: Contention) -> Block {
    let pools = match contention {
        Contention::Independent => txs,
        Contention::Hot(pools) => pools,
        Contention::Chain => 1,
    };
    let mut scene = Scene::new();
    let mut markets = Vec::new();
    for _ in 0..pools {
        let give = scene.deploy("Token", &[]);
        let take = scene.deploy("Token", &[]);
        let pool = scene.deploy("Pool", &[word(give), word(take)]);
        for token in [give, take] {
            scene.mint(token, [pool].into_iter());
        }
        scene.own(vec![(TxKind::Call(pool), call("sync()", &[]))]);
        markets.push((give, pool));
    }
    let market = |number: u64| markets[(number % pools) as usize];
    for number in 0..txs {
        scene.fund(sender(number));
    }
    for (index, (give, _)) in markets.iter().enumerate() {
        let traders = (index as u64..txs).step_by(pools as usize);
        scene.mint(*give, traders.map(sender));
    }
    let approve = |number: u64| {
        let (give, pool) = market(number);
        let data = call("approve(address,uint256)", &[word(pool), U256::MAX]);
        Scene::tx(sender(number), 0, TxKind::Call(give), data)
    };
    scene.prepare((0..txs).map(approve).collect());
    for number in 0..txs {
        let (give, pool) = market(number);
        let amount = U256::from(1_000_000_000_u64);
        let data = call(
            "swap(address,uint256,uint256)",
            &[word(give), amount, U256::ZERO],
        );
        let tx = Scene::tx(sender(number), 1, TxKind::Call(pool), data);
        scene.block.txs.push(tx);
    }
    scene.block
}
