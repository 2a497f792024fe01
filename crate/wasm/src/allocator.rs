//! A cache per thread in front of the standard allocator.
//!
//! The allocator of wasm is one global spin lock: two workers that allocate spend their time waiting
//! for each other, and were slower than one worker doing both their loops.
//! Here most allocations are served from free lists that belong to the thread alone.
//! This is the only file of the repository that may use `unsafe`.
//!
//! # Terms
//!
//! A *class* is a power of two from 16 bytes to 64 KiB. A request that needs no more than 64 KiB and
//! an alignment of at most 8 belongs to the smallest class that holds it; any other request is
//! *large* and goes straight to the standard allocator.
//!
//! # Protocol
//!
//! 1. A block of a class is always obtained from, and returned to, the standard allocator with the
//!    layout of its class, whatever size was asked for.
//! 2. `alloc` takes the first block of the class's free list, or asks the standard allocator.
//! 3. `dealloc` puts the block in front of the list of the thread that frees it, unless that list
//!    already holds `CACHED_BYTES`; then the block goes back to the standard allocator.
//! 4. A free block holds the address of the next one in its first word.
//!
//! # Why it is right
//!
//! - The class is a function of the layout, and callers must free with the layout they allocated
//!   with (or, after `realloc`, with the new size), so a block returns to the list of its own class
//!   and satisfies every request that list serves.
//! - A block is in at most one list or in the hands of at most one owner: `alloc` unlinks it before
//!   it is handed out, and the caller gives it up in `dealloc`.
//! - A list is touched by its own thread only, and none of the code here allocates or can be
//!   interrupted by the same thread, so there is nothing to lock. A block freed by another thread
//!   than the one that allocated it simply changes lists; what made it visible to that thread orders
//!   the accesses.
//! - The lists are plain pointers in constant-initialised thread-local storage: reaching them never
//!   allocates, and they have no destructor. A thread that ends leaks at most `CACHED_BYTES` per
//!   class; the pool's workers live as long as the memory does.

#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU32, Ordering};

const SMALLEST: usize = 16;
const LARGEST: usize = 64 * 1024;
const ALIGNMENT: usize = 8;
const CLASSES: usize = (LARGEST / SMALLEST).ilog2() as usize + 1;

/// What one list of one thread may hold.
const CACHED_BYTES: usize = 512 * 1024;

/// The global allocator: per-thread free lists before `std::alloc::System`.
pub struct PerThread;

/// A free block; the rest of its bytes are unused.
struct Free {
    next: Option<NonNull<Free>>,
}

#[derive(Clone, Copy)]
struct List {
    first: Option<NonNull<Free>>,
    blocks: usize,
}

thread_local! {
    static LISTS: UnsafeCell<[List; CLASSES]> =
        const { UnsafeCell::new([List { first: None, blocks: 0 }; CLASSES]) };
}

/// The index of the class a layout belongs to, or `None` if it is large.
fn class_of(layout: Layout) -> Option<usize> {
    if layout.size() > LARGEST || layout.align() > ALIGNMENT {
        return None;
    }
    let size = layout.size().max(SMALLEST).next_power_of_two();
    Some((size / SMALLEST).ilog2() as usize)
}

/// The layout every block of a class has.
fn layout_of(class: usize) -> Layout {
    // SAFETY: the alignment is a power of two and the size is at most LARGEST.
    unsafe { Layout::from_size_align_unchecked(SMALLEST << class, ALIGNMENT) }
}

impl List {
    fn take(&mut self) -> Option<NonNull<Free>> {
        let block = self.first?;
        // SAFETY: a block in the list is free memory whose first word `put` has written.
        self.first = unsafe { block.as_ref().next };
        self.blocks -= 1;
        Some(block)
    }

    /// # Safety
    /// `block` is a block of this list's class that nobody else refers to.
    unsafe fn put(&mut self, block: NonNull<Free>) {
        // SAFETY: every class has room and alignment for one `Free`, and the block is ours.
        unsafe { block.write(Free { next: self.first }) };
        self.first = Some(block);
        self.blocks += 1;
    }
}

/// Not zero once there was no memory left; whoever asked for it traps, and can say nothing any more.
pub static EXHAUSTED: AtomicU32 = AtomicU32::new(0);

/// What the standard allocator gave, and a note if that is nothing.
fn noted(address: *mut u8) -> *mut u8 {
    if address.is_null() {
        EXHAUSTED.store(1, Ordering::Relaxed);
    }
    address
}

/// Calls `with` on this thread's list of a class.
fn list<R>(class: usize, with: impl FnOnce(&mut List) -> R) -> R {
    LISTS.with(|lists| {
        // SAFETY: the lists are this thread's alone, and `with` is one of the two methods above,
        // which neither allocate nor come back here: no second reference exists meanwhile.
        with(unsafe { &mut (&mut *lists.get())[class] })
    })
}

// SAFETY: see the note at the top of this file; large requests are passed on unchanged.
unsafe impl GlobalAlloc for PerThread {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        noted(match class_of(layout) {
            Some(class) => match list(class, List::take) {
                Some(block) => block.as_ptr().cast(),
                // SAFETY: a class is never of size zero.
                None => unsafe { System.alloc(layout_of(class)) },
            },
            // SAFETY: the caller's own promise.
            None => unsafe { System.alloc(layout) },
        })
    }

    unsafe fn dealloc(&self, address: *mut u8, layout: Layout) {
        let Some(class) = class_of(layout) else {
            // SAFETY: a large block came from the standard allocator with this layout.
            return unsafe { System.dealloc(address, layout) };
        };
        let kept = list(class, |list| {
            let room = list.blocks < CACHED_BYTES >> (class + SMALLEST.ilog2() as usize);
            if let (true, Some(block)) = (room, NonNull::new(address.cast::<Free>())) {
                // SAFETY: the caller gives up a block of this class.
                unsafe { list.put(block) };
            }
            room
        });
        if !kept {
            // SAFETY: the block came from the standard allocator with the layout of its class.
            unsafe { System.dealloc(address, layout_of(class)) };
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if class_of(layout).is_none() {
            // SAFETY: the caller's own promise. Fresh memory may be known to be zero already.
            return noted(unsafe { System.alloc_zeroed(layout) });
        }
        // SAFETY: the caller's own promise.
        let address = unsafe { self.alloc(layout) };
        if !address.is_null() {
            // SAFETY: the block holds at least this many bytes.
            unsafe { ptr::write_bytes(address, 0, layout.size()) };
        }
        address
    }

    unsafe fn realloc(&self, address: *mut u8, old: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller promises that `size`, rounded up to the alignment, fits an `isize`.
        let new = unsafe { Layout::from_size_align_unchecked(size, old.align()) };
        match (class_of(old), class_of(new)) {
            (None, None) => {
                // SAFETY: a large block came from the standard allocator with this layout.
                noted(unsafe { System.realloc(address, old, size) })
            }
            (Some(before), Some(after)) if before == after => address,
            _ => {
                // SAFETY: the caller's own promise.
                let moved = unsafe { self.alloc(new) };
                if !moved.is_null() {
                    // SAFETY: both blocks hold this many bytes, and `moved` is a new one.
                    unsafe {
                        ptr::copy_nonoverlapping(address, moved, old.size().min(size));
                        self.dealloc(address, old);
                    }
                }
                moved
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(size: usize, align: usize) -> Layout {
        Layout::from_size_align(size, align).unwrap()
    }

    #[test]
    fn a_class_holds_what_is_asked_of_it() {
        for size in 1..=LARGEST {
            let class = class_of(layout(size, 8)).unwrap();
            assert!(layout_of(class).size() >= size);
            assert!(class == 0 || layout_of(class - 1).size() < size);
        }
        assert_eq!(class_of(layout(LARGEST, 8)), Some(CLASSES - 1));
        assert_eq!(class_of(layout(LARGEST + 1, 8)), None);
        assert_eq!(class_of(layout(16, 16)), None);
    }

    #[test]
    fn a_freed_block_is_handed_out_again_to_the_same_thread() {
        // SAFETY: each block is freed once, with the layout of its class.
        unsafe {
            let first = PerThread.alloc(layout(3000, 8));
            PerThread.dealloc(first, layout(3000, 8));
            let second = PerThread.alloc(layout(4096, 4));
            assert_eq!(first, second);
            PerThread.dealloc(second, layout(4096, 4));
        }
    }

    #[test]
    fn growing_keeps_the_bytes_within_and_across_classes() {
        // SAFETY: the block is always used with the size it has at that moment.
        unsafe {
            let mut size = 24;
            let mut address = PerThread.alloc(layout(size, 8));
            ptr::write_bytes(address, 7, size);
            for next in [32, 33, 1000, LARGEST, LARGEST + 1, 4 * LARGEST, 100] {
                address = PerThread.realloc(address, layout(size, 8), next);
                size = next;
                assert!(
                    (0..24).all(|i| *address.add(i) == 7),
                    "lost at {next} bytes"
                );
            }
            PerThread.dealloc(address, layout(size, 8));
        }
    }

    #[test]
    fn zeroed_memory_is_zero_even_when_the_block_was_used_before() {
        // SAFETY: each block is freed once, with its own layout.
        unsafe {
            let used = PerThread.alloc(layout(512, 8));
            ptr::write_bytes(used, 0xff, 512);
            PerThread.dealloc(used, layout(512, 8));
            let zeroed = PerThread.alloc_zeroed(layout(512, 8));
            assert!((0..512).all(|i| *zeroed.add(i) == 0));
            PerThread.dealloc(zeroed, layout(512, 8));
        }
    }

    #[test]
    fn a_list_does_not_grow_for_ever() {
        let block = layout(LARGEST, 8);
        // SAFETY: each block is freed once, with its own layout.
        unsafe {
            let all: Vec<_> = (0..100).map(|_| PerThread.alloc(block)).collect();
            for address in all {
                PerThread.dealloc(address, block);
            }
        }
        assert_eq!(
            list(CLASSES - 1, |list| list.blocks),
            CACHED_BYTES / LARGEST
        );
    }

    #[test]
    fn blocks_may_be_freed_by_another_thread() {
        let sent: Vec<Vec<u8>> = (1..200).map(|n| vec![n as u8; n * 37]).collect();
        let total = std::thread::spawn(move || sent.iter().map(|bytes| bytes.len()).sum::<usize>());
        assert_eq!(
            total.join().unwrap(),
            (1..200).map(|n| n * 37).sum::<usize>()
        );
    }
}
