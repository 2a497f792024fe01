//! What a run of this benchmark measured, as a file: so the overhead can be fitted again, after the
//! model has changed, without a quiet machine.
//!
//! It holds nothing of the model. The rule: a case or row that the file has not is an error.

use std::{collections::BTreeMap, fs, path::Path};

use interleave_engine::runner::costs::Measured;
use interleave_playground::run::alone::Alone;
use serde::{Deserialize, Serialize};

/// Everything that was measured.
#[derive(Debug, Default, Deserialize, Serialize)]
pub struct Record {
    /// Two oracles side by side over one after the other.
    pub ceiling: f64,
    /// The share of the processors that others used meanwhile, where that is known.
    pub others: Option<f64>,
    /// By the case's name.
    pub cases: BTreeMap<String, CaseRecord>,
}

/// What was measured of one case.
#[derive(Debug, Default, Deserialize, Serialize)]
pub struct CaseRecord {
    /// Microseconds of the oracle for the block.
    total: f64,
    /// Microseconds and gas of each transaction alone.
    txs: Vec<(f64, u64)>,
    /// Speedup on threads, by strategy and then by the number of workers.
    pub speedups: BTreeMap<String, BTreeMap<u32, f64>>,
}

impl CaseRecord {
    pub fn new(alone: &Alone) -> Self {
        let txs = alone.times.iter();
        Self {
            total: alone.total,
            txs: txs.map(|it| (it.time, it.gas)).collect(),
            speedups: BTreeMap::new(),
        }
    }

    pub fn alone(&self) -> Alone {
        let txs = self.txs.iter();
        Alone {
            times: txs.map(|&(time, gas)| Measured { time, gas }).collect(),
            total: self.total,
        }
    }
}

impl Record {
    pub fn read(file: &Path) -> Self {
        let text = fs::read_to_string(file)
            .unwrap_or_else(|error| panic!("{} cannot be read: {error}", file.display()));
        serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{} is no such record: {error}", file.display()))
    }

    pub fn write(&self, file: &Path) {
        let text = serde_json::to_string(self).expect("numbers and names");
        fs::write(file, text)
            .unwrap_or_else(|error| panic!("{} cannot be written: {error}", file.display()));
    }

    /// What was measured of a case.
    pub fn case(&self, name: &str) -> &CaseRecord {
        let case = self.cases.get(name);
        case.unwrap_or_else(|| panic!("nothing was recorded of {name}"))
    }
}
