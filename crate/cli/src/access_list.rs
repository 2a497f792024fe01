//! Block access lists as files: one that a run replays with, and one that it leaves.
//!
//! The rule: whatever is wrong with such a file is an error with its name, and nothing is run half.

use std::fs;

use interleave_engine::strategy::{self, Needs};
use interleave_playground::{
    batch::{Batch, Problem, access_list, lower},
    gallery,
    report::RunOptions,
    run,
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

/// Writes the list of the batch to the file.
pub fn write(file: &str, batch: &Batch) -> Result<(), Refused> {
    let refused = |problem| (file.to_owned(), vec![problem]);
    let block = lower(batch, gallery::contracts()).map_err(|it| (file.to_owned(), it))?;
    let list = run::whole_access_list(batch, &block);
    let text = access_list::write(list, &block);
    let text = text.map_err(|reason| refused(Problem::error(reason.to_string())))?;
    fs::write(file, text).map_err(|error| refused(Problem::error(error.to_string())))
}
