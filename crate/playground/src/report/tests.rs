//! Writes the TypeScript twins of all types that cross.

use std::{fmt::Write, fs, path::Path};

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
        FunctionEntry Check OpenedFiles OpenedBatch RunResult Report Summary Clock WallSpread
        Difference Expectations VerdictPart VerdictLink Lanes SpanKind Spans TxStatus Txs Logs WatchFacts ExpectationFacts
        Bound Setting Latency Percentiles LocationFacts LocationKind SourceLine Pattern ContractFacts FunctionFacts
        Dependencies Accesses Shards Aborts Cause Events EventKind RunOptions RunnerKind HintSource ConflictUnit ContractFile CostModel OverheadUsed ListUsed ListSource
        CompareResult Comparison Sketch CurveOptions CurveResult Curve CurvePoint MeasuredSpeedup
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
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www/src/engine/report.ts");
    let text = declarations();
    if fs::read_to_string(&path).ok().as_deref() != Some(text.as_str()) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &text).unwrap();
    }
    assert!(text.contains("export type Report"));
}
