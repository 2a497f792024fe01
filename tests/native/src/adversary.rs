//! Random blocks in which whatever can get into each other's way does: contracts that pay, make, call
//! and destroy each other, accounts that delegate, invalid transactions between valid ones.
//!
//! They are blocks that the executable specification runs too, so every sender has a key and the sums
//! that only a whole block limits (its gas, its blobs) stay below their limits.
//! What a transaction is going to do is drawn; its nonce follows from the state the ones before leave.

mod contracts;
mod intent;

use std::fmt;

use alloy_primitives::{Address, B256, TxKind, U256, keccak256};
use interleave_engine::{block::Block, oracle, state::State};
use interleave_playground::batch::t8n;
use k256::ecdsa::SigningKey;
use proptest::{
    prelude::*,
    sample::{Index, select},
    strategy::ValueTree,
    test_runner::{Config, RngSeed, TestRunner},
};
use revm::{
    context::{
        TxEnv,
        either::Either,
        transaction::{
            AccessList, AccessListItem, Authorization, RecoveredAuthority, RecoveredAuthorization,
        },
    },
    context_interface::block::BlobExcessGasAndPrice,
    primitives::hardfork::SpecId,
    state::Bytecode,
};
use serde_json::{Value, json};

use self::intent::{Amount, Intended, Intent, Target, Type, intent, target};
use crate::scene::{ETHER, account};

/// Hard forks between which the rules change for what the contracts do.
const FORKS: [SpecId; 6] = [
    SpecId::LONDON,
    SpecId::MERGE,
    SpecId::SHANGHAI,
    SpecId::CANCUN,
    SpecId::PRAGUE,
    SpecId::OSAKA,
];
/// Accounts that sign.
const PEOPLE: u8 = 8;
const BASE_FEE: u64 = 10;
/// Accounts that everybody knows.
const KNOWN: usize = 6;
/// Blobs a block of any of the forks may have.
const BLOBS: usize = 6;
/// More gas than all transactions together have.
const GAS_LIMIT: u64 = 1 << 40;

/// A block; what proptest prints of it is its text as t8n input.
#[derive(Clone)]
pub struct Adversarial(pub Block);

impl fmt::Debug for Adversarial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{}", t8n::write(&self.0))
    }
}

impl Adversarial {
    /// The block that a seed stands for.
    pub fn of_seed(seed: u64) -> Self {
        drawn(&blocks(), seed)
    }

    /// The block of a seed for its setting and one for each transaction, so that two lists of seeds with
    /// most in common make blocks with most in common.
    pub fn of_seeds(setting_seed: u64, transactions: impl Iterator<Item = u64>) -> Self {
        let intent = intent();
        let intents: Vec<_> = transactions.map(|seed| drawn(&intent, seed)).collect();
        Self::of(&drawn(&setting(), setting_seed), &intents)
    }

    fn of(setting: &Setting, intents: &[Intent]) -> Self {
        let mut world = World::new(setting);
        for intent in intents {
            world.play(intent);
        }
        Self(world.block)
    }

    /// A t8n input with the keys of all who sign.
    pub fn written(&self, name: &str) -> Value {
        let mut written = t8n::write(&self.0);
        written["name"] = json!(name);
        let keys = (0..PEOPLE).map(|number| {
            let (key, address) = (key(number), person(number));
            (address.to_string().to_lowercase(), json!(key))
        });
        written["keys"] = Value::Object(keys.collect());
        written
    }
}

/// What a strategy draws from a seed.
fn drawn<S: Strategy>(strategy: &S, seed: u64) -> S::Value {
    let config = Config {
        rng_seed: RngSeed::Fixed(seed),
        ..Config::default()
    };
    let tree = strategy.new_tree(&mut TestRunner::new(config));
    tree.expect("nothing that is drawn is refused").current()
}

/// The secret key of a person.
fn key(number: u8) -> B256 {
    keccak256([number])
}

fn person(number: u8) -> Address {
    let key = SigningKey::from_slice(&key(number)[..]).expect("a hash is a key");
    Address::from_public_key(key.verifying_key())
}

/// What there is before the first transaction.
#[derive(Clone, Debug)]
struct Setting {
    spec: SpecId,
    beneficiary: Target,
    /// Which of all accounts everybody knows.
    known: Vec<Index>,
    /// Whose code people have, from Prague on.
    delegates: Vec<Target>,
}

fn setting() -> impl Strategy<Value = Setting> {
    (
        select(FORKS.as_slice()),
        target(),
        prop::collection::vec(any::<Index>(), KNOWN),
        prop::collection::vec(target(), PEOPLE as usize),
    )
        .prop_map(|(spec, beneficiary, known, delegates)| Setting {
            spec,
            beneficiary,
            known,
            delegates,
        })
}

/// Blocks of up to thirty transactions.
pub fn blocks() -> impl Strategy<Value = Adversarial> {
    (setting(), prop::collection::vec(intent(), 1..30))
        .prop_map(|(setting, intents)| Adversarial::of(&setting, &intents))
}

/// A block in the making, and the state its transactions so far leave.
struct World {
    block: Block,
    state: State,
    /// All that can be called, paid or looked at; some are not there, or not yet.
    all: Vec<Address>,
    /// Those everybody knows.
    known: Vec<Address>,
    /// Blobs of the valid transactions so far.
    blobs: usize,
}

impl World {
    fn new(setting: &Setting) -> Self {
        let spec = setting.spec;
        let mut block = Block {
            spec,
            chain_id: 1,
            ..Block::default()
        };
        let people: Vec<_> = (0..PEOPLE).map(person).collect();
        let contracts = contracts::all();
        let mut all: Vec<_> = contracts.iter().map(|(address, _)| *address).collect();
        // Mostly contracts; the last may be anybody.
        let (last, most) = setting.known.split_last().expect("there are some");
        let mut known: Vec<_> = most.iter().map(|index| *index.get(&all)).collect();
        all.extend(&people);
        all.extend(contracts::children());
        let senders = people.iter().take(3);
        all.extend(senders.flat_map(|it| [0, 1].map(|nonce| it.create(nonce))));
        all.extend([0, 1, 2, 3, 4, 9].map(Address::with_last_byte));
        // Somebody who has nothing, and of whom nobody else knows.
        all.push(account(0xFD));
        known.push(*last.get(&all));

        let env = &mut block.env;
        env.number = U256::from(1_000);
        env.timestamp = U256::from(1_700_000_000);
        env.gas_limit = GAS_LIMIT;
        env.basefee = BASE_FEE;
        env.difficulty = U256::from(if spec == SpecId::LONDON { 0x2_0000 } else { 0 });
        env.prevrandao = Some(B256::repeat_byte(0x5a));
        env.beneficiary = setting.beneficiary.among(&all, &known);
        env.blob_excess_gas_and_price = (spec.is_enabled_in(SpecId::CANCUN))
            .then(|| BlobExcessGasAndPrice::new_with_spec(10_000_000, spec));
        block.block_hashes.insert(999, B256::repeat_byte(0x77));

        let state = &mut block.prestate;
        for address in &people {
            state.account_mut(*address).balance = U256::from(ETHER);
        }
        // One has little, one has the code of a contract and may not send.
        state.account_mut(people[6]).balance = U256::from(9_000_000);
        state.set_code(people[7], Bytecode::new_legacy(contracts[0].1.clone()));
        if spec.is_enabled_in(SpecId::PRAGUE) {
            for (address, delegate) in people[2..6].iter().zip(&setting.delegates) {
                let code = Bytecode::new_eip7702(delegate.among(&all, &known));
                state.set_code(*address, code);
                state.account_mut(*address).nonce = 1;
            }
        }
        for (address, code) in contracts {
            state.set_code(address, Bytecode::new_legacy(code));
            let account = state.account_mut(address);
            (account.nonce, account.balance) = (1, U256::from(7));
            account.storage.insert(U256::ZERO, U256::from(9));
        }
        Self {
            state: block.prestate.clone(),
            block,
            all,
            known,
            blobs: 0,
        }
    }

    /// Adds the transaction, and finds out what it leaves.
    fn play(&mut self, intent: &Intent) {
        let tx = self.transaction(intent);
        let one = Block {
            spec: self.block.spec,
            chain_id: self.block.chain_id,
            env: self.block.env.clone(),
            block_hashes: self.block.block_hashes.clone(),
            prestate: std::mem::take(&mut self.state),
            txs: vec![tx],
            ..Block::default()
        };
        let result = oracle::result(&one);
        if result.outcomes[0].gas_used() > 0 {
            self.blobs += one.txs[0].blob_hashes.len();
        }
        self.state = one.prestate;
        self.state.apply(&result.changes);
        self.block.txs.extend(one.txs);
    }

    fn nonce(&self, of: Address) -> u64 {
        self.state.accounts.get(&of).map_or(0, |it| it.nonce)
    }

    fn transaction(&self, intent: &Intent) -> TxEnv {
        let at = |target: &Target| target.among(&self.all, &self.known);
        let caller = person(intent.from);
        let words = [
            B256::from(U256::from(intent.key)),
            at(&intent.targets[0]).into_word(),
            at(&intent.targets[1]).into_word(),
        ];
        let mut tx = TxEnv {
            caller,
            chain_id: Some(self.block.chain_id),
            tx_type: self.tx_type(intent),
            kind: TxKind::Call(at(&intent.to)),
            data: words.concat().into(),
            gas_limit: intent.gas_limit,
            gas_price: intent.price.into(),
            nonce: intent.nonce.near(self.nonce(caller)),
            ..TxEnv::default()
        };
        if let Some(index) = intent.creates {
            tx.kind = TxKind::Create;
            tx.data = index.get(&contracts::creations()).clone();
        }
        if tx.tx_type > 0 {
            let listed = intent.listed.iter().map(|(target, slots)| AccessListItem {
                address: at(target),
                storage_keys: (0..*slots).map(B256::with_last_byte).collect(),
            });
            tx.access_list = AccessList(listed.collect());
        }
        if tx.tx_type > 1 {
            tx.gas_priority_fee = Some(intent.tip.into());
        }
        if tx.tx_type == 3 {
            let hashes = (0..intent.blobs.count).map(|number| {
                let mut hash = B256::repeat_byte(number as u8);
                hash[0] = intent.blobs.version;
                hash
            });
            tx.blob_hashes = hashes.collect();
            tx.max_fee_per_blob_gas = intent.blobs.price.into();
        }
        if tx.tx_type == 4 {
            self.authorize(&mut tx, &intent.authorizations);
        }
        tx.value = match intent.value {
            Amount::Wei(wei) => U256::from(wei),
            Amount::AllBut(wei) => {
                let account = self.state.accounts.get(&caller);
                let balance = account.map_or(U256::ZERO, |it| it.balance);
                balance.saturating_sub(U256::from(wei))
            }
        };
        tx
    }

    fn tx_type(&self, intent: &Intent) -> u8 {
        let spec = self.block.spec;
        let types = match spec {
            // Neither blobs nor authorizations come with a creation.
            _ if intent.creates.is_some() => 3,
            _ if spec.is_enabled_in(SpecId::PRAGUE) => 5,
            _ if spec.is_enabled_in(SpecId::CANCUN) => 4,
            _ => 3,
        };
        match intent.tx_type {
            // No more blobs than a block may have, since here nobody counts them.
            Type::Known(3) | Type::Any(3) if self.blobs + 2 > BLOBS => 2,
            Type::Known(tx_type) => tx_type % types,
            Type::Any(tx_type) => tx_type,
        }
    }

    fn authorize(&self, tx: &mut TxEnv, list: &[Intended]) {
        let mut used = vec![tx.caller];
        for intended in list {
            let authority = person(intended.authority % PEOPLE);
            let before = used.iter().filter(|it| **it == authority).count() as u64;
            let authorization = Authorization {
                chain_id: U256::from(intended.chain_id),
                address: intended.delegate.among(&self.all, &self.known),
                nonce: intended.nonce.near(self.nonce(authority) + before),
            };
            used.push(authority);
            let signer = match intended.authority {
                PEOPLE => RecoveredAuthority::Invalid,
                _ => RecoveredAuthority::Valid(authority),
            };
            let signed = RecoveredAuthorization::new_unchecked(authorization, signer);
            tx.authorization_list.push(Either::Right(signed));
        }
    }
}
