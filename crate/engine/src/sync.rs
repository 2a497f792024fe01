//! What threads share things by: that of `std`, or of a tool that looks for errors in it.
//!
//! With the feature `shuttle` every lock and atomic is a place where `shuttle` may let another thread
//! go on, with `loom` where `loom` tries them all. With `races` locks are compiled here, since a
//! sanitizer sees nothing of what the compiled `std` does. Tests alone switch any of them on.

#[cfg(feature = "loom")]
use loom::sync as from;
#[cfg(feature = "races")]
use parking_lot as from;
#[cfg(feature = "shuttle")]
use shuttle::sync as from;
#[cfg(not(any(feature = "loom", feature = "races", feature = "shuttle")))]
use std::sync as from;

pub(crate) use from::{Condvar, Mutex, MutexGuard};

#[cfg(not(feature = "races"))]
pub(crate) use from::atomic;
#[cfg(feature = "races")]
pub(crate) use std::sync::atomic;

#[cfg(not(feature = "races"))]
mod locks {
    use std::sync::PoisonError;

    use super::{Condvar, Mutex, MutexGuard};

    /// Takes a lock whose holder may have panicked.
    ///
    /// A worker that panics takes the whole run with it, so what it left half done is never used. Inside
    /// an incarnation it does not: the run goes on, and leaves nothing half done. For all that an
    /// incarnation does under a lock is look, and add a cell, a reader or a step of a schedule, each in
    /// one go that cannot panic half-way. What it wrote is recorded after it, where a panic ends the run.
    pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
        mutex.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a lock guarded, now that nobody can hold it.
    pub(crate) fn into_inner<T>(mutex: Mutex<T>) -> T {
        mutex.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the lock back until somebody notifies.
    pub(crate) fn wait<'m, T>(changed: &Condvar, guard: MutexGuard<'m, T>) -> MutexGuard<'m, T> {
        changed.wait(guard).unwrap_or_else(PoisonError::into_inner)
    }
}

/// The same; these locks know nothing of panics.
#[cfg(feature = "races")]
mod locks {
    use super::{Condvar, Mutex, MutexGuard};

    pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
        mutex.lock()
    }

    pub(crate) fn into_inner<T>(mutex: Mutex<T>) -> T {
        mutex.into_inner()
    }

    pub(crate) fn wait<'m, T>(
        changed: &Condvar,
        mut guard: MutexGuard<'m, T>,
    ) -> MutexGuard<'m, T> {
        changed.wait(&mut guard);
        guard
    }
}

pub(crate) use locks::{into_inner, lock, wait};
