//! The contracts of adversarial blocks, and the codes of creations.
//!
//! Each is told a number (below 5) and two addresses. Those that call others hand on the number and
//! the addresses, changed round. A contract whose opcodes a hard fork does not have halts there.

use alloy_primitives::{Address, B256, Bytes};

use crate::scene::{account, code, deploying, in_memory};

/// Puts the number and the addresses, changed round, into memory, and pushes what every call takes
/// below the value: where the answer goes, and where that is.
const HAND_ON: &str =
    "0 CALLDATALOAD 0 MSTORE 64 CALLDATALOAD 32 MSTORE 32 CALLDATALOAD 64 MSTORE 32 128 96 0";

/// What factories make: counts, or destroys itself when the number is 3.
const CHILD: &str = "0 CALLDATALOAD 3 EQ @die JUMPI 0 SLOAD 1 ADD 0 SSTORE STOP \
                     die: 32 CALLDATALOAD SELFDESTRUCT";

/// Numbers of the contracts' accounts begin here.
const FIRST: u8 = 0x20;
/// Where among them those are that use CREATE2.
const FACTORIES: [u8; 2] = [0, 1];

fn words() -> Vec<String> {
    let child = in_memory(&deploying(&code(CHILD)));
    let burning = in_memory(&code("CALLER SELFDESTRUCT"));
    [
        // Makes a child at one of two addresses, and pays it what it was paid.
        format!("0 CALLDATALOAD 1 AND {child} CALLVALUE CREATE2 9 SSTORE"),
        // The same, and calls it at once.
        format!(
            "0 CALLDATALOAD 1 AND {child} 0 CREATE2 {HAND_ON} 0 DUP6 100000 CALL 11 SSTORE"
        ),
        // Makes a child at an address that is new each time.
        format!("{child} CALLVALUE CREATE 10 SSTORE"),
        // Makes one that is gone before it is there.
        format!("0 {burning} 1 CREATE2 12 SSTORE"),
        // slot[number] += 1; a slot that all add to; a slot that is cleared.
        "0 CALLDATALOAD DUP1 SLOAD 1 ADD SWAP1 SSTORE".into(),
        "0 SLOAD 1 ADD 0 SSTORE".into(),
        "0 0 CALLDATALOAD SSTORE".into(),
        // slot[0] = slot[number], and a log of it.
        "0 CALLDATALOAD SLOAD DUP1 0 SSTORE 0 MSTORE 0 CALLDATALOAD 32 0 LOG1".into(),
        // Looks at the beneficiary, at an account, at who pays for all this, and says so.
        "COINBASE BALANCE DUP1 1 SSTORE 0 MSTORE 32 0 LOG0".into(),
        "32 CALLDATALOAD DUP1 EXTCODEHASH 4 SSTORE DUP1 EXTCODESIZE 5 SSTORE BALANCE DUP1 6 SSTORE \
         0 MSTORE 32 CALLDATALOAD 0 CALLDATALOAD 32 0 LOG2 GAS 7 SSTORE"
            .into(),
        "ORIGIN BALANCE 8 SSTORE CALLER BALANCE 13 SSTORE SELFBALANCE 14 SSTORE".into(),
        // Pays.
        "SELFBALANCE 2 SSTORE 0 0 0 0 1 32 CALLDATALOAD 60000 CALL 3 SSTORE".into(),
        "0 0 0 0 SELFBALANCE 32 CALLDATALOAD 60000 CALL 3 SSTORE".into(),
        // Fails every other time.
        "0 SLOAD DUP1 1 AND @odd JUMPI 1 ADD 0 SSTORE STOP odd: 1 ADD 0 SSTORE 0 0 REVERT".into(),
        "32 CALLDATALOAD SELFDESTRUCT".into(),
        // All ways to call.
        format!("{HAND_ON} 0 32 CALLDATALOAD 200000 CALL 20 SSTORE 128 MLOAD 21 SSTORE"),
        format!("{HAND_ON} CALLVALUE 32 CALLDATALOAD 200000 CALL 20 SSTORE"),
        format!("{HAND_ON} 32 CALLDATALOAD 200000 DELEGATECALL 20 SSTORE"),
        format!("{HAND_ON} 0 32 CALLDATALOAD 200000 CALLCODE 20 SSTORE"),
        format!("{HAND_ON} 32 CALLDATALOAD 200000 STATICCALL 20 SSTORE"),
        // Twice, and then undone; undone with all its gas.
        format!("{HAND_ON} 0 32 CALLDATALOAD 90000 CALL {HAND_ON} 0 64 CALLDATALOAD 90000 CALL 0 0 REVERT"),
        format!("{HAND_ON} 0 32 CALLDATALOAD 90000 CALL POP INVALID"),
        format!("{HAND_ON} 0 32 CALLDATALOAD 90000 CALL {HAND_ON} 0 32 CALLDATALOAD 90000 CALL ADD 22 SSTORE"),
        // Leaves something behind until the transaction ends, and calls meanwhile.
        format!(
            "0 TLOAD DUP1 23 SSTORE 1 ADD 0 TSTORE {HAND_ON} 0 32 CALLDATALOAD 100000 CALL POP \
             0 TLOAD 24 SSTORE"
        ),
        // The block; what only newer ones have.
        "1 NUMBER SUB BLOCKHASH 15 SSTORE DIFFICULTY 16 SSTORE GASPRICE 17 SSTORE BASEFEE 18 SSTORE \
         GASLIMIT TIMESTAMP XOR CHAINID XOR 19 SSTORE"
            .into(),
        "BLOBBASEFEE 25 SSTORE 0 CALLDATALOAD BLOBHASH 26 SSTORE 7 0 MSTORE 32 0 32 MCOPY 32 MLOAD 27 SSTORE".into(),
        // A precompile.
        "CALLDATASIZE 0 0 CALLDATACOPY 64 256 CALLDATASIZE 0 0 0 CALLDATALOAD 1 ADD 50000 CALL \
         28 SSTORE 256 MLOAD 29 SSTORE"
            .into(),
    ]
    .into()
}

/// All contracts there are before the block.
pub(super) fn all() -> Vec<(Address, Bytes)> {
    let words = words();
    let numbers = FIRST..;
    numbers
        .zip(&words)
        .map(|(number, words)| (account(number), code(words)))
        .collect()
}

/// Where children will be.
pub(super) fn children() -> Vec<Address> {
    let init = deploying(&code(CHILD));
    let of = |factory: u8| {
        let factory = account(FIRST + factory);
        [0, 1].map(|salt| factory.create2_from_code(B256::with_last_byte(salt), &init))
    };
    let by_nonce = account(FIRST + 2);
    let mut all: Vec<_> = FACTORIES.into_iter().flat_map(of).collect();
    all.extend([1, 2].map(|nonce| by_nonce.create(nonce)));
    all
}

/// What transactions that create have for code.
pub(super) fn creations() -> Vec<Bytes> {
    [
        // A counter that can be destroyed; one that says on its way what it has.
        format!("{} RETURN", in_memory(&code(CHILD))),
        format!(
            "SELFBALANCE 0 MSTORE 32 0 LOG0 1 0 SSTORE {} RETURN",
            in_memory(&code(CHILD))
        ),
        // Nothing; gone at once; undone; failed; a code that is not allowed; one that is too long.
        "STOP".into(),
        "COINBASE SELFDESTRUCT".into(),
        "1 0 SSTORE 0 0 REVERT".into(),
        "1 0 SSTORE INVALID".into(),
        "0xef 0 MSTORE8 1 0 RETURN".into(),
        "24577 0 RETURN".into(),
        // Makes another one.
        format!("{} 0 CREATE 0 SSTORE", in_memory(&deploying(&code(CHILD)))),
    ]
    .iter()
    .map(|words| code(words))
    .collect()
}
