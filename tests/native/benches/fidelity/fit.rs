//! The overhead with which simulated runs are nearest to measured ones.
//!
//! Gauss-Newton steps over the makespans, each a least-squares problem without negative solutions.
//! A case that is far off counts less the farther it is, since the median is what matters.

use interleave_engine::runner::costs::{Overhead, Parameter};
use interleave_playground::run::Machine;

use super::Row;

const STEPS: usize = 6;
/// Errors below this count by their square, larger ones by themselves.
const SMALL: f64 = 0.05;

/// Fits all but crowding, which was measured by itself.
pub fn fit(start: Overhead, rows: &[&Row<'_>], machine: &Machine<'_>) -> Overhead {
    let mut best = start;
    let mut loss = sum(&errors(&best, rows, machine));
    eprintln!(
        "fitting: mean error {:.1} %",
        100.0 * loss / rows.len() as f64
    );
    for _ in 0..STEPS {
        let step = step(&best, rows, machine);
        let taken = [1.0, 0.5, 0.25].into_iter().find_map(|share| {
            let mut next = best;
            for (parameter, change) in parameters().zip(step) {
                next[parameter] = (best[parameter] + share * change).max(0.0);
            }
            let lower = sum(&errors(&next, rows, machine));
            (lower < loss).then_some((next, lower))
        });
        let Some((next, lower)) = taken else { break };
        (best, loss) = (next, lower);
        eprintln!(
            "fitting: mean error {:.1} %",
            100.0 * loss / rows.len() as f64
        );
    }
    best
}

/// How many are fitted.
const FITTED: usize = Parameter::ALL.len() - 1;

fn parameters() -> impl Iterator<Item = Parameter> {
    let all = Parameter::ALL.into_iter();
    all.filter(|it| *it != Parameter::Crowding)
}

/// By which share each measured makespan is above the simulated one.
fn errors(overhead: &Overhead, rows: &[&Row<'_>], machine: &Machine<'_>) -> Vec<f64> {
    let error = |row: &&Row<'_>| {
        let simulated = row.simulated(overhead, machine);
        1.0 - row.measured / simulated
    };
    rows.iter().map(error).collect()
}

fn sum(errors: &[f64]) -> f64 {
    errors.iter().map(|error| error.abs()).sum()
}

/// The change of each parameter that a straight line through here would ask for.
fn step(overhead: &Overhead, rows: &[&Row<'_>], machine: &Machine<'_>) -> [f64; FITTED] {
    let here = errors(overhead, rows, machine);
    let mut slopes = vec![[0.0; FITTED]; rows.len()];
    for (at, parameter) in parameters().enumerate() {
        let mut there = *overhead;
        let change = (overhead[parameter] / 4.0).max(0.01);
        there[parameter] += change;
        for (slope, (before, row)) in slopes.iter_mut().zip(here.iter().zip(rows)) {
            // What several do to each other is none of one worker's business.
            let among_several = matches!(
                parameter,
                Parameter::Start
                    | Parameter::Arrive
                    | Parameter::Wake
                    | Parameter::Notify
                    | Parameter::Sharing
            );
            if among_several && row.is_alone() {
                continue;
            }
            let after = 1.0 - row.measured / row.simulated(&there, machine);
            slope[at] = (before - after) / change;
        }
    }
    let mut squares = [[0.0; FITTED]; FITTED];
    let mut target = [0.0; FITTED];
    for (slope, error) in slopes.iter().zip(&here) {
        let weight = 1.0 / error.abs().max(SMALL);
        for at in 0..FITTED {
            target[at] += weight * slope[at] * error;
            for other in 0..FITTED {
                squares[at][other] += weight * slope[at] * slope[other];
            }
        }
    }
    // A step at most halves a parameter: several grow with the same things, so that one of them could
    // take over what all of them cost.
    let lowest: Vec<f64> = parameters().map(|it| -overhead[it] / 2.0).collect();
    descend(&squares, &target, &lowest)
}

/// The smallest squares with no entry below its lowest, one entry after the other until nothing moves.
fn descend(
    squares: &[[f64; FITTED]; FITTED],
    target: &[f64; FITTED],
    lowest: &[f64],
) -> [f64; FITTED] {
    let mut solution = [0.0; FITTED];
    for _ in 0..2_000 {
        for at in 0..FITTED {
            // What no case depends on stays as it is.
            if squares[at][at] <= f64::EPSILON {
                continue;
            }
            let pull: f64 = (0..FITTED).map(|it| squares[at][it] * solution[it]).sum();
            let moved = solution[at] + (target[at] - pull) / squares[at][at];
            solution[at] = moved.max(lowest[at]);
        }
    }
    solution
}
