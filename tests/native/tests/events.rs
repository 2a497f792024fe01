//! The events of a report tell a story that can have happened, under every strategy and runner.

use interleave_engine::strategy;
use interleave_playground::{
    self as playground, gallery,
    report::{EventKind, Report, RunOptions, RunResult, RunnerKind},
};
use interleave_tests::on_machine;

/// Examples with many aborts, which real workers run as well.
const ON_THREADS: [&str; 2] = ["hot-counter", "mixed-block"];

/// Where a transaction is in its story.
#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Waiting,
    Running(u32),
    Executed(u32),
    Committed,
}

fn incarnation(report: &Report, event: usize) -> u32 {
    let of = report.events.of[event] as usize;
    match report.events.kind[event] {
        EventKind::Aborted => report.aborts.incarnation[of],
        EventKind::Committed => 0,
        _ => report.spans.incarnation[of],
    }
}

/// Follows every transaction through all events, or says where that is not possible.
fn follow(report: &Report) -> Result<(), String> {
    let events = &report.events;
    let mut states = vec![State::Waiting; report.txs.label.len()];
    let mut committed = 0;
    for event in 0..events.at.len() {
        let (kind, tx) = (events.kind[event], events.tx[event] as usize);
        let number = incarnation(report, event);
        let state = states[tx];
        let next = match (kind, state) {
            (EventKind::Started, State::Waiting) => State::Running(number),
            (EventKind::Executed, State::Running(it)) if it == number => State::Executed(it),
            (EventKind::Blocked, State::Running(it)) if it == number => State::Waiting,
            (EventKind::Aborted, State::Running(it) | State::Executed(it)) if it == number => {
                State::Waiting
            }
            (EventKind::Committed, State::Executed(_)) if tx == committed => {
                committed += 1;
                State::Committed
            }
            // Whatever was going on when an incarnation had come to nothing changes nothing.
            (EventKind::Cancelled, State::Running(it)) if it == number => State::Waiting,
            (EventKind::Cancelled | EventKind::Validated, _) => state,
            _ => {
                return Err(format!(
                    "event {event}: {kind:?} of {tx}, which was {state:?}"
                ));
            }
        };
        states[tx] = next;
        if event > 0 && events.at[event] < events.at[event - 1] {
            return Err(format!("event {event} is before the one before it"));
        }
    }
    let count = |kind| events.kind.iter().filter(|it| **it == kind).count() as u32;
    let expected = report.summary.incarnations;
    if count(EventKind::Started) != expected {
        return Err(format!(
            "{} of {expected} starts",
            count(EventKind::Started)
        ));
    }
    if count(EventKind::Blocked) != report.summary.blocked {
        return Err("not every stop on an ESTIMATE is an event".into());
    }
    match committed == states.len() {
        true => Ok(()),
        false => Err(format!("{committed} commits")),
    }
}

/// Every reason names what it is about.
fn reasons(report: &Report) -> Result<(), String> {
    let aborts = &report.aborts;
    for row in 0..aborts.tx.len() {
        let span = aborts.span[row].ok_or(format!("abort {row} has no execution"))? as usize;
        if report.spans.tx[span] != aborts.tx[row] {
            return Err(format!("abort {row} has the execution of another"));
        }
        if let Some(by) = aborts.writer_span[row]
            && Some(report.spans.tx[by as usize]) != aborts.writer[row]
        {
            return Err(format!("abort {row} has another writer"));
        }
    }
    Ok(())
}

#[test]
fn every_transaction_starts_ends_and_commits_once_in_block_order() {
    for example in gallery::examples() {
        for strategy in strategy::ALL {
            let threads = ON_THREADS.contains(&example.id.as_str());
            for runner in [RunnerKind::Simulated, RunnerKind::Threads] {
                if runner == RunnerKind::Threads && !threads {
                    continue;
                }
                let options = RunOptions {
                    strategy: strategy.id.into(),
                    runner,
                    workers: 4,
                    ..RunOptions::default()
                };
                let name = format!("{} {} {runner:?}", example.id, strategy.id);
                let ran =
                    on_machine(|machine| playground::run(&example.script, &[], &options, machine));
                let report = match ran {
                    Ok(RunResult::Report { report, .. }) => report,
                    // It comes with a list that is false, so there is no run to tell of.
                    Ok(RunResult::Rejected { .. }) if example.id == "false-list" => continue,
                    other => panic!("{name}: {other:?}"),
                };
                let told = follow(&report).and_then(|()| reasons(&report));
                assert_eq!(told, Ok(()), "{name}");
            }
        }
    }
}
