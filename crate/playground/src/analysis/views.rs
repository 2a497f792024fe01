//! What the script watches and expects, as rows of the report.

use super::Run;
use crate::report::{ExpectationFacts, WatchFacts};

/// One row a watch.
pub fn watches(run: &Run<'_>) -> Vec<WatchFacts> {
    let seen = run.batch.watches.iter().zip(&run.looked.watches);
    seen.map(|(watch, seen)| WatchFacts {
        label: watch.label.clone(),
        of: watch.view.text.clone(),
        before: seen.before.clone(),
        after: seen.after.clone(),
        change: seen.change.clone(),
    })
    .collect()
}

/// One row an expectation.
pub fn expectations(run: &Run<'_>) -> Vec<ExpectationFacts> {
    let looked = run.batch.expectations.iter();
    looked
        .zip(&run.looked.expectations)
        .map(|(expectation, verdict)| ExpectationFacts {
            of: expectation.view.text.clone(),
            expected: verdict.expected.clone(),
            found: verdict.found.clone(),
            holds: verdict.holds,
            place: expectation.place,
        })
        .collect()
}
