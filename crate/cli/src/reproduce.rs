//! The block of a run that came to something else than sequential execution, kept in a file.
//!
//! The rule: the file holds all that was executed, as a t8n input, so that neither the script nor the
//! version of its language is needed to see the difference again. For a run on threads it also holds the
//! schedule, if the difference showed again while the schedule was written down.

use std::{fs, path::Path};

use interleave_engine::{block::Block, oracle};
use interleave_playground::{batch::t8n, schedule::Recording};

/// Writes the file into `folder`, and says what to do with it.
pub fn write(folder: &Path, block: &Block, recording: Option<&Recording>) -> String {
    let digest = oracle::result(block).digest().to_string();
    // Named by the result, so that one block is one file.
    let path = folder.join(format!("divergence-{}.json", &digest[2..10]));
    let mut file = t8n::write(block);
    if let Some(recording) = recording {
        let (member, schedule) = recording.write();
        file[member] = schedule;
    }
    let shown = path.display();
    match (fs::write(&path, file.to_string()), recording) {
        (Ok(()), Some(_)) => {
            format!("`interleave run {shown} --replay {shown}` does the same again")
        }
        (Ok(()), None) => format!("`interleave check {shown}` runs this block again"),
        (Err(error), _) => format!("the block could not be kept in {shown}: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use interleave_engine::runner::{Control, threads::ScopedThreads};
    use interleave_playground::{
        self as playground,
        batch::{Batch, lower},
        gallery,
        report::{RunOptions, RunResult, RunnerKind},
        run::Machine,
        schedule,
    };

    use super::*;

    const SCRIPT: &str = "let a = account(\"a\"); let b = account(\"b\"); transfer(a, b, 1);";

    fn batch(text: &str) -> Batch {
        let (batch, _) = playground::read(text, gallery::contracts())
            .remove(0)
            .expect("it can run");
        batch
    }

    fn block(batch: &Batch) -> Block {
        lower(batch, gallery::contracts()).expect("it can run")
    }

    /// The text of the file that was written, and which is gone now.
    fn kept(said: &str) -> String {
        let file = said.split([' ', '`']).find(|word| word.ends_with(".json"));
        let file = Path::new(file.expect("the file is named"));
        let text = fs::read_to_string(file).expect("it was written");
        fs::remove_file(file).expect("it was written");
        text
    }

    #[test]
    fn what_is_kept_is_the_same_block_and_schedule() {
        let first = batch(SCRIPT);
        let folder = std::env::temp_dir().join(format!("interleave-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("it can be made");
        let text = kept(&write(&folder, &block(&first), None));
        let again = batch(&text);
        assert_eq!(
            oracle::result(&block(&again)),
            oracle::result(&block(&first))
        );
        assert!(Recording::read(&text).is_err(), "no schedule was kept");

        let machine = Machine {
            threads: &ScopedThreads { most: 2 },
            now: &|| 0.0,
            control: &Control::default(),
            memory: None,
        };
        let options = RunOptions {
            runner: RunnerKind::Threads,
            workers: 2,
            ..RunOptions::default()
        };
        let contracts = gallery::contracts();
        let (recorded, recording) = schedule::record(&first, contracts, &options, &machine);
        let text = kept(&write(&folder, &block(&first), recording.as_ref()));
        let recording = Recording::read(&text).expect("a schedule was kept");
        let replayed = schedule::replay(&batch(&text), contracts, &recording, &machine);
        let digest = |ran| match ran {
            Ok(RunResult::Report { report, .. }) => report.summary.digest,
            other => panic!("{other:?}"),
        };
        assert_eq!(digest(replayed), digest(recorded));

        let nowhere = folder.join("no such folder");
        assert!(write(&nowhere, &block(&first), None).contains("could not"));
        fs::remove_dir(folder).expect("it is empty");
    }
}
