//! Builds the engine for the browser: cargo, wasm-bindgen, wasm-opt, into `www/src/engine/pkg`.
//!
//! The flags of the build are in `crate/wasm/.cargo/config.toml`, not here. What is up to date is
//! left alone.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use flate2::{Compression, write::GzEncoder};

use crate::toolchain::Toolchain;
use crate::{place, run, setup};

/// The most the engine may weigh, in bytes, and gzipped as it goes over the network.
const LARGEST: usize = 4_050_000;
const LARGEST_GZIPPED: usize = 1_500_000;

/// What the compiled code uses beyond the first version of WebAssembly.
const FEATURES: [&str; 8] = [
    "--enable-threads",
    "--enable-bulk-memory",
    "--enable-mutable-globals",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-exception-handling",
];

/// How much care a build takes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// As it is published: optimised, and refused if it is too large.
    Small,
    /// For a person who waits for their change: not optimised further.
    Quick,
}

/// Brings `www/src/engine/pkg` up to date.
pub fn build(toolchain: &Toolchain, kind: Kind) -> Result<()> {
    run::step("compile the engine", || {
        run::run(
            toolchain
                .command("cargo")
                .args(["build", "--release", "--lib"]),
        )
    })?;
    let compiled = compiled();
    let bytes = fs::read(&compiled).with_context(|| compiled.display().to_string())?;
    let wanted = format!("{kind:?} {}", setup::fingerprint(&bytes));
    let stamp = package().join("stamp");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        run::say("ok  engine: up to date");
        return Ok(());
    }

    let staged = place::wasm_target().join("pkg");
    // It does not exist the first time.
    let _ = fs::remove_dir_all(&staged);
    bind(toolchain, &compiled, &staged)?;
    let binary = staged.join("index_bg.wasm");
    if kind == Kind::Small {
        optimise(&binary)?;
        weigh(&binary)?;
        let _ = fs::remove_dir_all(package());
    }
    // The stamp says that all before it was done.
    let _ = fs::remove_file(&stamp);
    copy(&staged, &package())?;
    fs::write(stamp, wanted)?;
    Ok(())
}

/// What the compiler made, with names.
pub fn compiled() -> PathBuf {
    place::wasm_target().join("wasm32-unknown-unknown/release/interleave_wasm.wasm")
}

/// Where the page imports the engine from.
pub fn package() -> PathBuf {
    place::root().join("www/src/engine/pkg")
}

fn bind(toolchain: &Toolchain, compiled: &Path, folder: &Path) -> Result<()> {
    run::step("wasm-bindgen", || {
        let program = place::tools().join("bin/wasm-bindgen");
        let mut command = toolchain.command(&program.to_string_lossy());
        command.args(["--target", "web", "--out-name", "index", "--out-dir"]);
        run::run(command.arg(folder).arg(compiled))
    })
}

fn optimise(binary: &Path) -> Result<()> {
    run::step("wasm-opt", || {
        let mut command = run::command("node", &place::root());
        command
            .arg("node_modules/binaryen/bin/wasm-opt")
            .arg("-Oz")
            .args(FEATURES);
        run::run(command.arg(binary).arg("-o").arg(binary))
    })
}

/// The size of the binary in bytes, and gzipped as it goes over the network.
pub fn weight(binary: &Path) -> Result<(usize, usize)> {
    let bytes = fs::read(binary).with_context(|| binary.display().to_string())?;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&bytes)?;
    Ok((bytes.len(), encoder.finish()?.len()))
}

/// Prints the size of the binary and refuses one that is too large.
fn weigh(binary: &Path) -> Result<()> {
    let (raw, gzipped) = weight(binary)?;
    let megabytes = |bytes: usize| format!("{:.2} MB", bytes as f64 / 1e6);
    run::say(&format!(
        "ok  engine: {}, {} gzipped",
        megabytes(raw),
        megabytes(gzipped)
    ));
    ensure!(
        raw <= LARGEST && gzipped <= LARGEST_GZIPPED,
        "the engine is too large: at most {}, {} gzipped",
        megabytes(LARGEST),
        megabytes(LARGEST_GZIPPED)
    );
    Ok(())
}

/// Copies a folder over another, so that whoever watches the files there sees them change.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            // Not `fs::copy`, which may give the copy the time of the original.
            std::io::copy(&mut File::open(entry.path())?, &mut File::create(&target)?)?;
        }
    }
    Ok(())
}
