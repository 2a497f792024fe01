//! How much of the heap the oracle and the first strategy of each job on one worker hold at the most, beyond the block.
//!
//! `memory JOBS` prints one JSON line a job, in bytes. It is a program of its own since counting
//! costs time.

mod job;

use peak_alloc::PeakAlloc;
use serde_json::json;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

fn main() {
    let mut words = std::env::args().skip(1).filter(|word| word != "--bench");
    for job in job::read(&words.next().expect("memory JOBS")) {
        let block = job.block();
        let strategy = &job.options.runs[0].strategy;
        let line = json!({
            "name": job.name,
            "transactions": block.txs.len(),
            "oracle": most(|| job::counted_oracle(&block)),
            "strategy": most(|| job::counted_strategy(&block, strategy)),
        });
        println!("{line}");
    }
}

/// Bytes that were held at the most while `work` ran, beyond what was held before.
fn most<T>(work: impl FnOnce() -> T) -> usize {
    let before = HEAP.current_usage();
    HEAP.reset_peak_usage();
    drop(work());
    HEAP.peak_usage() - before
}
