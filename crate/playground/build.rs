//! Lists the examples and the compiled contracts, so that the engine carries them.
//!
//! The menu is `examples/index.json`: a new example is its file and a line there.

#[path = "build/lines.rs"]
mod lines;

use std::{env, error::Error, fmt::Write, fs, path::Path};

use serde_json::Value;

fn main() -> Result<(), Box<dyn Error>> {
    let examples = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../examples");
    let artifacts = examples.join("contracts/artifacts");
    println!("cargo::rerun-if-changed={}", examples.display());

    let index = fs::read_to_string(examples.join("index.json"))?;
    let menu: Value = serde_json::from_str(&index)?;
    let mut list = String::from("pub(super) const EXAMPLES: &[Entry] = &[\n");
    for section in items(&menu)? {
        let group = text(&section["group"])?;
        for file in items(&section["files"])? {
            let file = text(file)?;
            let path = examples.join(file);
            let name = id(file)?;
            let remedy = match section["remedies"].get(file) {
                Some(remedy) => id(text(remedy)?)?,
                None => "",
            };
            let faults = match section["faults"].get(file) {
                Some(faults) => faults.to_string(),
                None => "[]".into(),
            };
            writeln!(
                list,
                "    Entry {{ group: {group:?}, id: {name:?}, remedy: {remedy:?}, faults: {faults:?}, script: include_str!({path:?}) }},"
            )?;
        }
    }
    list.push_str("];\n\npub(super) const ARTIFACTS: &[(&str, &str)] = &[\n");
    let mut paths = fs::read_dir(&artifacts)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>, std::io::Error>>()?;
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
    paths.sort();
    for path in paths {
        let name = path
            .file_name()
            .ok_or("a file has a name")?
            .to_string_lossy();
        // Without the white space that makes it readable.
        let mut artifact: Value = serde_json::from_str(&fs::read_to_string(&path)?)?;
        lines::reduce(&mut artifact)?;
        shorten(&mut artifact);
        writeln!(list, "    ({name:?}, {:?}),", artifact.to_string())?;
    }
    list.push_str("];\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("gallery.rs"), list)?;
    Ok(())
}

/// Takes what nobody here reads out of an artifact.
fn shorten(value: &mut Value) {
    const UNREAD: [&str; 4] = ["compiler", "astId", "contract", "internalType"];
    match value {
        Value::Object(members) => {
            members.retain(|member, _| !UNREAD.contains(&member.as_str()));
            members.values_mut().for_each(shorten);
        }
        Value::Array(items) => items.iter_mut().for_each(shorten),
        _ => {}
    }
}

fn items(value: &Value) -> Result<&[Value], Box<dyn Error>> {
    Ok(value
        .as_array()
        .ok_or("examples/index.json is a list of groups with a list of files")?)
}

/// The name of an example's file without its ending.
fn id(file: &str) -> Result<&str, Box<dyn Error>> {
    Ok(file
        .strip_suffix(".rhai")
        .ok_or("an example's name ends with .rhai")?)
}

fn text(value: &Value) -> Result<&str, Box<dyn Error>> {
    Ok(value
        .as_str()
        .ok_or("groups and files in examples/index.json are text")?)
}
