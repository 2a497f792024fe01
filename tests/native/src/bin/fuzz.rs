//! The fuzzer of `cargo xtask fuzz`: libFuzzer hands bytes to the reader that `INTERLEAVE_FUZZ` names.
//!
//! One program for all readers, so that it is built once.
#![no_main]

use std::{env, sync::LazyLock};

use fastrand::Rng;
use interleave_tests::hostile::{READERS, Reader, mutation::mutated, reader};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

static READER: LazyLock<&Reader> = LazyLock::new(|| {
    let name = env::var("INTERLEAVE_FUZZ").unwrap_or_default();
    reader(&name).unwrap_or_else(|| {
        let names = READERS.map(|it| it.name).join(", ");
        panic!("INTERLEAVE_FUZZ names a reader: {names}")
    })
});

/// What people wrote for the reader.
static WRITTEN: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| READER.written());

fuzz_target!(|bytes: &[u8]| {
    (READER.read)(bytes);
});

// libFuzzer changes bytes, after which little of a text is one still; every other change is one of words.
fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let mut random = Rng::with_seed(seed.into());
    let other = random.choice(WRITTEN.iter());
    let Some(other) = other.filter(|_| READER.of_text && random.bool()) else {
        return fuzzer_mutate(data, size, max_size);
    };
    let changed = mutated(&data[..size], other, &mut random);
    let size = changed.len().min(max_size);
    data[..size].copy_from_slice(&changed[..size]);
    size
});
