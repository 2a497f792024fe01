//! What the engine is handed in a browser: the pool's workers, the clock, a way to tell how far it is.

use std::cell::{Cell, RefCell};
use std::sync::LazyLock;

use interleave_engine::runner::{Control, Progress, threads::Threads};
use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Performance;

/// The words of the run, at a fixed place so that the page can watch them through shared memory.
pub static CONTROL: LazyLock<Control> = LazyLock::new(|| Control::watched(relay));

/// Calls to JavaScript are this far apart, in microseconds.
const RELAY_EVERY: f64 = 50_000.0;

thread_local! {
    /// Bytes that the memory of the engine may grow to, once somebody has said so.
    pub static MEMORY: Cell<Option<u64>> = const { Cell::new(None) };
    static PERFORMANCE: Option<Performance> = performance();
    static LISTENER: RefCell<Option<Function>> = const { RefCell::new(None) };
    static RELAYED: Cell<f64> = const { Cell::new(0.0) };
}

fn performance() -> Option<Performance> {
    let global = js_sys::global();
    Reflect::get(&global, &"performance".into())
        .ok()?
        .dyn_into()
        .ok()
}

/// Microseconds since 1970: each worker's own clock counts from its start, so its origin is added.
pub fn now() -> f64 {
    PERFORMANCE.with(|performance| match performance {
        Some(performance) => (performance.time_origin() + performance.now()) * 1_000.0,
        None => js_sys::Date::now() * 1_000.0,
    })
}

/// From now on `listener` hears of progress made on this thread.
pub fn relay_to(listener: Option<Function>) {
    RELAYED.set(now());
    LISTENER.set(listener);
}

fn relay(progress: Progress) {
    LISTENER.with_borrow(|listener| {
        let Some(listener) = listener else { return };
        let now = now();
        if now - RELAYED.get() < RELAY_EVERY {
            return;
        }
        RELAYED.set(now);
        // A listener that throws is the page's own error; the run goes on.
        let _ = listener.call3(
            &JsValue::NULL,
            &progress.phase.into(),
            &progress.committed.into(),
            &progress.transactions.into(),
        );
    });
}

/// The thread pool, or the only thread where there is none.
pub struct Pool;

impl Threads for Pool {
    fn count(&self) -> u32 {
        u32::try_from(rayon::current_num_threads()).unwrap_or(u32::MAX)
    }

    fn broadcast(&self, workers: u32, body: &(dyn Fn(u32) + Sync)) {
        if self.count() == 1 {
            return body(0);
        }
        rayon::broadcast(|context| {
            let worker = context.index() as u32;
            if worker < workers {
                body(worker);
            }
        });
    }
}
