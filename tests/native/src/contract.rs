//! What runners rely on in a strategy beside right results, checked at every call of a run.

use std::{
    collections::BTreeSet,
    sync::{LazyLock, Mutex, MutexGuard, PoisonError},
};

use interleave_engine::{
    block::TxIdx,
    memory::{Footprint, MvMemory, Overtaken, Verdict, Version},
    strategy::{ALL, Aborted, Entry, Hope, Plan, Strategy, Task, Ticket, WorkerId},
};

/// Every strategy, with each way to hope, as one that panics where it does not keep to its contract.
///
/// For the simulated runner, where nothing happens between an answer and the next question.
pub fn watched() -> &'static [(&'static str, Hope, Entry)] {
    &WATCHED
}

static WATCHED: LazyLock<Vec<(&str, Hope, Entry)>> = LazyLock::new(|| {
    let builds = builds();
    assert_eq!(builds.len(), ALL.len(), "a strategy has no watch");
    let hopes = |(entry, [unbounded, measured]): (&Entry, [Build; 2])| {
        let with = |hope, build| (entry.id, hope, Entry { build, ..*entry });
        [
            with(Hope::Unbounded, unbounded),
            with(Hope::Measured, measured),
        ]
    };
    ALL.iter().zip(builds).flat_map(hopes).collect()
});

/// Those that only hope that there is something for a worker that is woken.
const GUESS: [&str; 4] = ["block-stm", "block-stm-v2", "shards", "sequential"];

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
        id: ALL[N].id,
        txs: plan.block.txs.len(),
        strategy: (ALL[N].build)(Plan { hope, ..plan }),
        seen: Mutex::new(seen),
    })
}

struct Watched<'a> {
    id: &'static str,
    txs: usize,
    strategy: Box<dyn Strategy + 'a>,
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

impl Watched<'_> {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody reports that this is at its end.
    fn ends(&self, version: Version) {
        let mut seen = self.seen();
        seen.has_spare = None;
        seen.open.remove(&version);
    }
}

impl Strategy for Watched<'_> {
    fn next(&self, worker: WorkerId) -> Task {
        let id = self.id;
        let task = self.strategy.next(worker);
        let has_spare = self.strategy.has_spare();
        let committed = self.committed();
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
            seen.has_spare = Some(has_spare);
        }
        task
    }

    fn executed(
        &self,
        version: Version,
        footprint: Footprint,
        memory: &MvMemory<'_>,
    ) -> Vec<Overtaken> {
        self.ends(version);
        self.strategy.executed(version, footprint, memory)
    }

    fn blocked(&self, version: Version, writer: TxIdx) {
        self.ends(version);
        self.strategy.blocked(version, writer);
    }

    fn validated(
        &self,
        version: Version,
        ticket: Ticket,
        verdict: Verdict,
        memory: &MvMemory<'_>,
    ) -> Aborted {
        {
            let mut seen = self.seen();
            seen.has_spare = None;
            seen.validating -= 1;
        }
        self.strategy.validated(version, ticket, verdict, memory)
    }

    fn lost(&self, version: Version) {
        self.ends(version);
        self.strategy.lost(version);
    }

    fn cancels(&self) -> bool {
        self.strategy.cancels()
    }

    fn cancelled(&self, version: Version) -> bool {
        self.strategy.cancelled(version)
    }

    fn planned(&self) -> usize {
        self.strategy.planned()
    }

    fn committed(&self) -> TxIdx {
        let committed = self.strategy.committed();
        let mut seen = self.seen();
        let before = std::mem::replace(&mut seen.committed, committed.0);
        assert!(before <= committed.0, "{}: {before} were final", self.id);
        committed
    }

    fn has_spare(&self) -> bool {
        self.strategy.has_spare()
    }
}
