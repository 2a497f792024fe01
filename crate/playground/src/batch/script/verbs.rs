//! The verbs of the script language: one table.
//!
//! A verb is one entry in [`VERBS`]: the language, its messages, the page's completion and help, and
//! `examples/REFERENCE.md` come from there.

use alloy_primitives::{Bytes, U256};
use rhai::{Array, Dynamic};

use super::{
    accounts, block, calls, chance, encoding, lists,
    options::Opt,
    recorder::{Fault, Recorder},
    shards, values, views,
};

/// A verb of the script language.
pub struct Verb {
    /// Heading of the reference it stands under.
    pub group: &'static str,
    /// What a script calls it.
    pub name: &'static str,
    /// Its arguments, as documentation and messages show them.
    pub signature: &'static str,
    /// One line that says what it does.
    pub help: &'static str,
    /// A line that uses it, after the lines of [`PRELUDE`].
    pub example: &'static str,
    /// Keys of the object map it takes.
    pub options: &'static [Opt],
    /// Fewest and most arguments.
    pub(super) arguments: (usize, usize),
    pub(super) run: fn(&mut Recorder, &[Dynamic]) -> Result<Dynamic, Fault>,
    /// What it gives when it fails.
    pub(super) harmless: fn(&mut Recorder) -> Dynamic,
}

/// What the examples of the verbs go on from.
pub const PRELUDE: &str = "let alice = account(\"alice\");
let bob = account(\"bob\");
let token = deploy(\"Token\", [], #{ from: alice, name: \"token\" });
";

const PREPARED: &str = "Accounts and contracts";
const BLOCK: &str = "The block";
const LOOKED: &str = "What is looked at";
const VALUES: &str = "Values";
const CHANCE: &str = "Randomness";

/// All verbs, in the order of their documentation.
pub const VERBS: &[Verb] = &[
    Verb {
        group: PREPARED,
        name: "account",
        signature: "account(name, #{ balance, nonce, code, storage })",
        help: "The account of this name; it has 100 ether unless the options say otherwise.",
        example: r#"let carol = account("carol", #{ balance: ether(2.5), nonce: 3 });"#,
        options: accounts::OPTIONS,
        arguments: (1, 2),
        run: accounts::account,
        harmless: doubtful,
    },
    Verb {
        group: PREPARED,
        name: "accounts",
        signature: "accounts(prefix, n, #{ balance, nonce, code, storage })",
        help: "A list of n accounts named prefix-0, prefix-1 and so on.",
        example: r#"let holders = accounts("holder", 200, #{ balance: ether(1) });"#,
        options: accounts::OPTIONS,
        arguments: (2, 3),
        run: accounts::accounts,
        harmless: no_items,
    },
    Verb {
        group: PREPARED,
        name: "deploy",
        signature: "deploy(contract, [args], #{ value, from, name })",
        help: "Deploys a contract before the block begins and gives its address; contract is a name, or code such as `assemble` gives.",
        example: r#"let airdrop = deploy("Airdrop", [ether(1_000)], #{ name: "airdrop" });"#,
        options: calls::DEPLOY_OPTIONS,
        arguments: (1, 3),
        run: calls::deploy,
        harmless: doubtful,
    },
    Verb {
        group: PREPARED,
        name: "prepare",
        signature: "prepare(from, to, call, [args], #{ value, data })",
        help: "A transaction that runs before the block begins and is not measured.",
        example: r#"prepare(alice, token, "mint(address,uint256)", [bob, ether(10)]);"#,
        options: calls::PREPARE_OPTIONS,
        arguments: (2, 5),
        run: calls::prepare,
        harmless: nothing,
    },
    Verb {
        group: BLOCK,
        name: "send",
        signature: "send(from, to, call, [args], #{ value, gas_limit, gas_price, max_fee, priority_fee, nonce, access_list, authorization_list, reads, writes, data })",
        help: "A transaction of the block; call is a function such as \"claim(uint256)\".",
        example: r#"send(alice, token, "transfer(address,uint256)", [bob, 5], #{ gas_limit: 90_000 });"#,
        options: calls::SEND_OPTIONS,
        arguments: (2, 5),
        run: calls::send,
        harmless: nothing,
    },
    Verb {
        group: BLOCK,
        name: "transfer",
        signature: "transfer(from, to, value, #{ gas_limit, gas_price, max_fee, priority_fee, nonce, access_list, reads, writes })",
        help: "A transaction of the block that moves value wei and calls nothing.",
        example: "transfer(alice, bob, ether(0.5));",
        options: calls::TRANSFER_OPTIONS,
        arguments: (3, 4),
        run: calls::transfer,
        harmless: nothing,
    },
    Verb {
        group: BLOCK,
        name: "block",
        signature: "block(#{ number, timestamp, base_fee, gas_limit, beneficiary, prevrandao, hardfork })",
        help: "The block's environment; called at most once.",
        example: r#"block(#{ base_fee: gwei(2), beneficiary: bob, hardfork: "osaka" });"#,
        options: block::OPTIONS,
        arguments: (1, 1),
        run: block::block,
        harmless: nothing,
    },
    Verb {
        group: BLOCK,
        name: "shard",
        signature: "shard(accounts, n)",
        help: "Puts an account, or a list of them, in shard n, from 0; all others go by the hash of their address.",
        example: "shard([alice, token], 1);",
        options: &[],
        arguments: (2, 2),
        run: shards::shard,
        harmless: nothing,
    },
    Verb {
        group: BLOCK,
        name: "access_list_change",
        signature: "access_list_change(n, account, field, value)",
        help: "Has the block come with a block access list that is false: it says that transaction n, from 0, leaves this value in the field, which is \"balance\", \"nonce\" or a slot; () leaves out what it writes there. The strategy that replays a list refuses it, all others ignore it.",
        example: "transfer(alice, bob, 5); access_list_change(0, bob, \"balance\", ether(1_000));",
        options: &[],
        arguments: (4, 4),
        run: lists::access_list_change,
        harmless: nothing,
    },
    Verb {
        group: LOOKED,
        name: "watch",
        signature: "watch(label, of, call, [args], #{ decimals })",
        help: "Shows a value before and after the block: the balance of an account, or what a call returns.",
        example: r#"watch("bob's tokens", token, "balanceOf(address)", [bob], #{ decimals: 18 });"#,
        options: views::WATCH_OPTIONS,
        arguments: (2, 5),
        run: views::watch,
        harmless: nothing,
    },
    Verb {
        group: LOOKED,
        name: "expect",
        signature: "expect(of, call, [args], value or #{ at_least, at_most })",
        help: "Fails unless a balance, or what a call returns, has this value after the block.",
        example: r#"expect(token, "balanceOf(address)", [bob], 0);"#,
        options: views::EXPECT_OPTIONS,
        arguments: (2, 4),
        run: views::expect,
        harmless: nothing,
    },
    Verb {
        group: VALUES,
        name: "ether",
        signature: "ether(x)",
        help: "x ether in wei; x is a number such as 1 or 0.5, or text.",
        example: "transfer(alice, bob, ether(1) / 3);",
        options: &[],
        arguments: (1, 1),
        run: |_, args| Ok(Dynamic::from(values::units("ether", &args[0], 18)?)),
        harmless: one,
    },
    Verb {
        group: VALUES,
        name: "gwei",
        signature: "gwei(x)",
        help: "x gwei in wei; x is a number such as 1 or 0.5, or text.",
        example: "transfer(alice, bob, 1, #{ gas_price: gwei(1.5) });",
        options: &[],
        arguments: (1, 1),
        run: |_, args| Ok(Dynamic::from(values::units("gwei", &args[0], 9)?)),
        harmless: one,
    },
    Verb {
        group: VALUES,
        name: "wei",
        signature: "wei(x)",
        help: "x as a 256-bit integer; x is a number, bytes or text.",
        example: r#"let many = wei("1_000_000_000_000_000_000_000");"#,
        options: &[],
        arguments: (1, 1),
        run: |_, args| Ok(Dynamic::from(values::units("wei", &args[0], 0)?)),
        harmless: one,
    },
    Verb {
        group: VALUES,
        name: "hex",
        signature: "hex(text)",
        help: "The bytes that hexadecimal text stands for; as an argument they can be an address or a number.",
        example: r#"let dead = hex("0x000000000000000000000000000000000000dead");"#,
        options: &[],
        arguments: (1, 1),
        run: encoding::hex,
        harmless: no_bytes,
    },
    Verb {
        group: VALUES,
        name: "keccak",
        signature: "keccak(x)",
        help: "The Keccak-256 hash of text or bytes, or of a number or an address as a word of 32 bytes.",
        example: r#"let slot = keccak(encode("(address,uint256)", [alice, 1]));"#,
        options: &[],
        arguments: (1, 1),
        run: encoding::keccak,
        harmless: no_bytes,
    },
    Verb {
        group: VALUES,
        name: "encode",
        signature: "encode(signature, [args])",
        help: "Call data for \"name(types)\", or just the arguments for \"(types)\".",
        example: r#"send(alice, token, #{ data: encode("transfer(address,uint256)", [bob, 5]) });"#,
        options: &[],
        arguments: (2, 2),
        run: encoding::encode,
        harmless: no_bytes,
    },
    Verb {
        group: VALUES,
        name: "assemble",
        signature: "assemble(program)",
        help: "The code of a program in EVM assembly: instructions, `name:` for a place to jump to, `PUSH @name` for that place, comments after `;`.",
        example: r#"let counter = deploy(assemble("PUSH 0 SLOAD PUSH 1 ADD PUSH 0 SSTORE"), [], #{ name: "counter" });"#,
        options: &[],
        arguments: (1, 1),
        run: encoding::assemble,
        harmless: no_bytes,
    },
    Verb {
        group: CHANCE,
        name: "seed",
        signature: "seed(n)",
        help: "Starts the random numbers anew; the same n gives the same numbers.",
        example: "seed(7);",
        options: &[],
        arguments: (1, 1),
        run: chance::seed,
        harmless: nothing,
    },
    Verb {
        group: CHANCE,
        name: "random",
        signature: "random(n)",
        help: "A random whole number from 0 to n - 1.",
        example: "let die = 1 + random(6);",
        options: &[],
        arguments: (1, 1),
        run: chance::random,
        harmless: zero,
    },
    Verb {
        group: CHANCE,
        name: "shuffle",
        signature: "shuffle(list)",
        help: "The list in a random order.",
        example: "for person in shuffle([alice, bob]) { transfer(person, alice, 1); }",
        options: &[],
        arguments: (1, 1),
        run: chance::shuffle,
        harmless: no_items,
    },
    Verb {
        group: CHANCE,
        name: "zipf",
        signature: "zipf(n, s)",
        help: "A random number from 0 to n - 1 that prefers small ones, the more the larger s is.",
        example: "let popular = zipf(100, 0.9);",
        options: &[],
        arguments: (2, 2),
        run: chance::zipf,
        harmless: zero,
    },
];

/// The verb of this name.
pub fn find(name: &str) -> Option<&'static Verb> {
    VERBS.iter().find(|verb| verb.name == name)
}

fn nothing(_: &mut Recorder) -> Dynamic {
    Dynamic::UNIT
}

fn zero(_: &mut Recorder) -> Dynamic {
    Dynamic::from_int(0)
}

fn one(_: &mut Recorder) -> Dynamic {
    Dynamic::from(U256::ONE)
}

fn no_bytes(_: &mut Recorder) -> Dynamic {
    Dynamic::from(Bytes::new())
}

fn no_items(_: &mut Recorder) -> Dynamic {
    Dynamic::from_array(Array::new())
}

fn doubtful(recorder: &mut Recorder) -> Dynamic {
    Dynamic::from(recorder.doubtful_address())
}
