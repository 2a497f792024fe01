//! Which fields of the accounts it read an incarnation found out about.
//!
//! revm loads accounts whole, so the opcodes that look at a balance or a nonce say so themselves. Whoever
//! is merely called is looked at for its code alone, and depends on nobody who pays it or makes contracts
//! from it. Where credits and debits commute, whoever is merely credited is not looked at either, and
//! whoever pays is asked for enough, and no more than that.
//! The rule: in doubt a field counts as looked at.

use alloy_primitives::{Address, U256, map::AddressMap};
use revm::{
    bytecode::opcode,
    context::{TxEnv, either::Either, transaction::Transaction as _},
    interpreter::{
        Instruction, InstructionContext, InstructionExecResult,
        instructions::{contract, gas_table_spec, host},
        interpreter::EthInterpreter,
    },
    primitives::hardfork::SpecId,
    state,
};

use super::{
    Ctx, RevmEvm,
    view::{Asked, Asks, View},
};
use crate::{
    block::Block,
    defect::{Defect, planted},
    memory::{AccountRead, AccountSeen, MvMemory, Observed, ReadSet},
    switches::{Balances, Switches, Unit},
};

type Context<'a, 'm, 'b> = InstructionContext<'a, Ctx<'m, 'b>, EthInterpreter>;

/// Is there anything to find out? Else every read counts as one of the whole account.
pub(super) fn matters(memory: &MvMemory<'_>) -> bool {
    memory.tells_fields() || memory.switches().balances == Balances::Commutative
}

/// Makes the opcodes that look at balances and nonces say so.
pub(super) fn watch(evm: &mut RevmEvm<'_, '_>, spec: SpecId) {
    let gas = gas_table_spec(spec);
    let mut insert = |opcode: u8, instruction| {
        evm.instruction
            .insert_instruction(opcode, instruction, gas[opcode as usize]);
    };
    insert(opcode::BALANCE, Instruction::new(balance));
    insert(opcode::SELFBALANCE, Instruction::new(self_balance));
    insert(opcode::EXTCODEHASH, Instruction::new(code_hash));
    insert(opcode::CALL, Instruction::new(call));
    insert(opcode::CALLCODE, Instruction::new(call_code));
    insert(opcode::CREATE, Instruction::new(create::<false>));
    insert(opcode::CREATE2, Instruction::new(create::<true>));
    insert(opcode::SELFDESTRUCT, Instruction::new(self_destruct));
}

fn database<'c, 'm, 'b>(context: &'c mut Context<'_, 'm, 'b>) -> &'c mut View<'m, 'b> {
    &mut context.host.journaled_state.database
}

/// The account at the top of the stack or `depth` below.
fn ask_of(context: &mut Context<'_, '_, '_>, depth: usize, asked: Asked) {
    if let Ok(word) = context.interpreter.stack.peek(depth) {
        database(context).ask(Address::from_word(word.into()), asked);
    }
}

fn ask_of_self(context: &mut Context<'_, '_, '_>) {
    let own = context.interpreter.input.target_address;
    database(context).ask(own, Asked::Value);
}

/// The value that a call or creation sends along; none where it sends nothing.
fn value(context: &Context<'_, '_, '_>, depth: usize) -> Option<U256> {
    let value = context.interpreter.stack.peek(depth).ok()?;
    (!value.is_zero()).then_some(value)
}

/// Whoever executes is about to pay `value`, which fails if there is not so much.
///
/// What this transaction itself was paid and has paid so far is the same whatever there was before it.
fn ask_for_enough(context: &mut Context<'_, '_, '_>, value: U256) {
    let own = context.interpreter.input.target_address;
    let journal = &mut context.host.journaled_state;
    let now = journal.inner.state.get(&own).map(|it| it.info.balance);
    let rest = now.and_then(|now| now.checked_sub(value));
    let before = journal.database.seen(own).map(|seen| seen.balance);
    let asked = match before.zip(rest) {
        Some((before, rest)) => Asked::AtLeast(before.saturating_sub(rest)),
        None => Asked::Value,
    };
    journal.database.ask(own, asked);
}

fn balance<'m, 'b>(mut context: Context<'_, 'm, 'b>) -> InstructionExecResult {
    if !planted(Defect::LookUnseen) {
        ask_of(&mut context, 0, Asked::Value);
    }
    host::balance(context)
}

fn self_balance<'m, 'b>(mut context: Context<'_, 'm, 'b>) -> InstructionExecResult {
    ask_of_self(&mut context);
    host::selfbalance(context)
}

fn code_hash<'m, 'b>(mut context: Context<'_, 'm, 'b>) -> InstructionExecResult {
    ask_of(&mut context, 0, Asked::Emptiness);
    host::extcodehash(context)
}

/// To pay, one must have enough; to be paid costs more if one is empty.
fn call<'m, 'b>(mut context: Context<'_, 'm, 'b>) -> InstructionExecResult {
    if let Some(value) = value(&context, 2) {
        ask_for_enough(&mut context, value);
        ask_of(&mut context, 1, Asked::Emptiness);
        ask_of(&mut context, 1, Asked::Room);
    }
    contract::call::<{ opcode::CALL }, _, _>(context)
}

fn call_code<'m, 'b>(mut context: Context<'_, 'm, 'b>) -> InstructionExecResult {
    if let Some(value) = value(&context, 2) {
        ask_for_enough(&mut context, value);
    }
    contract::call::<{ opcode::CALLCODE }, _, _>(context)
}

/// Where the contract goes follows from the nonce, which grows; whoever is there already is looked at.
fn create<'m, 'b, const TWO: bool>(mut context: Context<'_, 'm, 'b>) -> InstructionExecResult {
    let own = context.interpreter.input.target_address;
    database(&mut context).ask(own, Asked::Nonce);
    if let Some(value) = value(&context, 0) {
        ask_for_enough(&mut context, value);
    }
    contract::create::<TWO, _, _>(context)
}

fn self_destruct<'m, 'b>(mut context: Context<'_, 'm, 'b>) -> InstructionExecResult {
    ask_of_self(&mut context);
    ask_of(&mut context, 0, Asked::Emptiness);
    ask_of(&mut context, 0, Asked::Room);
    host::selfdestruct(context)
}

/// What code asked of an account that it did not ask of.
static NOTHING: Asks = Asks {
    value: false,
    least: U256::ZERO,
    room: false,
    emptiness: false,
    nonce: false,
};

/// What a transaction and its code asked, all accounts together.
pub(super) struct Looks<'a> {
    asks: &'a AddressMap<Asks>,
    tx: &'a TxEnv,
    beneficiary: Address,
    /// Who signed authorizations.
    authorities: Vec<Address>,
    /// A contract may have been made at any address where there is no code.
    creates: bool,
    switches: Switches,
}

impl<'a> Looks<'a> {
    /// What `tx` asked; none if all that it read counts as looked at.
    ///
    /// Nobody is called where nobody has code: there are a sender and a receiver alone, and whoever pays
    /// or is paid is looked at. That is most of many a block, so nothing is made for it.
    #[inline]
    pub fn of(
        asks: &'a AddressMap<Asks>,
        reads: &ReadSet,
        block: &Block,
        tx: &'a TxEnv,
    ) -> Option<Self> {
        let calls = || tx.kind.is_create() || reads.accounts.iter().any(|read| read.has_code);
        let tells = reads.switches.balances == Balances::Commutative || calls();
        tells.then(|| Self::new(asks, reads.switches, block, tx))
    }

    #[inline(never)]
    fn new(asks: &'a AddressMap<Asks>, switches: Switches, block: &Block, tx: &'a TxEnv) -> Self {
        let authorities = tx
            .authorization_list
            .iter()
            .filter_map(|signed| match signed {
                Either::Left(signed) => signed.recover_authority().ok(),
                Either::Right(recovered) => recovered.authority(),
            });
        Self {
            asks,
            tx,
            beneficiary: block.env.beneficiary,
            authorities: authorities.collect(),
            creates: tx.kind.is_create() || asks.values().any(|asks| asks.nonce),
            switches,
        }
    }

    /// Notes in `read` what was found out about an account that was left as `account`.
    #[inline(never)]
    pub fn note(&self, read: &mut AccountRead, seen: &AccountSeen<'_>, account: &state::Account) {
        let address = read.address;
        let is_sender = address == self.tx.caller;
        if is_sender && self.switches.balances == Balances::Plain {
            return;
        }
        let of = Looked {
            asks: self.asks.get(&address).unwrap_or(&NOTHING),
            has_code: read.has_code,
            seen,
            account,
            is_sender,
            is_authority: self.authorities.contains(&address),
            creates: self.creates,
        };
        if self.switches.unit == Unit::Split {
            read.sees_nonce = of.sees_nonce();
        }
        read.observed = match self.switches.balances {
            Balances::Commutative => of.sum(read, self.tx),
            Balances::Plain => {
                let is_paid = self.tx.kind.to() == Some(&address) && !self.tx.value.is_zero();
                match is_paid || address == self.beneficiary || of.sees_balance(read) {
                    true => Observed::Value,
                    false => Observed::Nothing,
                }
            }
        };
    }
}

/// All there is to know of an account that a transaction read.
struct Looked<'a> {
    asks: &'a Asks,
    has_code: bool,
    seen: &'a AccountSeen<'a>,
    account: &'a state::Account,
    is_sender: bool,
    is_authority: bool,
    creates: bool,
}

impl Looked<'_> {
    /// Was it made or destroyed, so that what it had before goes another way?
    fn is_replaced(&self) -> bool {
        self.account.is_created() || self.account.is_selfdestructed()
    }

    /// Without code it may be empty, and whoever is touched and empty goes (EIP-161): nobody who was
    /// credited, whatever there was before.
    fn may_go(&self) -> bool {
        // A sender has a nonce by now.
        let may_be_empty = !self.has_code && !self.is_sender;
        may_be_empty && self.account.is_touched() && self.account.info.balance <= self.seen.balance
    }

    fn sees_nonce(&self) -> bool {
        let looks_for_code = self.creates || self.asks.emptiness;
        self.is_sender
            || self.is_authority
            || self.asks.nonce
            || self.is_replaced()
            || self.account.info.nonce != self.seen.nonce
            || self.may_go()
            || (looks_for_code && !self.has_code)
    }

    /// Where balances are values.
    fn sees_balance(&self, read: &AccountRead) -> bool {
        let looks_for_room = self.creates || self.asks.emptiness;
        self.is_sender
            || self.is_authority
            || read.fees.is_some()
            || self.asks.value
            || self.asks.room
            || !self.asks.least.is_zero()
            || self.is_replaced()
            || self.account.info.balance != self.seen.balance
            || self.may_go()
            || (looks_for_room && !self.has_code)
    }

    /// Where balances are sums.
    fn sum(&self, read: &AccountRead, tx: &TxEnv) -> Observed {
        // With a nonce or code an account is not empty, whatever it has. Without, nothing is taken from
        // it, so it is not empty if it had anything.
        let may_be_empty = self.seen.nonce == 0 && !self.has_code;
        let asks_if_empty = may_be_empty && (self.asks.emptiness || self.may_go());
        let by_code = self.asks.value || (asks_if_empty && self.seen.balance.is_zero());
        let least = match asks_if_empty {
            true => self.asks.least.max(U256::ONE),
            false => self.asks.least,
        };
        let is_gone = self.account.is_touched() && self.account.is_empty();
        // Fees are no entries that a debit could be taken from.
        let is_paid_fees = read.fees.is_some();
        if by_code || is_paid_fees || self.is_authority || self.is_replaced() || is_gone {
            return Observed::Value;
        }
        if self.is_sender {
            let enough = tx.max_balance_spending().ok();
            return enough.map_or(Observed::Value, |it| Observed::AtLeast(it.max(least)));
        }
        match least.is_zero() {
            true => Observed::Nothing,
            false => Observed::AtLeast(least),
        }
    }
}

/// Notes that a transaction that was skipped may have been for anything it read.
pub(super) fn settle_skipped(reads: &mut ReadSet) {
    for read in &mut reads.accounts {
        read.observed = Observed::Value;
        read.sees_nonce = true;
    }
}

/// How a balance changed that nobody looked at.
pub(super) fn difference(now: U256, before: U256) -> crate::memory::BalanceWrite {
    use crate::memory::BalanceWrite::{Add, Subtract};
    match now.checked_sub(before) {
        Some(more) => Add(more),
        None => Subtract(before - now),
    }
}
