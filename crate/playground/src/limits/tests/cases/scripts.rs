//! Scripts that have so much of something.

use std::fmt::Write;

use alloy_primitives::hex;

use crate::{
    batch::script::{self, evaluate},
    contracts::Contracts,
    limits,
};

/// All that is wrong with a script.
pub(super) fn said(script: &str) -> Vec<String> {
    let (_, problems) = evaluate(script, &Contracts::default());
    problems.into_iter().map(|it| it.message).collect()
}

/// So many pieces of a script.
pub(super) fn each(n: u64, piece: impl Fn(u64) -> String) -> String {
    (0..n).map(piece).collect()
}

pub(super) fn comment(n: u64) -> String {
    format!("//{}", "/".repeat(n as usize - 2))
}

/// An empty loop, each of whose turns is one operation.
pub(super) fn steps(n: u64) -> String {
    let turns = |turns: u64| format!("for i in 0..{turns} {{}}");
    let others = script::steps(&turns(0));
    let script = turns(n - others);
    assert_eq!(script::steps(&turns(1_000)), others + 1_000);
    script
}

pub(super) fn read(n: u64) -> String {
    let (many, more) = (n / 30_000, n % 30_000);
    format!(
        "let b = []; b.pad(30_000, 1); let c = [1];\nfor i in 0..{many} {{ b[0]; }} for i in 0..{more} {{ c[0]; }}"
    )
}

pub(super) fn calls(n: u64) -> String {
    format!("fn f(n) {{ if n > 1 {{ f(n - 1) }} }}\nf({n});")
}

/// The statement and what it is made of are two levels, and a function around it two more.
pub(super) fn nested(n: u64) -> String {
    format!("{}true;", "!".repeat(n as usize - 2))
}

pub(super) fn nested_in_function(n: u64) -> String {
    format!("fn f() {{ {} }}", nested(n - 2))
}

pub(super) fn text(n: u64) -> String {
    format!(
        "let t = \"{}\"; t += \"{}\";",
        "a".repeat(100_000),
        "a".repeat(n as usize - 100_000)
    )
}

pub(super) fn map(n: u64) -> String {
    format!("let m = #{{}}; for i in 0..{n} {{ m[`k${{i}}`] = 0; }} let c = m; c += #{{}};")
}

pub(super) fn description(n: u64) -> Vec<String> {
    let script = format!("// Title\n// {}", "a".repeat(n as usize));
    let (batch, _) = evaluate(&script, &Contracts::default());
    let is_cut = batch.description.chars().count() as u64 != n;
    is_cut.then(|| "cut".into()).into_iter().collect()
}

pub(super) fn transfers(n: u64) -> String {
    format!("let a = account(\"a\");\nfor i in 0..{n} {{ transfer(a, a, 1) }}")
}

pub(super) fn preparations(n: u64) -> String {
    format!("let a = account(\"a\");\nfor i in 0..{n} {{ prepare(a, a) }}")
}

pub(super) fn accounts(n: u64) -> String {
    let lists = each(6, |i| format!("accounts(\"a{i}\", 30_000);\n"));
    format!("{lists}accounts(\"b\", {});", n - 180_000)
}

/// Accounts with code count 100 bytes and their code.
pub(super) fn data(n: u64) -> String {
    let code = |bytes: u64| hex::encode_prefixed(vec![0; bytes as usize]);
    let (small, large, last) = (code(1_900), code(99_900), code(n - 63_900_000 - 100));
    format!(
        "accounts(\"a\", 30_000, #{{ code: hex(\"{small}\") }});\n\
         accounts(\"b\", 39, #{{ code: hex(\"{large}\") }});\n\
         account(\"c\", #{{ code: hex(\"{last}\") }});"
    )
}

/// A contract that takes all gas it is given, and who can pay for that.
pub(super) const BURNER: &str = "block(#{ hardfork: \"cancun\", base_fee: 0 });
let a = account(\"a\", #{ balance: ether(1_000_000_000) });
let burner = account(\"burner\", #{ code: hex(\"0xfe\") });\n";

/// One transaction of 21 000 gas, and one that uses the rest.
pub(super) fn burnt(n: u64) -> String {
    format!(
        "{BURNER}send(a, burner, #{{ gas_limit: {}, gas_price: 0 }});\ntransfer(a, a, 1, #{{ gas_price: 0 }});",
        n - 21_000
    )
}

/// As many preparing transactions as use no more than that; beyond the limit one more. Each uses all it has.
pub(super) fn burnt_before(n: u64) -> String {
    let each = 1 << 24;
    let many = n / each + u64::from(n > limits::GAS);
    format!("{BURNER}for i in 0..{many} {{ prepare(a, burner) }}")
}

/// A script whose only transaction does something as often as its data says.
pub(super) fn repeating(what: &str, times: u64) -> String {
    let mut script = format!(
        "block(#{{ hardfork: \"cancun\", base_fee: 0 }});
let a = account(\"a\");
let c = account(\"c\", #{{ code: assemble(\"PUSH 0 CALLDATALOAD again: DUP1 ISZERO PUSH @end JUMPI \
         {what} PUSH 1 SWAP1 SUB PUSH @again JUMP end: STOP\") }});\n"
    );
    write!(
        script,
        "send(a, c, #{{ data: hex(\"0x{times:064x}\"), gas_limit: 10_000_000_000, gas_price: 0 }});"
    )
    .expect("a text takes it");
    script
}
