//! Writes the TypeScript twins of all types that cross, and the JSON schema of reports.

use std::{fmt::Write, fs, path::Path};

use schemars::{Schema, generate::SchemaSettings, transform::RecursiveTransform};
use ts_rs::{Config, TS};

use interleave_engine::strategy::shards;

use super::*;
use crate::batch::{Place, Severity};

/// Lists every type that crosses; one that is missing leaves a dangling name that `tsc` reports.
fn declarations() -> String {
    let config = Config::default();
    let mut text = String::from(
        "// Written by `cargo test` from crate/playground/src/report.rs; do not edit.\n",
    );
    macro_rules! declare {
        ($($name:ident)*) => {$(
            let docs = <$name as TS>::docs().unwrap_or_default();
            write!(text, "\n{docs}export {}\n", <$name as TS>::decl(&config)).unwrap();
        )*};
    }
    declare!(
        Catalog ExportEntry ExportResult StrategyEntry StrategyNeeds Example VerbEntry OptionEntry ContractEntry
        FunctionEntry Check OpenedFiles OpenedBatch RunResult Report Summary PartialRun Clock WallSpread
        Difference Expectations VerdictPart VerdictLink Lanes SpanKind Spans TxStatus Txs Logs WatchFacts ExpectationFacts
        Bound Setting Latency Percentiles LocationFacts LocationKind SourceLine Pattern ContractFacts FunctionFacts
        Dependencies Accesses Shards Aborts Cause Events EventKind RunOptions RunnerKind HintSource ConflictUnit ContractFile CostModel OverheadUsed ListUsed ListSource
        CompareResult Comparison RejectedRun Sketch CurveOptions CurveResult Curve CurvePoint MeasuredSpeedup
        MeasureOptions MeasureResult Measured MeasuredRun
        Fault Recovery Faults FaultKind FaultAnswer
        FeeAssumptions FeesResult Fees Settled FeeBlocks
        NodeAnswers Assembled
        Problem Severity Place
    );
    text.push_str(&constants());
    text
}

/// What the page begins with and may choose from, before the engine is there to be asked.
fn constants() -> String {
    let options = serde_json::to_string_pretty(&RunOptions::default()).unwrap();
    let (fewest, most) = (shards::COUNT.start(), shards::COUNT.end());
    format!(
        "\n/**\n * What a run begins with.\n */\nexport const DEFAULTS: RunOptions = {options};\n\
         \n/**\n * How many shards there can be.\n */\n\
         export const SHARDS = {{ fewest: {fewest}, most: {most} }} as const;\n"
    )
}

#[test]
fn the_typescript_twins_are_written() {
    let text = declarations();
    write_new("../../www/src/engine/report.ts", &text);
    assert!(text.contains("export type Report"));
}

/// What a report is in JSON, for those who read one in another language.
///
/// A later engine may add members, so others than these are allowed.
fn schema() -> Schema {
    // Such as `uint32`, which are names of this generator alone; strict validators refuse them.
    let plain = |schema: &mut Schema| {
        schema.remove("format");
    };
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let settings = settings.with_transform(RecursiveTransform(plain));
    let mut schema = settings.into_generator().into_root_schema_for::<Report>();
    let id = format!("urn:interleave:report:{VERSION}");
    schema.insert("$id".into(), id.into());
    schema
}

#[test]
fn the_schema_of_reports_is_written() {
    let schema = schema();
    let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    write_new("report.schema.json", &text);
    let version = schema.pointer("/properties/version/const");
    assert_eq!(version, Some(&serde_json::json!(VERSION)));
}

/// Writes a generated file where it is not up to date; the path begins at this package.
fn write_new(path: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if fs::read_to_string(&path).ok().as_deref() != Some(text) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }
}
