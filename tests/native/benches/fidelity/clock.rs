//! The processor time that this thread has used.

/// In microseconds.
#[cfg(unix)]
pub fn of_thread() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e6 + time.tv_nsec as f64 / 1e3
}

/// Where it is not known, the wall clock.
#[cfg(not(unix))]
pub fn of_thread() -> f64 {
    use std::{sync::LazyLock, time::Instant};

    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed().as_secs_f64() * 1e6
}
