//! Where things are: the repository, the build folder, the tools folder.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};

/// The top of the repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// Cargo's build folder for native work.
pub fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// The build folder of the threaded wasm build. It has one of its own because its compiler may be
/// another one than the native work's.
pub fn wasm_target() -> PathBuf {
    target().join("wasm")
}

/// Where the command-line tools are installed: `INTERLEAVE_TOOLS`, or the user's cache folder, so
/// that they outlive `cargo clean` and serve every clone.
pub fn tools() -> PathBuf {
    if let Some(folder) = env::var_os("INTERLEAVE_TOOLS") {
        return root().join(folder);
    }
    let cache = match (env::var_os("XDG_CACHE_HOME"), env::var_os("LOCALAPPDATA")) {
        (Some(folder), _) | (None, Some(folder)) => PathBuf::from(folder),
        (None, None) => match env::home_dir() {
            Some(home) if cfg!(target_os = "macos") => home.join("Library/Caches"),
            Some(home) => home.join(".cache"),
            None => target(),
        },
    };
    cache.join("interleave")
}

/// Where data of others is, for tests and measurements that do without where it is not:
/// `INTERLEAVE_DATA`, or a folder beside the repository.
pub fn data() -> PathBuf {
    root().join(env::var_os("INTERLEAVE_DATA").unwrap_or("../shared/data".into()))
}

/// The files of a folder with this extension, by name.
pub fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    for entry in entries {
        let file = entry?.path();
        if file.extension() == Some(OsStr::new(extension)) {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

/// The newest modification below a file or folder; hidden and built folders do not count.
pub fn newest(path: &Path) -> SystemTime {
    let own = fs::metadata(path)
        .and_then(|data| data.modified())
        .unwrap_or(SystemTime::UNIX_EPOCH);
    let Ok(entries) = fs::read_dir(path) else {
        return own;
    };
    let counts = |entry: &fs::DirEntry| {
        let name = entry.file_name();
        !matches!(name.to_str(), Some("target" | "node_modules" | "dist"))
            && !name.as_encoded_bytes().starts_with(b".")
    };
    entries
        .flatten()
        .filter(counts)
        .map(|entry| newest(&entry.path()))
        .fold(own, SystemTime::max)
}

/// The first executable of one of these names on the search path.
pub fn find_program(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    names.iter().find_map(|name| {
        let file = format!("{name}{}", env::consts::EXE_SUFFIX);
        env::split_paths(&path)
            .map(|folder| folder.join(&file))
            .find(|found| found.is_file())
    })
}
