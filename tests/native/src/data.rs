//! Public chain data outside the repository, where it is there.
//!
//! The rule: a test that needs it prints that it was skipped when it is not.

use std::{
    env, fs,
    io::Read,
    path::{Path, PathBuf},
};

use flate2::read::GzDecoder;

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
    let files = fs::read_dir(folder).expect("the folder can be listed");
    let mut files: Vec<_> = files
        .map(|file| file.expect("the folder can be listed").path())
        .filter(|file| file.extension().is_some_and(|it| it == ending))
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
