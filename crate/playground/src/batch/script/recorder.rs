//! What a script has said so far: accounts, contracts, transactions and problems.
//!
//! Verbs write into it and [`finish`](super::finish) makes a batch of it.
//! The rule: a problem is recorded once a place, and the script goes on unless a limit is passed.

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    rc::Rc,
};

use alloy_primitives::{Address, Bytes, TxKind, U256, keccak256};
use interleave_engine::{
    hints::Hint,
    runner::{Control, ENGINE},
    state::State,
};
use revm::context::transaction::AccessList;

use super::{STOPPED, block::BlockOptions, options::Delegation, random::Random};
use crate::{
    batch::{
        ListChange, Place, Problem, Severity,
        view::{Expectation, Watch},
    },
    contracts::{Artifact, Contracts, Names},
    limits,
};

/// Why a verb could not do what it was asked.
pub(super) enum Fault {
    /// The script goes on with a harmless value.
    Problem(String),
    /// A limit is passed: the script ends here.
    Stop(String),
}

impl From<String> for Fault {
    fn from(message: String) -> Self {
        Self::Problem(message)
    }
}

/// How a transaction pays for gas, as far as the script says.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fees {
    pub(super) gas_price: Option<u128>,
    pub(super) max_fee: Option<u128>,
    pub(super) priority_fee: Option<u128>,
}

/// A transaction before the block's options are known.
pub(super) struct Draft {
    pub(super) caller: Address,
    pub(super) to: TxKind,
    pub(super) value: U256,
    pub(super) data: Bytes,
    pub(super) gas_limit: u64,
    pub(super) nonce: Option<u64>,
    pub(super) fees: Fees,
    pub(super) access_list: Option<AccessList>,
    /// Empty where the transaction is of no type that has one.
    pub(super) delegations: Vec<Delegation>,
    /// What it reads and writes, if the script says so.
    pub(super) hint: Option<Hint>,
    pub(super) label: String,
    pub(super) place: Option<Place>,
}

/// What a script has said so far.
pub(super) struct Recorder {
    pub(super) contracts: Contracts,
    pub(super) prestate: State,
    pub(super) names: Names,
    pub(super) contract_at: BTreeMap<Address, String>,
    pub(super) prepared: Vec<Draft>,
    pub(super) sent: Vec<Draft>,
    pub(super) watches: Vec<Watch>,
    pub(super) expectations: Vec<Expectation>,
    pub(super) block: Option<BlockOptions>,
    /// Accounts that were put in a shard, and where.
    pub(super) shards: BTreeMap<Address, (u32, Option<Place>)>,
    /// What the block access list says that is not so.
    pub(super) list_changes: Vec<ListChange>,
    pub(super) random: Random,
    pub(super) problems: Vec<Problem>,
    /// Where the verb that runs now was called.
    pub(super) place: Option<Place>,
    /// A verb has failed and given a harmless value, which may cause errors that are none.
    pub(super) harmless_given: bool,
    /// Addresses given by verbs that failed: what is done with them is not looked at.
    doubtful: HashSet<Address>,
    by_name: HashMap<String, Address>,
    prepared_nonces: HashMap<Address, u64>,
    seen: BTreeSet<(Option<Place>, String)>,
    data_bytes: usize,
    /// Operations of verbs, counted with those of the language.
    work: Rc<Cell<u64>>,
    /// Who may want the script to stop.
    control: Control,
}

impl Recorder {
    pub(super) fn new(contracts: Contracts, work: Rc<Cell<u64>>, control: &Control) -> Self {
        Self {
            contracts,
            prestate: State::default(),
            names: Names::new(),
            contract_at: BTreeMap::new(),
            prepared: Vec::new(),
            sent: Vec::new(),
            watches: Vec::new(),
            expectations: Vec::new(),
            block: None,
            shards: BTreeMap::new(),
            list_changes: Vec::new(),
            random: Random::new(0),
            problems: Vec::new(),
            place: None,
            harmless_given: false,
            doubtful: HashSet::new(),
            by_name: HashMap::new(),
            prepared_nonces: HashMap::new(),
            seen: BTreeSet::new(),
            data_bytes: 0,
            work,
            control: control.clone(),
        }
    }

    /// Records a problem at `place`, unless it is there already.
    pub(super) fn problem(&mut self, severity: Severity, message: String, place: Option<Place>) {
        if self.problems.len() <= limits::PROBLEMS && self.seen.insert((place, message.clone())) {
            self.problems.push(Problem {
                severity,
                message,
                place,
                file: None,
            });
        }
    }

    /// Counts operations beyond those of the language itself.
    pub(super) fn charge(&self, operations: u64) {
        self.work.set(self.work.get().saturating_add(operations));
    }

    /// In the middle of something that takes long: says that it goes on, and ends if somebody wants that.
    pub(super) fn look(&self) -> Result<(), Fault> {
        self.control.steps(ENGINE, 0);
        match self.control.stopped() {
            true => Err(Fault::Stop(STOPPED.into())),
            false => Ok(()),
        }
    }

    /// Counts data that the batch will hold.
    pub(super) fn hold(&mut self, bytes: usize) -> Result<(), Fault> {
        self.charge(bytes as u64 / 16);
        self.data_bytes = self.data_bytes.saturating_add(bytes);
        if self.data_bytes > limits::DATA_BYTES {
            return Err(Fault::Stop(format!(
                "a batch holds at most {} bytes of call data, code, storage and hints",
                limits::DATA_BYTES
            )));
        }
        Ok(())
    }

    /// An address that stands for one that could not be made.
    pub(super) fn doubtful_address(&mut self) -> Address {
        let address = address_of("doubtful", &self.doubtful.len().to_string());
        self.doubtful.insert(address);
        address
    }

    /// Does this address come from a verb that failed?
    pub(super) fn is_doubtful(&self, address: Address) -> bool {
        self.doubtful.contains(&address)
    }

    /// The address of this name, if the name is taken.
    pub(super) fn named(&self, name: &str) -> Option<Address> {
        self.by_name.get(name).copied()
    }

    /// Gives a free name to an address.
    pub(super) fn name(&mut self, address: Address, name: String) {
        self.by_name.insert(name.clone(), address);
        self.names.insert(address, name);
    }

    /// The name of an address, or the address itself.
    pub(super) fn shown(&self, address: Address) -> String {
        self.names
            .get(&address)
            .map_or_else(|| address.to_string(), |name| format!("`{name}`"))
    }

    /// The contract that lives at an address, where that is known.
    pub(super) fn artifact_at(&self, address: Address) -> Option<&Artifact> {
        let name = self.contract_at.get(&address)?;
        self.contracts.get(name).map(|artifact| &**artifact)
    }

    /// The nonce of the next preparing transaction of this sender.
    pub(super) fn next_prepared_nonce(&self, sender: Address) -> u64 {
        self.prepared_nonces
            .get(&sender)
            .copied()
            .unwrap_or_else(|| self.first_nonce(sender))
    }

    /// The nonce of this sender before anything ran.
    pub(super) fn first_nonce(&self, sender: Address) -> u64 {
        self.prestate
            .accounts
            .get(&sender)
            .map_or(0, |account| account.nonce)
    }

    /// Adds a transaction that builds the prestate.
    pub(super) fn prepare(&mut self, mut draft: Draft) -> Result<(), Fault> {
        if self.prepared.len() == limits::PREPARATIONS {
            return Err(Fault::Stop(format!(
                "a script deploys and prepares at most {} times",
                limits::PREPARATIONS
            )));
        }
        self.hold(draft.data.len())?;
        let nonce = self.next_prepared_nonce(draft.caller);
        draft.nonce = Some(nonce);
        self.prepared_nonces
            .insert(draft.caller, nonce.saturating_add(1));
        self.prepared.push(draft);
        Ok(())
    }

    /// Adds a transaction of the block.
    pub(super) fn send(&mut self, draft: Draft) -> Result<(), Fault> {
        if self.sent.len() == limits::TRANSACTIONS {
            return Err(Fault::Stop(format!(
                "a block has at most {} transactions",
                limits::TRANSACTIONS
            )));
        }
        self.hold(draft.data.len())?;
        self.sent.push(draft);
        Ok(())
    }
}

/// The address of a name: the same in every script.
pub(super) fn address_of(kind: &str, name: &str) -> Address {
    let hash = keccak256(format!("interleave {kind} {name}"));
    Address::from_slice(&hash[12..])
}
