//! The fuzzer of `cargo xtask fuzz`: libFuzzer hands bytes to the reader that `INTERLEAVE_FUZZ` names.
//!
//! One program for all readers, so that it is built once.
#![no_main]

use std::{env, sync::LazyLock};

use interleave_tests::hostile::{READERS, Reader, reader};

static READER: LazyLock<&Reader> = LazyLock::new(|| {
    let name = env::var("INTERLEAVE_FUZZ").unwrap_or_default();
    reader(&name).unwrap_or_else(|| {
        let names = READERS.map(|it| it.name).join(", ");
        panic!("INTERLEAVE_FUZZ names a reader: {names}")
    })
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    (READER.read)(bytes);
});
