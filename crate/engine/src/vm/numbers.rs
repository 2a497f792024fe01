//! Which of the accounts that an incarnation read has an address.
//!
//! revm hands the number of an account back with whatever it asks later, but for accounts that it was told
//! do not exist. There may be tens of thousands of those, so whoever looks for one does not go through all.

use alloy_primitives::{Address, map::AddressMap};

use crate::memory::AccountRead;

/// So many are gone through faster than they are found in a table.
const FEW: usize = 16;

/// Numbers of accounts, as far as somebody asked beyond a few.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    table: AddressMap<usize>,
    /// So many accounts are in the table.
    known: usize,
}

impl Numbers {
    /// The number of the account in `accounts`, to which others may have been added since the last call.
    pub fn of(&mut self, accounts: &[AccountRead], address: Address) -> Option<usize> {
        if accounts.len() <= FEW {
            return accounts.iter().position(|read| read.address == address);
        }
        let unknown = accounts.iter().enumerate().skip(self.known);
        self.table
            .extend(unknown.map(|(number, read)| (read.address, number)));
        self.known = accounts.len();
        self.table.get(&address).copied()
    }

    /// Other accounts are read from now on.
    pub fn clear(&mut self) {
        self.table.clear();
        self.known = 0;
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::U256;

    use super::*;
    use crate::memory::Place;

    fn read(number: u64) -> AccountRead {
        let address = Address::from_word(U256::from(number).into());
        AccountRead::new(address, Place::default())
    }

    #[test]
    fn accounts_are_found_however_many_there_are_and_whenever_they_came() {
        let mut numbers = Numbers::default();
        let mut accounts = Vec::new();
        for number in 0..100 {
            let next = read(number as u64);
            assert_eq!(numbers.of(&accounts, next.address), None, "{number}");
            accounts.push(next);
            for (at, read) in accounts.iter().enumerate() {
                assert_eq!(numbers.of(&accounts, read.address), Some(at));
            }
        }
        numbers.clear();
        let others: Vec<_> = (50..90).map(read).collect();
        assert_eq!(numbers.of(&others, read(50).address), Some(0));
        assert_eq!(numbers.of(&others, read(0).address), None);
    }
}
