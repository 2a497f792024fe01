//! What runners rely on in a strategy beside right results, checked at every call of a run.

use std::{
    collections::BTreeSet,
    sync::{LazyLock, Mutex, MutexGuard, PoisonError},
};

use interleave_engine::{
    block::TxIdx,
    memory::Version,
    strategy::{ALL, Entry, Hope, Plan, Strategy, Task, WorkerId},
};

use crate::watched::{Watch, Watched};

/// Every strategy, with each way to hope, as one that panics where it does not keep to its contract.
///
/// For the simulated runner, where nothing happens between an answer and the next question.
pub fn strategies() -> &'static [Entry] {
    static STRATEGIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
        let builds = builds();
        assert_eq!(builds.len(), ALL.len(), "a strategy has no watch");
        let both =
            |(entry, builds): (&Entry, [Build; 2])| builds.map(|build| Entry { build, ..*entry });
        ALL.iter().zip(builds).flat_map(both).collect()
    });
    &STRATEGIES
}

/// Those that only hope that there is something for a worker that is woken.
const GUESS: [&str; 2] = ["block-stm", "block-stm-v2"];

type Build = for<'a> fn(Plan<'a>) -> Box<dyn Strategy + 'a>;

/// By strategy, as [`ALL`] lists them: a function knows what it builds only by its type.
fn builds() -> [[Build; 2]; 9] {
    fn of<const N: usize>() -> [Build; 2] {
        [build::<N, false>, build::<N, true>]
    }
    [
        of::<0>(),
        of::<1>(),
        of::<2>(),
        of::<3>(),
        of::<4>(),
        of::<5>(),
        of::<6>(),
        of::<7>(),
        of::<8>(),
    ]
}

fn build<'a, const N: usize, const MEASURED: bool>(plan: Plan<'a>) -> Box<dyn Strategy + 'a> {
    let hope = match MEASURED {
        true => Hope::Measured,
        false => Hope::Unbounded,
    };
    let seen = Seen {
        waits: vec![false; plan.workers as usize],
        ..Seen::default()
    };
    Box::new(Watched {
        strategy: (ALL[N].build)(Plan { hope, ..plan }),
        watch: Contract {
            id: ALL[N].id,
            txs: plan.block.txs.len(),
            seen: Mutex::new(seen),
        },
    })
}

struct Contract {
    id: &'static str,
    txs: usize,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    /// By worker: it was given nothing when it asked last.
    waits: Vec<bool>,
    /// What the last worker that was given something was told of one more; nothing after a report.
    has_spare: Option<bool>,
    /// All that was ever to be executed.
    begun: BTreeSet<Version>,
    /// What of it nobody reported yet.
    open: BTreeSet<Version>,
    validating: usize,
    committed: u32,
}

impl Contract {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch for Contract {
    fn asked(&self, worker: WorkerId, task: Task, strategy: &dyn Strategy) {
        let id = self.id;
        let committed = strategy.committed();
        self.committed(committed);
        let mut seen = self.seen();
        let waited = std::mem::take(&mut seen.waits[worker.0 as usize]);
        if seen.has_spare == Some(true) && waited && !GUESS.contains(&id) {
            assert_ne!(
                task.version(),
                None,
                "{id}: {worker:?} was woken for nothing"
            );
        }
        if seen.has_spare == Some(false) && waited {
            assert_eq!(
                task.version(),
                None,
                "{id}: {worker:?} was not woken for it"
            );
        }
        match task {
            Task::Execute(version, _) => {
                assert!(seen.begun.insert(version), "{id}: {version:?} again");
                let other = seen.open.iter().find(|it| it.tx == version.tx);
                assert_eq!(other, None, "{id}: runs beside {version:?}");
                assert!(version.tx >= committed, "{id}: {version:?} was final");
                seen.open.insert(version);
            }
            Task::Validate(version, _) => {
                let of_tx = |it: &&Version| it.tx == version.tx;
                let last = seen.begun.range(version..).take_while(of_tx).last();
                assert_eq!(last, Some(&version), "{id}: this ran last of it");
                assert!(
                    !seen.open.contains(&version),
                    "{id}: {version:?} still runs"
                );
                seen.validating += 1;
            }
            Task::Wait => {
                seen.waits[worker.0 as usize] = true;
                let reports = seen.open.len() + seen.validating;
                let all_wait = reports == 0 && seen.waits.iter().all(|waits| *waits);
                assert!(!all_wait, "{id}: everybody waits for ever");
            }
            Task::Done => assert_eq!(committed.index(), self.txs, "{id}: it is not done"),
        }
        if task.version().is_some() {
            seen.has_spare = Some(strategy.has_spare());
        }
    }

    fn ends(&self, version: Version) {
        let mut seen = self.seen();
        seen.has_spare = None;
        seen.open.remove(&version);
    }

    fn validated(&self) {
        let mut seen = self.seen();
        seen.has_spare = None;
        seen.validating -= 1;
    }

    fn committed(&self, committed: TxIdx) {
        let before = std::mem::replace(&mut self.seen().committed, committed.0);
        assert!(before <= committed.0, "{}: {before} were final", self.id);
    }
}
