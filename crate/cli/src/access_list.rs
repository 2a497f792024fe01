//! Block access lists as files, which a run replays with.
//!
//! The rule: whatever is wrong with such a file is an error with its name, and nothing is run half.

use interleave_engine::strategy::{self, Needs};
use interleave_playground::{
    batch::{Batch, Problem, access_list},
    report::RunOptions,
};

use crate::source::{self, Refused};

/// Gives the batch the list in the file.
pub fn read(file: &str, options: &RunOptions, batch: &mut Batch) -> Result<(), Refused> {
    let refused = |problem| (file.to_owned(), vec![problem]);
    let strategy = strategy::find(&options.strategy);
    if strategy.is_none_or(|entry| entry.needs != Needs::List) {
        return Err(refused(Problem::error(format!(
            "the strategy `{}` takes no block access list; add --strategy block-access-list",
            options.strategy
        ))));
    }
    let text = source::file(file).map_err(refused)?;
    let list = access_list::read(&text, batch.transactions.len()).map_err(refused)?;
    batch.access_list = Some(list);
    Ok(())
}
