//! A block access list as JSON, in the form EIP-7928 gives it: to be read, and to be written.
//!
//! The types are those revm takes lists by. The rule: what is read must be in the EIP's order and speak
//! of this block's indices; whether it is true is found out when it is replayed.

use std::collections::BTreeMap;

use alloy_eip7928::{
    AccountChanges, BalanceChange, BlockAccessIndex, CodeChange, NonceChange, SlotChanges,
    StorageChange, compute_block_access_list_hash, validate_block_access_list,
};
use alloy_primitives::{Address, B256, KECCAK256_EMPTY};
use interleave_engine::{
    access_list::{AccessList, Existences, FalseList, Value},
    block::Block,
    memory::Location,
};
use revm::state::Bytecode;

use super::{Batch, Problem, json::Part};
use crate::report::ContractFile;

/// Does a text seem to be a list? Other arrays that people have are interfaces of contracts.
pub fn is_list(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let members = [
        "storageChanges",
        "storageReads",
        "balanceChanges",
        "nonceChanges",
        "codeChanges",
    ];
    text.starts_with('[') && members.iter().any(|it| text.contains(&format!("\"{it}\"")))
}

/// Gives a batch the list among the files beside it, if there is one: it takes the place of one that
/// the batch comes with.
pub fn give(files: &[ContractFile], batch: &mut Batch) -> Result<(), Problem> {
    let mut lists = files.iter().filter(|file| is_list(&file.text));
    let Some(file) = lists.next() else {
        return Ok(());
    };
    if let Some(other) = lists.next() {
        let message = format!(
            "a block has one block access list, and `{}` is another",
            file.name
        );
        return Err(Problem::error(message).of(&other.name));
    }
    let list = read(&file.text, batch.transactions.len());
    batch.access_list = Some(list.map_err(|problem| problem.of(&file.name))?);
    Ok(())
}

/// Reads the list of a block with so many transactions.
pub fn read(text: &str, transactions: usize) -> Result<AccessList, Problem> {
    part(Part::whole(text), transactions, None)
}

/// Reads the list of a block with so many transactions, whose header may have the hash of it.
pub(super) fn part(
    whole: Part<'_>,
    transactions: usize,
    hash: Option<B256>,
) -> Result<AccessList, Problem> {
    let mut accounts: Vec<AccountChanges> = Vec::new();
    let mut list = AccessList {
        existences: Existences::Unsaid,
        ..AccessList::default()
    };
    for part in whole.items("a block access list (EIP-7928)")? {
        let wrong = |message: String| part.wrong(format!("not a block access list: {message}"));
        accounts.push(part.read("an account of a block access list")?);
        // Its order is that of the one before it.
        let two = &accounts[accounts.len().saturating_sub(2)..];
        validate_block_access_list(two, transactions).map_err(|error| wrong(error.to_string()))?;
        add(&mut list, &two[two.len() - 1]).map_err(wrong)?;
    }
    if let Some(hash) = hash {
        let found = compute_block_access_list_hash(&accounts);
        if found != hash {
            return Err(whole.wrong(format!(
                "not the block access list of this block: it gives the hash {found}, and the header has {hash}"
            )));
        }
    }
    Ok(list)
}

/// Adds what a list says of one account.
fn add(list: &mut AccessList, account: &AccountChanges) -> Result<(), String> {
    let address = account.address;
    let mut change = |location, index: BlockAccessIndex, value| {
        // The index was found to be one of this block.
        let index = index.get() as u32;
        list.changes.insert((location, index), value);
    };
    for slot in &account.storage_changes {
        for it in &slot.changes {
            let value = Value::Number(it.new_value);
            let location = Location::Slot(address, slot.slot);
            change(location, it.block_access_index, value);
        }
    }
    for it in &account.balance_changes {
        let value = Value::Number(it.post_balance);
        change(Location::Balance(address), it.block_access_index, value);
    }
    for it in &account.nonce_changes {
        let value = Value::Nonce(it.new_nonce);
        change(Location::Nonce(address), it.block_access_index, value);
    }
    for it in &account.code_changes {
        let code = Bytecode::new_raw_checked(it.new_code.clone());
        let code =
            code.map_err(|error| format!("code that account {address} cannot have: {error}"))?;
        let hash = code.hash_slow();
        let value = Value::Code(hash);
        change(Location::Code(address), it.block_access_index, value);
        if hash != KECCAK256_EMPTY {
            list.codes.insert(hash, code);
        }
    }
    list.accesses.insert(Location::Account(address));
    let reads = account.storage_reads.iter();
    list.accesses
        .extend(reads.map(|slot| Location::Slot(address, *slot)));
    Ok(())
}

/// Writes the list of `block`, one account a line.
///
/// A list that the EIP's form has no words for is refused.
pub fn write(list: AccessList, block: &Block) -> Result<String, FalseList> {
    let list = list.in_eip_form(block)?;
    let lines = accounts(&list)
        .into_values()
        .map(|account| serde_json::to_string(&account).expect("numbers, bytes and lists are JSON"));
    let lines: Vec<String> = lines.collect();
    Ok(format!("[\n{}\n]\n", lines.join(",\n")))
}

/// The list by account, each with its changes in the order of slots and indices.
fn accounts(list: &AccessList) -> BTreeMap<Address, AccountChanges> {
    let mut accounts = BTreeMap::new();
    for location in &list.accesses {
        let account = entry(&mut accounts, *location);
        if let Location::Slot(_, slot) = location {
            account.storage_reads.push(*slot);
        }
    }
    for ((location, index), value) in &list.changes {
        let account = entry(&mut accounts, *location);
        let at = BlockAccessIndex::new(u64::from(*index));
        match (*location, *value) {
            (Location::Slot(_, slot), Value::Number(value)) => {
                let change = StorageChange::new(at, value);
                let slots = &mut account.storage_changes;
                match slots.last_mut().filter(|last| last.slot == slot) {
                    Some(last) => last.push(change),
                    None => slots.push(SlotChanges::new(slot, vec![change])),
                }
            }
            (_, Value::Number(value)) => {
                account.balance_changes.push(BalanceChange::new(at, value))
            }
            (_, Value::Nonce(value)) => account.nonce_changes.push(NonceChange::new(at, value)),
            (_, Value::Code(hash)) => {
                let code = list.codes.get(&hash).map(Bytecode::original_bytes);
                let code = CodeChange::new(at, code.unwrap_or_default());
                account.code_changes.push(code);
            }
            (_, Value::Existence(_)) => unreachable!("the EIP's form has none"),
        }
    }
    accounts
}

fn entry(
    accounts: &mut BTreeMap<Address, AccountChanges>,
    location: Location,
) -> &mut AccountChanges {
    let address = location.account().expect("a list has no fees");
    let new = || AccountChanges::new(address);
    accounts.entry(address).or_insert_with(new)
}

#[cfg(test)]
mod tests;
