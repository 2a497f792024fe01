//! The verb `block`, and the environment it describes.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, U256, keccak256};
use revm::{
    context::BlockEnv, context_interface::block::BlobExcessGasAndPrice,
    primitives::hardfork::SpecId,
};
use rhai::Dynamic;

use super::{
    options::{Opt, Options},
    recorder::{Fault, Recorder, address_of},
    values,
};
use crate::contracts::near::{did_you_mean, shown};

/// Options of `block`.
pub(super) const OPTIONS: &[Opt] = &[
    Opt::new(
        "number",
        "height of the block; 24,000,000 if it is not given",
    ),
    Opt::new(
        "timestamp",
        "seconds since 1970; 1,800,000,000 if it is not given",
    ),
    Opt::new(
        "base_fee",
        "wei a gas that is burnt; 1 gwei if it is not given",
    ),
    Opt::new(
        "gas_limit",
        "most gas of all transactions together; ten trillion if it is not given, which is no limit",
    ),
    Opt::new(
        "beneficiary",
        "the account that gets the fees; one named `beneficiary` if it is not given",
    ),
    Opt::new("prevrandao", "the word that `PREVRANDAO` gives"),
    Opt::new(
        "hardfork",
        "whose rules hold; \"osaka\" if it is not given, else \"frontier\", \"homestead\", \"tangerine\", \"spurious-dragon\", \"byzantium\", \"petersburg\", \"istanbul\", \"berlin\", \"london\", \"paris\", \"shanghai\", \"cancun\" or \"prague\"",
    ),
];

/// One gwei: the base fee, and what a transaction adds to it, unless the script says otherwise.
pub(super) const GWEI: u64 = 1_000_000_000;
/// Name of the account that gets the fees, unless the script says otherwise.
const BENEFICIARY: &str = "beneficiary";
/// Larger than all transactions of a batch together.
const GAS_LIMIT: u64 = 10_000_000_000_000;
/// How far back `BLOCKHASH` sees.
const HASHES: u64 = 256;

/// Hard forks a script can name.
const HARDFORKS: &[(&str, SpecId)] = &[
    ("frontier", SpecId::FRONTIER),
    ("homestead", SpecId::HOMESTEAD),
    ("tangerine", SpecId::TANGERINE),
    ("spurious-dragon", SpecId::SPURIOUS_DRAGON),
    ("byzantium", SpecId::BYZANTIUM),
    ("petersburg", SpecId::PETERSBURG),
    ("istanbul", SpecId::ISTANBUL),
    ("berlin", SpecId::BERLIN),
    ("london", SpecId::LONDON),
    ("paris", SpecId::MERGE),
    ("shanghai", SpecId::SHANGHAI),
    ("cancun", SpecId::CANCUN),
    ("prague", SpecId::PRAGUE),
    ("osaka", SpecId::OSAKA),
];

/// What a script says of its block.
#[derive(Clone, Copy, Debug)]
pub(super) struct BlockOptions {
    pub(super) spec: SpecId,
    number: u64,
    timestamp: u64,
    pub(super) base_fee: u64,
    pub(super) gas_limit: u64,
    beneficiary: Option<Address>,
    prevrandao: B256,
}

impl Default for BlockOptions {
    fn default() -> Self {
        Self {
            spec: SpecId::OSAKA,
            number: 24_000_000,
            timestamp: 1_800_000_000,
            base_fee: GWEI,
            gas_limit: GAS_LIMIT,
            beneficiary: None,
            prevrandao: keccak256("interleave prevrandao"),
        }
    }
}

/// `block(options)`
pub(super) fn block(recorder: &mut Recorder, args: &[Dynamic]) -> Result<Dynamic, Fault> {
    let options = Options::read(args.first(), OPTIONS)?;
    if recorder.block.is_some() {
        return Err(Fault::Problem(
            "`block` is called once; put all options there".to_owned(),
        ));
    }
    let mut block = BlockOptions::default();
    if let Some(spec) = options.read_with("hardfork", hardfork)? {
        block.spec = spec;
        if spec < SpecId::LONDON {
            block.base_fee = 0;
        }
    }
    if let Some(number) = options.number64("number")? {
        block.number = number;
    }
    if let Some(timestamp) = options.number64("timestamp")? {
        block.timestamp = timestamp;
    }
    if let Some(base_fee) = options.number64("base_fee")? {
        if block.spec < SpecId::LONDON && base_fee != 0 {
            return Err(Fault::Problem(
                "`base_fee` begins with the hard fork `london`".to_owned(),
            ));
        }
        block.base_fee = base_fee;
    }
    if let Some(gas_limit) = options.number64("gas_limit")? {
        block.gas_limit = gas_limit;
    }
    block.beneficiary = options.read_with("beneficiary", values::address)?;
    if let Some(prevrandao) = options.read_with("prevrandao", values::word)? {
        block.prevrandao = prevrandao.into();
    }
    recorder.block = Some(block);
    Ok(Dynamic::UNIT)
}

fn hardfork(key: &str, value: &Dynamic) -> Result<SpecId, String> {
    let written = values::text(key, value)?;
    let names = HARDFORKS.iter().map(|(name, _)| *name);
    HARDFORKS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(&written))
        .map(|(_, spec)| *spec)
        .ok_or_else(|| {
            let hint = match did_you_mean(&written, names.clone()) {
                hint if hint.is_empty() => {
                    format!("; there are `{}`", names.collect::<Vec<_>>().join("`, `"))
                }
                hint => hint,
            };
            format!("there is no hard fork `{}`{hint}", shown(&written))
        })
}

impl BlockOptions {
    /// The block's environment; the account that gets the fees is named if nobody has named it.
    pub(super) fn env(&self, recorder: &mut Recorder) -> BlockEnv {
        let beneficiary = self.beneficiary.unwrap_or_else(|| {
            let address = address_of("account", BENEFICIARY);
            if recorder.named(BENEFICIARY).is_none() {
                recorder.name(address, BENEFICIARY.to_owned());
            }
            address
        });
        let merged = self.spec >= SpecId::MERGE;
        BlockEnv {
            number: U256::from(self.number),
            beneficiary,
            timestamp: U256::from(self.timestamp),
            gas_limit: self.gas_limit,
            basefee: self.base_fee,
            difficulty: if merged {
                U256::ZERO
            } else {
                U256::from_be_bytes(self.prevrandao.0)
            },
            prevrandao: merged.then_some(self.prevrandao),
            blob_excess_gas_and_price: (self.spec >= SpecId::CANCUN)
                .then(|| BlobExcessGasAndPrice::new_with_spec(0, self.spec)),
            ..BlockEnv::default()
        }
    }

    /// The hashes that `BLOCKHASH` can ask for: made up, the same in every run.
    pub(super) fn hashes(&self) -> BTreeMap<u64, B256> {
        (self.number.saturating_sub(HASHES)..self.number)
            .map(|number| (number, keccak256(format!("interleave block {number}"))))
            .collect()
    }
}
