//! Defects planted on purpose, to see that the checker notices them.
//!
//! Each is an error that parallel EVMs have had or nearly had: a step left out or done too early.
//! Without the feature `defects`, which tests alone switch on, nothing can be planted and the
//! compiler drops every place that asks.

/// What is done wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Defect {
    /// Block-STM: a write at a new location sends nobody above to validation again.
    NewLocationUnnoticed = 1,
    /// Block-STM: an abort sends nobody above to validation again.
    AbortUnnoticed,
    /// Block-STM: what was executed commits without having been validated.
    CommitUnvalidated,
    /// Block-STM: who read an ESTIMATE waits for its writer, even if that ended in between.
    DependencyUnchecked,
    /// Block-STM v2: who read too early and has ended is left alone.
    EndedReaderKept,
    /// Block-STM v2: who read too early and still runs is left alone.
    RunningReaderKept,
    /// Block-STM v2: who reads a slot is not remembered.
    SlotReaderForgotten,
    /// First phase and commit in order: a failed validation commits all the same.
    FailedValidationCommits,
    /// Memory: what an incarnation does not write any more stays written.
    WriteNotWithdrawn,
    /// Memory: validation compares who wrote, and not which of their incarnations.
    IncarnationIgnored,
    /// Memory: a read sees the lowest writer instead of the nearest.
    LowestWriterRead,
    /// EVM: the slots of a destroyed contract keep their values.
    DestroyedStorageKept,
    /// EVM: the beneficiary does not see the fees of lower transactions.
    FeesUnseen,
    /// EVM: code that an account without a creation gets (EIP-7702) is not written.
    DelegationUnwritten,
    /// EVM: that a balance covers what is sent is not validated.
    CoverUnchecked,
    /// EVM: an expected nonce is not validated.
    NonceTrusted,
    /// EVM: the code of a contract that the block creates is not kept.
    CreatedCodeForgotten,
    /// EVM: that code looks at a balance is not noted.
    LookUnseen,
    /// Threads: a worker parks without looking what was reported since it asked.
    ReportMissed,
}

/// Those that results show, whatever the threads do.
pub const OF_RESULTS: [Defect; 18] = [
    Defect::NewLocationUnnoticed,
    Defect::AbortUnnoticed,
    Defect::CommitUnvalidated,
    Defect::DependencyUnchecked,
    Defect::EndedReaderKept,
    Defect::RunningReaderKept,
    Defect::SlotReaderForgotten,
    Defect::FailedValidationCommits,
    Defect::WriteNotWithdrawn,
    Defect::IncarnationIgnored,
    Defect::LowestWriterRead,
    Defect::DestroyedStorageKept,
    Defect::FeesUnseen,
    Defect::DelegationUnwritten,
    Defect::CoverUnchecked,
    Defect::NonceTrusted,
    Defect::CreatedCodeForgotten,
    Defect::LookUnseen,
];

/// Those that some schedule of the threads shows.
pub const OF_SCHEDULES: [Defect; 12] = [
    Defect::NewLocationUnnoticed,
    Defect::AbortUnnoticed,
    Defect::CommitUnvalidated,
    Defect::DependencyUnchecked,
    Defect::EndedReaderKept,
    Defect::RunningReaderKept,
    Defect::SlotReaderForgotten,
    Defect::FailedValidationCommits,
    Defect::WriteNotWithdrawn,
    Defect::IncarnationIgnored,
    Defect::LowestWriterRead,
    Defect::ReportMissed,
];

#[cfg(feature = "defects")]
static PLANTED: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);

/// From now on this is done wrong, in the whole process; none mends it.
#[cfg(feature = "defects")]
pub fn plant(defect: Option<Defect>) {
    let number = defect.map_or(0, |defect| defect as u32);
    PLANTED.store(number, std::sync::atomic::Ordering::SeqCst);
}

/// Is this done wrong?
#[cfg(feature = "defects")]
pub(crate) fn planted(defect: Defect) -> bool {
    PLANTED.load(std::sync::atomic::Ordering::SeqCst) == defect as u32
}

/// Nothing is done wrong on purpose.
#[cfg(not(feature = "defects"))]
pub(crate) const fn planted(_: Defect) -> bool {
    false
}
