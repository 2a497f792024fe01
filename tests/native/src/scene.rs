//! Blocks built account by account, for what a script cannot say.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, Bytes, Log, TxKind, U256};
use interleave_engine::{
    block::Block,
    oracle,
    outcome::{BlockResult, Outcome, Status},
    state::State,
};
use interleave_playground::checker::Ways;
use revm::{
    bytecode::opcode::OpCode,
    context::{
        TxEnv,
        either::Either,
        transaction::{Authorization, RecoveredAuthority, RecoveredAuthorization},
    },
    primitives::hardfork::SpecId,
    state::Bytecode,
};

/// One ether.
pub const ETHER: u128 = 1_000_000_000_000_000_000;

/// Machine code from words: opcodes, numbers to push, `name:` for a jump destination and `@name` to push it.
///
/// # Panics
/// When a word is none of these.
pub fn code(words: &str) -> Bytes {
    let opcodes: BTreeMap<&str, u8> = (0..=u8::MAX)
        .filter_map(|byte| Some((OpCode::new(byte)?.as_str(), byte)))
        .collect();
    let mut bytes = Vec::new();
    let mut places = BTreeMap::new();
    let mut holes = Vec::new();
    for word in words.split_whitespace() {
        if let Some(name) = word.strip_suffix(':') {
            places.insert(name, bytes.len() as u16);
            bytes.push(opcodes["JUMPDEST"]);
        } else if let Some(name) = word.strip_prefix('@') {
            bytes.push(opcodes["PUSH2"]);
            holes.push((bytes.len(), name));
            bytes.extend([0, 0]);
        } else if let Some(opcode) = opcodes.get(word) {
            bytes.push(*opcode);
        } else {
            let number: U256 = word.parse().expect("an opcode, a label or a number");
            let pushed = number.to_be_bytes_trimmed_vec();
            let pushed = if pushed.is_empty() { vec![0] } else { pushed };
            bytes.push(opcodes["PUSH1"] + (pushed.len() as u8 - 1));
            bytes.extend(pushed);
        }
    }
    for (at, name) in holes {
        bytes[at..at + 2].copy_from_slice(&places[name].to_be_bytes());
    }
    bytes.into()
}

/// Words that put `program` into memory at 0 and push its size and where it is, as `RETURN` and `CREATE` take them.
pub fn in_memory(program: &[u8]) -> String {
    let mut words = String::new();
    for (number, part) in program.chunks(32).enumerate() {
        let mut word = [0; 32];
        word[..part.len()].copy_from_slice(part);
        words += &format!("{} {} MSTORE ", U256::from_be_bytes(word), 32 * number);
    }
    words += &format!("{} 0", program.len());
    words
}

/// The code of a creation that deploys `program`.
pub fn deploying(program: &[u8]) -> Bytes {
    code(&format!("{} RETURN", in_memory(program)))
}

/// Told an address, it keeps the hash of its code, the size of its code and its balance in slots 0 to 2.
pub const SPY: &str =
    "0 CALLDATALOAD DUP1 EXTCODEHASH 0 SSTORE DUP1 EXTCODESIZE 1 SSTORE BALANCE 2 SSTORE";

/// Told nothing it counts in slot 0, told anything it destroys itself in favour of `heir`.
pub fn mortal(heir: Address) -> String {
    format!("CALLDATASIZE @die JUMPI 0 SLOAD 1 ADD 0 SSTORE STOP die: {heir} SELFDESTRUCT")
}

/// The account of a number.
pub fn account(number: u8) -> Address {
    let mut bytes = [0xA0; 20];
    bytes[19] = number;
    bytes.into()
}

/// What can be handed over as a word.
pub trait Word {
    /// The word.
    fn word(&self) -> U256;
}

impl Word for u64 {
    fn word(&self) -> U256 {
        U256::from(*self)
    }
}

impl Word for U256 {
    fn word(&self) -> U256 {
        *self
    }
}

impl Word for Address {
    fn word(&self) -> U256 {
        self.into_word().into()
    }
}

impl Word for B256 {
    fn word(&self) -> U256 {
        (*self).into()
    }
}

/// A block in the making.
#[derive(Debug)]
pub struct Scene {
    /// As it is so far.
    pub block: Block,
}

impl Scene {
    /// No transactions; accounts 0 to 15 have an ether each.
    pub fn new(spec: SpecId) -> Self {
        let mut block = Block {
            spec,
            chain_id: 1,
            ..Block::default()
        };
        block.env.beneficiary = account(0xFE);
        for number in 0..16 {
            block.prestate.account_mut(account(number)).balance = U256::from(ETHER);
        }
        Self { block }
    }

    /// A contract with this code; see [`code`].
    pub fn contract(&mut self, number: u8, words: &str) -> Address {
        let address = account(number);
        let bytecode = Bytecode::new_legacy(code(words));
        self.block.prestate.account_mut(address).nonce = 1;
        self.block.prestate.set_code(address, bytecode);
        address
    }

    /// Gives an account a value in a slot.
    pub fn store(&mut self, address: Address, slot: u64, value: u64) {
        let account = self.block.prestate.account_mut(address);
        account.storage.insert(U256::from(slot), U256::from(value));
    }

    /// Gives an account this balance.
    pub fn endow(&mut self, address: Address, balance: u128) {
        self.block.prestate.account_mut(address).balance = U256::from(balance);
    }

    /// A transaction from the account of a number, with the nonce that follows if all before are valid.
    pub fn send(&mut self, from: u8, to: Address) -> &mut TxEnv {
        let caller = account(from);
        let before = |tx: &&TxEnv| tx.caller == caller;
        let nonce = self.block.txs.iter().filter(before).count() as u64;
        self.block.txs.push(TxEnv {
            caller,
            nonce,
            kind: TxKind::Call(to),
            gas_limit: 1_000_000,
            chain_id: Some(1),
            ..TxEnv::default()
        });
        self.block.txs.last_mut().expect("it was pushed")
    }

    /// A transaction that hands over one word.
    pub fn tell(&mut self, from: u8, to: Address, word: impl Word) -> &mut TxEnv {
        let tx = self.send(from, to);
        tx.data = word.word().to_be_bytes_vec().into();
        tx
    }

    /// A transaction that makes a contract.
    pub fn create(&mut self, from: u8, init: Bytes) -> &mut TxEnv {
        let tx = self.send(from, Address::ZERO);
        tx.kind = TxKind::Create;
        tx.data = init;
        tx
    }

    /// Makes all transactions so far pay `price` for gas, of which `base_fee` is burnt.
    pub fn price(&mut self, base_fee: u64, price: u128) {
        self.block.env.basefee = base_fee;
        for tx in &mut self.block.txs {
            tx.gas_price = price;
            tx.gas_priority_fee = tx.gas_priority_fee.map(|_| price);
        }
    }

    /// Makes the last transaction carry an authorization of `authority` for `delegate`.
    pub fn authorize(&mut self, authority: Address, delegate: Address, nonce: u64) {
        let authorization = Authorization {
            chain_id: U256::ONE,
            address: delegate,
            nonce,
        };
        let tx = self.block.txs.last_mut().expect("a transaction before");
        tx.tx_type = 4;
        tx.gas_priority_fee = Some(0);
        let recovered = RecoveredAuthority::Valid(authority);
        let signed = RecoveredAuthorization::new_unchecked(authorization, recovered);
        tx.authorization_list.push(Either::Right(signed));
    }

    /// Checks it in every way there is, and says what it comes to.
    pub fn check(&self) -> Played {
        self.check_in(&Ways::default())
    }

    /// The same, checked in these ways only.
    pub fn check_in(&self, ways: &Ways) -> Played {
        crate::check_in(&self.block, ways);
        let result = oracle::result(&self.block);
        let mut post = self.block.prestate.clone();
        post.apply(&result.changes);
        Played { result, post }
    }
}

/// What a scene comes to.
#[derive(Debug)]
pub struct Played {
    /// Outcomes and changes.
    pub result: BlockResult,
    /// State after the block.
    pub post: State,
}

impl Played {
    /// One letter a transaction: `s`uccess, `r`evert, `h`alt, `-` for skipped.
    pub fn letters(&self) -> String {
        let letter = |outcome: &Outcome| match outcome {
            Outcome::Executed(receipt) => match receipt.status {
                Status::Success => 's',
                Status::Revert => 'r',
                Status::Halt(..) => 'h',
            },
            Outcome::Skipped(_) => '-',
        };
        self.result.outcomes.iter().map(letter).collect()
    }

    /// Why each skipped transaction was.
    pub fn reasons(&self) -> Vec<&str> {
        let reason = |outcome| match outcome {
            &Outcome::Executed(_) => None,
            Outcome::Skipped(reason) => Some(reason.as_str()),
        };
        self.result.outcomes.iter().filter_map(reason).collect()
    }

    /// Gas that each transaction used.
    pub fn gas(&self) -> Vec<u64> {
        self.result.outcomes.iter().map(Outcome::gas_used).collect()
    }

    /// What each transaction logged, in order.
    pub fn logs(&self) -> Vec<&Log> {
        let logs = |outcome| match outcome {
            &Outcome::Skipped(_) => &[],
            Outcome::Executed(receipt) => receipt.logs.as_slice(),
        };
        self.result.outcomes.iter().flat_map(logs).collect()
    }

    /// The slots from 0 on, after the block.
    pub fn slots<const N: usize>(&self, address: Address) -> [U256; N] {
        std::array::from_fn(|slot| self.slot(address, slot as u64))
    }

    /// A slot after the block.
    pub fn slot(&self, address: Address, slot: u64) -> U256 {
        self.post.slot(address, U256::from(slot))
    }

    /// A balance after the block.
    pub fn balance(&self, address: Address) -> U256 {
        let account = self.post.accounts.get(&address);
        account.map_or(U256::ZERO, |account| account.balance)
    }

    /// A nonce after the block.
    pub fn nonce(&self, address: Address) -> u64 {
        let account = self.post.accounts.get(&address);
        account.map_or(0, |account| account.nonce)
    }

    /// The hash of the code after the block, if there is an account.
    pub fn code_hash(&self, address: Address) -> Option<B256> {
        Some(self.post.accounts.get(&address)?.code_hash)
    }
}
