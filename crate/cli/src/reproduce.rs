//! The block of a run that came to something else than sequential execution, kept in a file.
//!
//! The rule: the file holds all that was executed, as a t8n input, so that neither the script nor the
//! version of its language is needed to see the difference again.

use std::{fs, path::Path};

use interleave_engine::{block::Block, oracle};
use interleave_playground::batch::t8n;

/// Writes the file into `folder`, and says what to do with it.
pub fn write(folder: &Path, block: &Block) -> String {
    let digest = oracle::result(block).digest().to_string();
    // Named by the result, so that one block is one file.
    let path = folder.join(format!("divergence-{}.json", &digest[2..10]));
    match fs::write(&path, t8n::write(block).to_string()) {
        Ok(()) => format!(
            "`interleave check {}` runs this block again",
            path.display()
        ),
        Err(error) => format!("the block could not be kept in {}: {error}", path.display()),
    }
}

#[cfg(test)]
mod tests {
    use interleave_playground::{self as playground, batch::lower, gallery};

    use super::*;

    #[test]
    fn what_is_kept_is_the_same_block() {
        let script = "let a = account(\"a\"); let b = account(\"b\"); transfer(a, b, 1);";
        let block = |text: &str| {
            let (batch, _) = playground::read(text, gallery::contracts())
                .remove(0)
                .expect("it can run");
            lower(&batch, gallery::contracts()).expect("it can run")
        };
        let kept = block(script);
        let folder = std::env::temp_dir();
        let said = write(&folder, &kept);
        let file = said.split([' ', '`']).find(|word| word.ends_with(".json"));
        let file = Path::new(file.expect("the file is named"));
        let again = block(&fs::read_to_string(file).expect("it was written"));
        fs::remove_file(file).expect("it was written");
        assert_eq!(oracle::result(&again), oracle::result(&kept));
        assert!(write(&folder.join("no such folder"), &kept).contains("could not"));
    }
}
