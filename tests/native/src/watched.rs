//! A strategy at which somebody looks on.

use interleave_engine::{
    block::TxIdx,
    memory::{Footprint, MvMemory, Overtaken, Verdict, Version},
    strategy::{Aborted, Strategy, Task, Ticket, WorkerId},
};

/// Who looks on, and does not let pass what should not be.
pub trait Watch: Sync {
    /// `worker` asked, and was given this task.
    fn asked(&self, _worker: WorkerId, _task: Task, _strategy: &dyn Strategy) {}

    /// What became of this incarnation is going to be reported.
    fn ends(&self, _version: Version) {}

    /// What became of a validation is going to be reported.
    fn validated(&self) {}

    /// Somebody asked how far the block is.
    fn committed(&self, _committed: TxIdx) {}
}

/// The strategy.
pub struct Watched<'a, W> {
    /// What it does.
    pub strategy: Box<dyn Strategy + 'a>,
    /// Who looks on.
    pub watch: W,
}

impl<W: Watch> Strategy for Watched<'_, W> {
    fn next(&self, worker: WorkerId) -> Task {
        let task = self.strategy.next(worker);
        self.watch.asked(worker, task, &*self.strategy);
        task
    }

    fn executed(
        &self,
        version: Version,
        footprint: Footprint,
        memory: &MvMemory<'_>,
    ) -> Vec<Overtaken> {
        self.watch.ends(version);
        self.strategy.executed(version, footprint, memory)
    }

    fn blocked(&self, version: Version, writer: TxIdx) {
        self.watch.ends(version);
        self.strategy.blocked(version, writer);
    }

    fn validated(
        &self,
        version: Version,
        ticket: Ticket,
        verdict: Verdict,
        memory: &MvMemory<'_>,
    ) -> Aborted {
        self.watch.validated();
        self.strategy.validated(version, ticket, verdict, memory)
    }

    fn lost(&self, version: Version) {
        self.watch.ends(version);
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
        self.watch.committed(committed);
        committed
    }

    fn has_spare(&self) -> bool {
        self.strategy.has_spare()
    }
}
