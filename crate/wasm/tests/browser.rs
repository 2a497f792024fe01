//! The binding in a real browser: workers, shared memory, panics and the EVM on threads.
//!
//! It does not test what the engine computes; `tests/native` does.
//! The pool can be built once per page, so every test begins with `pool`, and all share one.

#![cfg(target_arch = "wasm32")]

use std::cell::Cell;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering};

use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

mod browser {
    pub mod evm;
    pub mod verbs;
}

wasm_bindgen_test_configure!(run_in_dedicated_worker);

const WORKERS: usize = 2;

/// Starts the pool the first time it is called.
pub async fn pool() {
    thread_local!(static STARTED: Cell<bool> = const { Cell::new(false) });
    if !STARTED.replace(true) {
        let started = JsFuture::from(interleave_wasm::init_thread_pool(WORKERS)).await;
        started.expect("the pool starts in a dedicated worker");
    }
}

/// How many workers run at the same time: each waits until all the others have come.
fn workers_at_once() -> usize {
    let all = Barrier::new(rayon::current_num_threads());
    rayon::broadcast(|_| all.wait()).len()
}

#[wasm_bindgen_test]
async fn the_pool_starts_in_a_dedicated_worker() {
    pool().await;
    assert_eq!(workers_at_once(), 2);
}

#[wasm_bindgen_test]
async fn two_workers_run_at_the_same_time() {
    pool().await;
    // Neither task can end before the other has begun.
    let both = Barrier::new(2);
    let (left, right) = rayon::join(|| met(&both), || met(&both));
    assert_ne!(left, right, "both tasks ran on the same worker");
}

fn met(both: &Barrier) -> Option<usize> {
    both.wait();
    rayon::current_thread_index()
}

#[wasm_bindgen_test]
async fn workers_share_memory() {
    pool().await;
    let sum = AtomicU32::new(0);
    rayon::broadcast(|worker| {
        for _ in 0..1_000 {
            sum.fetch_add(worker.index() as u32 + 1, Ordering::Relaxed);
        }
    });
    assert_eq!(sum.into_inner(), 3_000);
}

#[wasm_bindgen_test]
async fn what_one_worker_allocates_another_may_free() {
    pool().await;
    for round in 0..100 {
        let made = rayon::broadcast(|worker| vec![worker.index() as u8; 64 + round * 100]);
        rayon::scope(|scope| {
            for bytes in made {
                scope.spawn(move |_| drop(bytes));
            }
        });
    }
    assert_eq!(workers_at_once(), 2);
}

#[wasm_bindgen_test]
async fn a_panic_in_a_worker_is_an_error_and_the_pool_goes_on() {
    pool().await;
    let caught = std::panic::catch_unwind(|| {
        rayon::scope(|scope| scope.spawn(|_| panic!("planted")));
    });
    let message = *caught
        .expect_err("the panic arrives")
        .downcast::<&str>()
        .expect("a message");
    assert_eq!(message, "planted");
    assert_eq!(workers_at_once(), 2);
}
