//! What a person calls an account, a location, a failure.
//!
//! Names given in the batch, variables through the storage layout, addresses and hex for the rest.

use std::collections::BTreeMap;

use alloy_primitives::{Address, TxKind, U256};
use interleave_engine::{
    memory::Location,
    outcome::{Outcome, Status},
    vm::preimages::Preimages,
};

use super::known::Known;
use crate::contracts::{self, Contracts, slots::SlotNamer};

/// Everything that gives names.
pub struct Names<'a> {
    known: &'a Known<'a>,
    contracts: &'a Contracts,
    layouts: BTreeMap<Address, SlotNamer<'a>>,
}

impl<'a> Names<'a> {
    /// Names of what is known, where the execution showed these keccak inputs.
    pub fn new(known: &'a Known<'a>, contracts: &'a Contracts, preimages: &'a Preimages) -> Self {
        let namer = |(address, name): (&Address, &String)| {
            let artifact = contracts.get(name)?;
            Some((
                *address,
                SlotNamer::new(&artifact.layout, preimages, &known.names),
            ))
        };
        let layouts = known.contracts.iter().filter_map(namer).collect();
        Self {
            known,
            contracts,
            layouts,
        }
    }

    /// The name of an account, or its address.
    pub fn account(&self, address: Address) -> String {
        self.known
            .names
            .get(&address)
            .cloned()
            .unwrap_or_else(|| address.to_string())
    }

    /// All names.
    pub fn all(&self) -> &contracts::Names {
        &self.known.names
    }

    /// The contract that an account is known to be.
    pub fn contract(&self, address: Address) -> Option<&str> {
        self.known.contracts.get(&address).map(String::as_str)
    }

    /// The name of a location.
    pub fn location(&self, location: Location) -> String {
        match location {
            Location::Balance(address) => format!("balance of {}", self.account(address)),
            Location::Nonce(address) => format!("nonce of {}", self.account(address)),
            Location::Code(address) => format!("code of {}", self.account(address)),
            Location::Existence(address) => format!("existence of {}", self.account(address)),
            Location::Slot(address, slot) => {
                format!("{}.{}", self.account(address), self.variable(address, slot))
            }
            Location::Account(address) => self.account(address),
            Location::Fees => "fees of the beneficiary".into(),
        }
    }

    fn variable(&self, address: Address, slot: U256) -> String {
        let named = self
            .layouts
            .get(&address)
            .and_then(|namer| namer.name(slot));
        named.unwrap_or_else(|| format!("{slot:#x}"))
    }

    /// Why a transaction failed or was skipped; else nothing.
    pub fn reason(&self, outcome: &Outcome, to: TxKind) -> String {
        match outcome {
            Outcome::Skipped(reason) => reason.clone(),
            Outcome::Executed(receipt) => match &receipt.status {
                Status::Success => String::new(),
                Status::Halt(reason) => reason.clone(),
                Status::Revert => {
                    let called = to.to().and_then(|address| self.contract(*address));
                    self.contracts
                        .decode_revert(&receipt.output, called, self.all())
                }
            },
        }
    }
}
