//! What simulated runs of the examples come to, as files that are looked at when they change.

use std::fs;

use super::{interleave, root};

#[test]
fn every_example_comes_to_its_picture() {
    let mut names: Vec<_> = fs::read_dir(root().join("examples"))
        .expect("there are examples")
        .map(|file| file.expect("readable").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "rhai"))
        .map(|path| {
            path.file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    assert!(names.len() >= 7, "{names:?}");

    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(root().join("tests/golden"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for name in names {
        let file = format!("examples/{name}.rhai");
        let call = interleave(
            &["run", &file, "--runner", "simulated", "--workers", "4"],
            "",
        );
        assert_eq!(call.status, 0, "{name}: {}{}", call.output, call.error);
        settings.bind(|| insta::assert_snapshot!(name, call.output));
    }
}
