//! The oracle comes to what the executable specification computed.

use interleave_engine::oracle;
use interleave_tests::{conformance::Case, data};

#[test]
fn the_oracle_agrees_with_the_executable_specification() {
    let Some(folder) = data::folder("conformance/batches") else {
        return;
    };
    let mut wrong = Vec::new();
    let mut cases = 0;
    for file in data::packed(&folder) {
        for line in data::text(&file).lines() {
            let case = Case::read(line);
            cases += 1;
            let mut result = oracle::result(&case.block);
            if let Some(difference) = case.difference(&result) {
                wrong.push(format!("{}: {difference}", case.name));
            }
            // The comparison itself must notice a post-state that is not there.
            result.changes.accounts.clear();
            assert!(case.difference(&result).is_some(), "{}", case.name);
        }
    }
    println!("{cases} batches");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
