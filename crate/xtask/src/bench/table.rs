//! From the times of all rounds to a table: medians with their spread, and ratios within one round.

use anyhow::{Context, Result};
use serde_json::Value;

/// The middle of some numbers, and the least and the greatest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The middle.
    pub median: f64,
    /// The least.
    pub least: f64,
    /// The greatest.
    pub greatest: f64,
}

impl Spread {
    /// Of at least one number.
    pub fn of(numbers: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut all: Vec<f64> = numbers.into_iter().collect();
        all.sort_by(f64::total_cmp);
        Some(Self {
            median: *all.get(all.len() / 2)?,
            least: *all.first()?,
            greatest: *all.last()?,
        })
    }

    /// With so many digits after the point.
    pub fn text(&self, digits: usize) -> String {
        let Self {
            median,
            least,
            greatest,
        } = self;
        format!("{median:.digits$} ({least:.digits$} to {greatest:.digits$})")
    }
}

/// The answer to one job.
pub struct Answer {
    /// The job's name.
    pub name: String,
    /// How many there are in the block.
    pub transactions: f64,
    /// The oracle's times, by round, in microseconds.
    pub oracle: Vec<f64>,
    /// The machine's ceiling, by round.
    pub ceilings: Vec<f64>,
    /// The runs of the job.
    pub runs: Vec<Run>,
}

/// One strategy on a number of workers.
pub struct Run {
    /// Its id.
    pub strategy: String,
    /// How many.
    pub workers: u64,
    /// What came before, in microseconds.
    pub preparation: f64,
    /// By round, in microseconds.
    pub times: Vec<f64>,
    /// The same without writing down what happens, where that was asked for.
    pub untraced: Vec<f64>,
}

impl Run {
    /// The oracle's time over this run's, in each round.
    pub fn ratios<'a>(&'a self, oracle: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
        oracle
            .iter()
            .zip(&self.times)
            .map(|(oracle, own)| oracle / own)
    }
}

/// Reads one line of what was measured.
pub fn answer(line: &str) -> Result<Answer> {
    let value: Value = serde_json::from_str(line)?;
    let measured = &value["measured"];
    let numbers = |value: &Value| -> Result<Vec<f64>> {
        let list = value.as_array().context("a list of times")?;
        let number = |it: &Value| it.as_f64().context("a time");
        list.iter().map(number).collect()
    };
    let text = |value: &Value| value.as_str().context("a name").map(str::to_owned);
    let mut runs = Vec::new();
    for run in measured["runs"].as_array().context("a list of runs")? {
        runs.push(Run {
            strategy: text(&run["strategy"])?,
            workers: run["workers"].as_u64().context("a number of workers")?,
            preparation: run["preparation"].as_f64().context("a time")?,
            times: numbers(&run["times"])?,
            untraced: numbers(&run["untraced"])?,
        });
    }
    Ok(Answer {
        name: text(&value["name"])?,
        transactions: measured["transactions"].as_f64().context("a count")?,
        oracle: numbers(&measured["oracle"])?,
        ceilings: numbers(&measured["ceilings"])?,
        runs,
    })
}

/// One row a workload, strategy and number of workers.
pub fn runs(answers: &[Answer]) -> Result<String> {
    let mut text = String::from(
        "| workload | transactions | oracle, ms | ceiling | strategy | workers | prepared, ms | oracle / strategy |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for answer in answers {
        let oracle = Spread::of(answer.oracle.iter().map(|it| it / 1_000.0)).context("a round")?;
        let ceiling = Spread::of(answer.ceilings.iter().copied());
        let ceiling = ceiling.map_or_else(|| "–".into(), |it| it.text(2));
        for run in &answer.runs {
            let ratio = Spread::of(run.ratios(&answer.oracle)).context("a round")?;
            text += &format!(
                "| {} | {} | {} | {ceiling} | {} | {} | {:.1} | {} |\n",
                answer.name,
                answer.transactions,
                oracle.text(1),
                run.strategy,
                run.workers,
                run.preparation / 1_000.0,
                ratio.text(2),
            );
        }
    }
    Ok(text)
}

/// One row a strategy over many blocks: the sum of all medians, and the worst block.
pub fn sums(answers: &[Answer]) -> Result<String> {
    let Some(first) = answers.first() else {
        return Ok(String::new());
    };
    let mut text = String::from(
        "| strategy | workers | blocks | sum of oracles / sum of strategy | worst block |\n\
         |---|---|---|---|---|\n",
    );
    for (index, run) in first.runs.iter().enumerate() {
        let (mut oracle, mut own) = (0.0, 0.0);
        let mut worst = (f64::MAX, "");
        for answer in answers.iter().filter(|it| it.transactions > 0.0) {
            let run = &answer.runs[index];
            oracle += Spread::of(answer.oracle.iter().copied())
                .context("a round")?
                .median;
            own += Spread::of(run.times.iter().copied())
                .context("a round")?
                .median;
            let ratio = Spread::of(run.ratios(&answer.oracle)).context("a round")?;
            if ratio.median < worst.0 {
                worst = (ratio.median, &answer.name);
            }
        }
        text += &format!(
            "| {} | {} | {} | {:.2} | {:.2} ({}) |\n",
            run.strategy,
            run.workers,
            answers.len(),
            oracle / own,
            worst.0,
            worst.1
        );
    }
    Ok(text)
}

/// How a transaction's time grows with the size of the block, against the oracle's own growth.
pub fn growth(answers: &[Answer]) -> Result<String> {
    let mut text = String::from(
        "| workload | transactions | oracle, µs each | strategy | workers | µs each | growth over the oracle's |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for answer in answers {
        let oracle = Spread::of(answer.oracle.iter().copied()).context("a round")?;
        for (index, run) in answer.runs.iter().enumerate() {
            let own = Spread::of(run.times.iter().copied()).context("a round")?;
            // How the ratio within a round fell since the smallest block.
            let ratio = |answer: &Answer| {
                Spread::of(answer.runs[index].ratios(&answer.oracle)).map(|it| it.median)
            };
            let (then, now) = (ratio(&answers[0]), ratio(answer));
            let growth = then.zip(now).map(|(then, now)| then / now);
            text += &format!(
                "| {} | {} | {:.2} | {} | {} | {:.2} | {:.2} |\n",
                answer.name,
                answer.transactions,
                oracle.median / answer.transactions,
                run.strategy,
                run.workers,
                own.median / answer.transactions,
                growth.context("a round")?,
            );
        }
    }
    Ok(text)
}

/// What writing down what happens costs: the time with it over that without, within a round.
pub fn tracing(answers: &[Answer]) -> Result<String> {
    let mut text = String::from(
        "| workload | transactions | strategy | workers | traced / untraced |\n\
         |---|---|---|---|---|\n",
    );
    for answer in answers {
        for run in &answer.runs {
            let pairs = run.times.iter().zip(&run.untraced);
            let ratio = Spread::of(pairs.map(|(with, without)| with / without));
            text += &format!(
                "| {} | {} | {} | {} | {} |\n",
                answer.name,
                answer.transactions,
                run.strategy,
                run.workers,
                ratio.context("a round")?.text(2),
            );
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_taken_within_a_round() {
        let line = r#"{"name":"raw","measured":{"transactions":10,"oracle":[10,20,30],"ceilings":[2,1.5,1.8],
            "runs":[{"strategy":"block-stm","workers":2,"preparation":0,"times":[10,10,10],
            "untraced":[10,8,5]}]}}"#;
        let answers = [answer(&line.replace('\n', "")).unwrap()];
        let table = runs(&answers).unwrap();
        let row = "| raw | 10 | 0.0 (0.0 to 0.0) | 1.80 (1.50 to 2.00) | block-stm | 2 | 0.0 | 2.00 (1.00 to 3.00) |";
        assert!(table.contains(row), "{table}");
        assert!(sums(&answers).unwrap().contains("| 2.00 | 2.00 (raw) |"));
        let row = "| raw | 10 | block-stm | 2 | 1.25 (1.00 to 2.00) |";
        assert!(tracing(&answers).unwrap().contains(row));
    }
}
