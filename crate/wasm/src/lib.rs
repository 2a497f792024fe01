//! The engine as a WebAssembly module: each export converts in, makes one call, converts out.
//!
//! It holds no ideas of its own; those are in `interleave-engine`.
//! The one rule: everything here runs in the engine worker or in its pool, never on the page's
//! thread, where waiting is forbidden.

mod allocator;

use std::sync::Barrier;

use wasm_bindgen::prelude::*;

pub use wasm_bindgen_rayon::init_thread_pool;

#[global_allocator]
static ALLOCATOR: allocator::PerThread = allocator::PerThread;

/// Runs when the module starts: a panic writes its message and place to the console.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
}

/// How many workers run at the same time: each waits until all the others have come.
///
/// One where the page is not isolated, since the pool cannot start there.
#[wasm_bindgen(js_name = countWorkers)]
pub fn count_workers() -> u32 {
    let workers = rayon::current_num_threads();
    let all = Barrier::new(workers);
    let arrived = rayon::broadcast(|_| {
        all.wait();
    });
    u32::try_from(arrived.len()).unwrap_or(u32::MAX)
}
