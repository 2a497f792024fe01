//! Writes the pictures of the gallery: a small timeline of each example, and what came of it.

use std::{fmt::Write, fs, path::Path};

use interleave_playground::{
    self as playground, gallery,
    report::{CompareResult, RunOptions, Sketch, SpanKind, Summary},
};
use interleave_tests::on_machine;

/// What the page runs an example with when it opens.
const WORKERS: u32 = 8;
/// Columns of a picture.
const COLUMNS: usize = 96;
/// Stands for time in which a worker did nothing.
const IDLE: char = '.';

/// The lanes of a sketch as text: for each column, the letter of what the sketch has in its middle.
fn lanes(sketch: &Sketch) -> Vec<String> {
    let mut lanes = vec![vec![IDLE; COLUMNS]; sketch.lanes as usize];
    let wide = sketch.end / COLUMNS as f64;
    for at in 0..sketch.lane.len() {
        let end = sketch.start[at] + sketch.length[at];
        for (column, letter) in lanes[sketch.lane[at] as usize].iter_mut().enumerate() {
            let middle = (column as f64 + 0.5) * wide;
            if sketch.start[at] <= middle && middle < end {
                *letter = match sketch.kind[at] {
                    SpanKind::Committed => 'c',
                    SpanKind::Aborted => 'a',
                    SpanKind::Blocked => 'b',
                    SpanKind::Cancelled => 'x',
                    SpanKind::Validated => 'v',
                    SpanKind::Rejected => 'r',
                };
            }
        }
    }
    lanes.into_iter().map(String::from_iter).collect()
}

/// One line for each example, in the order of the menu.
fn pictures() -> String {
    let mut text = String::new();
    for example in gallery::examples() {
        let options = RunOptions {
            workers: WORKERS,
            faults: example.faults.clone(),
            ..RunOptions::default()
        };
        let result =
            on_machine(|machine| playground::compare(&example.script, &[], &options, machine));
        let CompareResult::Comparison { comparison, .. } = result.expect("no worker fails") else {
            panic!("{} does not run", example.id)
        };
        let own = |summary: &Summary| summary.strategy == options.strategy;
        let at = comparison
            .runs
            .iter()
            .position(own)
            .expect("all strategies are compared");
        let (summary, sketch) = (&comparison.runs[at], &comparison.sketches[at]);
        let picture = serde_json::json!({
            "speedup": (summary.speedup * 100.0).round() / 100.0,
            "aborts": summary.aborts,
            "lanes": lanes(sketch),
        });
        let comma = if text.is_empty() { "" } else { ",\n" };
        write!(text, "{comma}\"{}\": {picture}", example.id).expect("memory");
    }
    format!("{{\n{text}\n}}\n")
}

#[test]
fn the_pictures_of_the_gallery_are_those_of_its_examples() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www/src/gallery/pictures.json");
    let text = pictures();
    let found = fs::read_to_string(&path).unwrap_or_default();
    if found != text {
        fs::write(&path, &text).unwrap();
    }
    assert!(
        found == text,
        "the pictures were out of date; they are drawn again now, commit them"
    );
}
