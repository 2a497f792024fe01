//! How fast any number of workers could be, depending on what counts as a conflict.
//!
//! A bound from the dependencies of the block, whatever strategy ran it: gas used over gas of the
//! critical path.

use interleave_engine::{
    block::Block,
    memory::{Executed, Location, Version},
    runner::{Control, Stopped},
    switches::{Balances, FeeCredit, Nonces, Switches, Unit},
};

use super::{graph::Graph, view::View};
use crate::report::{Bound, Setting};

/// How incarnations must have been executed for [`bounds`]: with everything kept apart.
pub const APART: Switches = Switches {
    unit: Unit::Split,
    fees: FeeCredit::Deferred,
    balances: Balances::Commutative,
    nonces: Nonces::Expected,
};

const ACCOUNT: Switches = Switches {
    unit: Unit::Account,
    ..SPLIT
};
const SPLIT: Switches = Switches {
    balances: Balances::Plain,
    nonces: Nonces::Read,
    ..APART
};

/// From the coarsest way to look to the finest, and storage alone.
const SETTINGS: [(Setting, Switches); 6] = [
    (
        Setting::Naive,
        Switches {
            fees: FeeCredit::InPlace,
            ..ACCOUNT
        },
    ),
    (Setting::Account, ACCOUNT),
    (Setting::Split, SPLIT),
    (
        Setting::Commutative,
        Switches {
            nonces: Nonces::Read,
            ..APART
        },
    ),
    (Setting::AllSwitches, APART),
    (Setting::Storage, SPLIT),
];

/// The bound under each setting, from the committed incarnations of a run under [`APART`]. Each takes as
/// long as gas of this `patience` at the most.
pub fn bounds(
    block: &Block,
    finals: &[(Version, Executed)],
    control: &Control,
    patience: u64,
) -> Result<Vec<Bound>, Stopped> {
    let steps = control.on_the_way();
    let bound = |(setting, switches)| {
        steps.next(patience)?;
        let graph = Graph::new(&View { block, switches }, finals);
        let storage = setting == Setting::Storage;
        let paths = graph.paths(|location, _| storage && !matches!(location, Location::Slot(..)));
        Ok(Bound {
            setting,
            speedup: paths.bound(graph.total_gas()),
        })
    };
    SETTINGS.into_iter().map(bound).collect()
}
