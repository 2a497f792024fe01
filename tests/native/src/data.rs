//! Public chain data outside the repository, where it is there.
//!
//! The rule: a test that needs it prints that it was skipped when it is not.

use std::{
    env, fs,
    io::Read,
    path::{Path, PathBuf},
};

use flate2::read::GzDecoder;
use interleave_playground::batch::Batch;

use crate::batches;

/// More gas than this takes long without optimisation.
const LONG: u64 = 30_000_000;

/// The folder `INTERLEAVE_DATA` names, by default `../shared/data` beside the repository.
pub fn folder(name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let data = match env::var_os("INTERLEAVE_DATA") {
        Some(data) => root.join(data),
        None => root.join("../shared/data"),
    };
    let folder = data.join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no test data in {}", folder.display());
    None
}

/// Should tests take all the data there is, instead of a part that is soon done?
///
/// `INTERLEAVE_ALL=1` says so.
pub fn all() -> bool {
    env::var_os("INTERLEAVE_ALL").is_some()
}

/// The gzipped files of a folder, by name.
pub fn packed(folder: &Path) -> Vec<PathBuf> {
    files(folder, "gz")
}

/// The files of a folder whose names end so, by name.
pub fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut files = all_files(folder);
    files.retain(|file| file.extension().is_some_and(|it| it == ending));
    files
}

/// All files of a folder, by name.
pub fn all_files(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).expect("the folder can be listed");
    let mut files: Vec<_> = files
        .map(|file| file.expect("the folder can be listed").path())
        .collect();
    files.sort();
    files
}

/// The text of a gzipped file.
pub fn text(file: &Path) -> String {
    let packed = fs::File::open(file).unwrap_or_else(|error| panic!("{file:?}: {error}"));
    let mut text = String::new();
    GzDecoder::new(packed)
        .read_to_string(&mut text)
        .unwrap_or_else(|error| panic!("{file:?}: {error}"));
    text
}

/// The batches whose outcome the executable specification computed.
pub fn generated() -> Vec<Batch> {
    let folder = folder("conformance/batches");
    let files = folder.iter().flat_map(|folder| packed(folder));
    let cases: Vec<_> = files.flat_map(|file| batches(&text(&file))).collect();
    println!("{} batches", cases.len());
    cases
}

/// The blocks of official blockchain tests; without `INTERLEAVE_ALL=1`, those that do not take long.
pub fn fixtures() -> Vec<Batch> {
    let folders = ["legacy", "tests", "eest"].map(|name| format!("conformance/fixtures/{name}"));
    let folders = folders.iter().filter_map(|name| folder(name));
    let files: Vec<PathBuf> = folders.flat_map(|it| files(&it, "json")).collect();
    let text = |file| fs::read_to_string(file).expect("a readable file");
    let mut blocks: Vec<_> = files.iter().flat_map(|it| batches(&text(it))).collect();
    if !all() {
        blocks.retain(|it| {
            it.expected
                .as_ref()
                .is_some_and(|it| it.gas_used.is_some_and(|gas| gas < LONG))
        });
    }
    println!("{} blocks", blocks.len());
    blocks
}
