//! What went wrong in a run and what was done about it, from the trace alone.

use interleave_engine::trace::{Answer, Failure, Struck, Trace};

use crate::report::{Clock, FaultAnswer, FaultKind, Faults, Recovery, RunOptions};

/// In numbers; none where nothing was to go wrong and nothing did.
pub fn recovery(options: &RunOptions, trace: &Trace) -> Option<Recovery> {
    let count = |answer| {
        let all = trace.struck.iter();
        all.filter(|it| it.answer == answer).count() as u32
    };
    is_told(options, trace).then(|| Recovery {
        seen: trace.struck.len() as u32,
        reissued: count(Answer::Reissued),
        retries: count(Answer::Retried),
        fell_back_from: trace.fell_back.map(|tx| tx.0),
    })
}

/// One row a fault; none where nothing was to go wrong and nothing did.
pub fn faults(options: &RunOptions, trace: &Trace, clock: Clock) -> Option<Faults> {
    let struck = &trace.struck;
    is_told(options, trace).then(|| Faults {
        kind: struck.iter().map(|it| kind(it.failure)).collect(),
        worker: struck.iter().map(|it| it.worker.0).collect(),
        tx: struck
            .iter()
            .map(|it| it.version.map(|version| version.tx.0))
            .collect(),
        at: struck.iter().map(|it| it.at).collect(),
        noticed: struck.iter().map(|it| it.noticed).collect(),
        until: struck.iter().map(|it| it.until).collect(),
        answer: struck.iter().map(|it| answer(it.answer)).collect(),
        text: struck
            .iter()
            .map(|it| sentence(it, options, trace, clock))
            .collect(),
    })
}

fn is_told(options: &RunOptions, trace: &Trace) -> bool {
    !options.faults.is_empty() || !trace.struck.is_empty()
}

fn kind(failure: Failure) -> FaultKind {
    match failure {
        Failure::Failed => FaultKind::Failed,
        Failure::Paused => FaultKind::Paused,
        Failure::Slow => FaultKind::Slow,
        Failure::Panicked => FaultKind::Panicked,
    }
}

fn answer(answer: Answer) -> FaultAnswer {
    match answer {
        Answer::Nothing => FaultAnswer::Nothing,
        Answer::Reissued => FaultAnswer::Reissued,
        Answer::Retried => FaultAnswer::Retried,
        Answer::FellBack => FaultAnswer::FellBack,
    }
}

fn sentence(it: &Struck, options: &RunOptions, trace: &Trace, clock: Clock) -> String {
    let worker = it.worker.0;
    let at = match it.version {
        Some(version) => format!(" at transaction {}", version.tx.0),
        None => String::new(),
    };
    match it.failure {
        Failure::Failed => format!(
            "Worker {worker} failed{at}; another was given what it had, and the rest of its work."
        ),
        Failure::Paused => {
            let paused = match clock {
                Clock::Gas => format!("Worker {worker} stood still{at} for a while"),
                Clock::Wall | Clock::Virtual => {
                    let time = it.until.map_or(0.0, |until| until - it.at).round();
                    format!("Worker {worker} stood still{at} for {time} µs")
                }
            };
            match it.answer {
                Answer::Reissued => format!(
                    "{paused}; another was given what it had, and what it made of it itself was dropped."
                ),
                _ => format!("{paused}, and nobody had to step in."),
            }
        }
        Failure::Slow => {
            let slow = options.faults.iter().filter_map(|fault| match fault {
                crate::report::Fault::Slow { worker: it, factor } if *it == worker => Some(*factor),
                _ => None,
            });
            let factor: f64 = slow.product();
            format!("Worker {worker} took {factor} times as long for everything.")
        }
        Failure::Panicked => match it.answer {
            Answer::FellBack => {
                let from = trace.fell_back.map_or(0, |tx| tx.0);
                format!(
                    "Worker {worker} panicked{at} again: from transaction {from} on, one ran after another."
                )
            }
            _ => format!("Worker {worker} panicked{at}, which ran again."),
        },
    }
}
