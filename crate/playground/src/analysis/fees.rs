//! What a throughput would mean for fees and waiting time: EIP-1559 under a given demand.
//!
//! A closed model: no run is looked at, only the assumptions, and all of them are in what comes out.
//! It counts expected transactions, not single ones, so they are fractions, and nothing is random.
//!
//! - Gas limit of a block `L = gas per second · block seconds · execution share`; target `T = L / 2`.
//! - Each block, `demand · block seconds` transactions are sent. They fall into a hundred equal groups;
//!   group `i` of them is willing to pay at most `w = −m · ln(1 − (i + ½) / 100)` for a unit of gas, the
//!   middle of its share of an exponential distribution with mean `m`.
//! - Who is willing to pay the base fee may be executed, the most willing first (they tip most), and
//!   within a group the one that waits longest. A block takes them until `L` is used.
//! - Who was sent before block `a` and is executed in block `b` waited `(b − a + ½)` blocks, since within
//!   a block's time they are sent evenly. Who was not executed in `patience` blocks gives up.
//! - After a block that used `g` gas, the base fee `f` moves by `f · (g − T) / T / 8`, in whole wei, as
//!   EIP-1559 has it.

use std::collections::VecDeque;

use crate::{
    batch::Problem,
    limits,
    report::{FeeAssumptions, FeeBlocks, Fees, Settled},
};

/// Groups of equal size, by willingness to pay.
const GROUPS: usize = 100;
const WEI_PER_GWEI: f64 = 1e9;
/// How slowly the base fee moves.
const DENOMINATOR: u128 = 8;

/// Transactions of one group that were sent before one block.
#[derive(Clone, Copy, Debug)]
struct Cohort {
    block: u32,
    count: f64,
}

/// What follows from the assumptions, or what is wrong with them.
pub fn fees(assumptions: &FeeAssumptions) -> Result<Fees, Vec<Problem>> {
    let problems = problems(assumptions);
    if !problems.is_empty() {
        return Err(problems);
    }
    let willing = (0..GROUPS).map(|group| {
        let share = (group as f64 + 0.5) / GROUPS as f64;
        -assumptions.willingness_gwei * libm::log(1.0 - share)
    });
    Ok(of_groups(assumptions, &willing.collect::<Vec<_>>()))
}

/// The same, where each group is willing to pay so many gwei.
fn of_groups(it: &FeeAssumptions, willing: &[f64]) -> Fees {
    let gas_limit = (it.gas_per_second * it.block_seconds * it.execution_share).floor();
    let gas_target = (gas_limit / 2.0).floor();
    let room = gas_limit / it.gas_per_transaction;
    let sent = it.demand * it.block_seconds / willing.len() as f64;
    // The most willing first.
    let mut groups: Vec<(f64, VecDeque<Cohort>)> = willing
        .iter()
        .map(|most| (*most, VecDeque::new()))
        .collect();
    groups.sort_by(|a, b| b.0.total_cmp(&a.0));

    let mut base_fee = (it.base_fee_gwei * WEI_PER_GWEI) as u128;
    let mut blocks = FeeBlocks::default();
    for block in 0..it.blocks {
        let gwei = base_fee as f64 / WEI_PER_GWEI;
        let (mut executed, mut waited, mut waiting, mut gave_up) = (0.0, 0.0, 0.0, 0.0);
        for (most, cohorts) in &mut groups {
            cohorts.push_back(Cohort { block, count: sent });
            while *most >= gwei
                && let Some(first) = cohorts.front_mut()
                && executed < room
            {
                let taken = first.count.min(room - executed);
                executed += taken;
                waited += taken * (f64::from(block - first.block) + 0.5);
                if taken < first.count {
                    first.count -= taken;
                } else {
                    cohorts.pop_front();
                }
            }
            while let Some(first) = cohorts.front()
                && block - first.block + 1 >= it.patience_blocks
            {
                gave_up += first.count;
                cohorts.pop_front();
            }
            waiting += cohorts.iter().map(|cohort| cohort.count).sum::<f64>();
        }
        let gas = executed * it.gas_per_transaction;
        blocks.base_fee_gwei.push(gwei);
        blocks.fullness.push(gas / gas_limit);
        blocks.executed.push(executed);
        let wait = (executed > 0.0).then(|| waited / executed * it.block_seconds);
        blocks.wait_seconds.push(wait);
        blocks.waiting.push(waiting);
        blocks.gave_up.push(gave_up);
        base_fee = next_base_fee(base_fee, gas as u64, gas_target as u64);
    }
    Fees {
        assumptions: it.clone(),
        rules: rules(it, willing.len()),
        gas_limit,
        gas_target,
        target_per_second: gas_target / it.gas_per_transaction / it.block_seconds,
        settled: settled(it, &blocks),
        blocks,
    }
}

/// The base fee after a block, in wei (EIP-1559).
fn next_base_fee(base_fee: u128, gas_used: u64, target: u64) -> u128 {
    let (used, target) = (u128::from(gas_used), u128::from(target.max(1)));
    let change = base_fee * used.abs_diff(target) / target / DENOMINATOR;
    match used.cmp(&target) {
        std::cmp::Ordering::Greater => base_fee + change.max(1),
        std::cmp::Ordering::Equal => base_fee,
        std::cmp::Ordering::Less => base_fee - change,
    }
}

fn settled(it: &FeeAssumptions, blocks: &FeeBlocks) -> Settled {
    let first = blocks.executed.len() / 2;
    let count = (blocks.executed.len() - first) as f64;
    let sum = |column: &[f64]| column[first..].iter().sum::<f64>();
    let executed = sum(&blocks.executed);
    let waits = blocks.executed[first..]
        .iter()
        .zip(&blocks.wait_seconds[first..]);
    let waited: f64 = waits
        .map(|(count, wait)| count * wait.unwrap_or_default())
        .sum();
    Settled {
        base_fee_gwei: sum(&blocks.base_fee_gwei) / count,
        fullness: sum(&blocks.fullness) / count,
        per_second: executed / count / it.block_seconds,
        wait_seconds: (executed > 0.0).then(|| waited / executed),
        gave_up: (sum(&blocks.gave_up) / count / (it.demand * it.block_seconds)).min(1.0),
    }
}

/// The model in sentences.
fn rules(it: &FeeAssumptions, groups: usize) -> Vec<String> {
    vec![
        format!(
            "The gas limit of a block is what execution manages in {} of its {} seconds; the target is half of it.",
            percent(it.execution_share),
            it.block_seconds
        ),
        format!(
            "Each second {} transactions of {} gas are sent, evenly; {groups} equal groups are willing to pay for a unit of gas what an exponential distribution with a mean of {} gwei gives them.",
            it.demand, it.gas_per_transaction, it.willingness_gwei
        ),
        "Who is willing to pay the base fee may be executed, the most willing first, until the gas limit is used.".into(),
        format!(
            "Who is not executed waits, and gives up after {} blocks; waiting counts from sending to the block.",
            it.patience_blocks
        ),
        "After each block the base fee moves by an eighth of (gas used − target) / target, in whole wei (EIP-1559).".into(),
    ]
}

fn percent(share: f64) -> String {
    // One decimal at the most.
    format!("{} %", (share * 1_000.0).round() / 10.0)
}

fn problems(it: &FeeAssumptions) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut must = |name: &str, value: f64, least: f64, most: f64| {
        // What is no number is in no range.
        if !(least..=most).contains(&value) {
            problems.push(Problem::error(format!(
                "`{name}` cannot be {value}: it is {least} to {most}"
            )));
        }
    };
    must("gasPerSecond", it.gas_per_second, 1e3, 1e15);
    must("blockSeconds", it.block_seconds, 0.001, 3_600.0);
    must("executionShare", it.execution_share, 0.001, 1.0);
    must("gasPerTransaction", it.gas_per_transaction, 21_000.0, 1e9);
    must("demand", it.demand, 0.001, 1e9);
    must("willingnessGwei", it.willingness_gwei, 1e-6, 1e6);
    must("baseFeeGwei", it.base_fee_gwei, 1e-9, 1e6);
    must(
        "patienceBlocks",
        it.patience_blocks.into(),
        1.0,
        limits::FEE_PATIENCE.into(),
    );
    must("blocks", it.blocks.into(), 1.0, limits::FEE_BLOCKS.into());
    if problems.is_empty()
        && it.gas_per_second * it.block_seconds * it.execution_share < it.gas_per_transaction
    {
        problems.push(Problem::error(
            "a block has no room for one transaction: `gasPerSecond` · `blockSeconds` · `executionShare` is below `gasPerTransaction`",
        ));
    }
    problems
}

/// A block a second, of ten transactions at the most; four senders a second.
#[cfg(test)]
pub(crate) fn assumptions() -> FeeAssumptions {
    FeeAssumptions {
        gas_per_second: 1_000_000.0,
        block_seconds: 1.0,
        execution_share: 1.0,
        gas_per_transaction: 100_000.0,
        demand: 4.0,
        willingness_gwei: 10.0,
        patience_blocks: 3,
        base_fee_gwei: 8.0,
        blocks: 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: &[f64], expected: &[f64]) {
        let near = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-9;
        assert_eq!(found.len(), expected.len());
        assert!(
            found.iter().zip(expected).all(near),
            "{found:?}, not {expected:?}"
        );
    }

    #[test]
    fn the_base_fee_moves_as_the_eip_says() {
        // At the target, full, empty, half of the target; and never by nothing when above it.
        assert_eq!(next_base_fee(1_000, 50, 50), 1_000);
        assert_eq!(next_base_fee(1_000, 100, 50), 1_125);
        assert_eq!(next_base_fee(1_000, 0, 50), 875);
        assert_eq!(next_base_fee(1_000, 25, 50), 938);
        assert_eq!(next_base_fee(7, 51, 50), 8);
        assert_eq!(next_base_fee(0, 0, 50), 0);
    }

    #[test]
    fn below_the_target_everybody_is_in_the_next_block_and_the_fee_falls() {
        // Four of five: the fee falls by an eighth of a fifth, a fortieth, a block.
        let fees = of_groups(&assumptions(), &[20.0]);
        assert_eq!((fees.gas_limit, fees.gas_target), (1e6, 5e5));
        assert_eq!(fees.target_per_second, 5.0);
        close(&fees.blocks.base_fee_gwei, &[8.0, 7.8, 7.605]);
        close(&fees.blocks.executed, &[4.0; 3]);
        close(&fees.blocks.fullness, &[0.4; 3]);
        // Sent evenly in the second before: half a second.
        assert_eq!(fees.blocks.wait_seconds, [Some(0.5); 3]);
        assert_eq!(fees.settled.gave_up, 0.0);
    }

    #[test]
    fn above_the_limit_a_queue_grows_and_the_least_willing_wait_until_they_give_up() {
        // Six a block of those who pay 30, six of those who pay 20; there is room for ten.
        let it = FeeAssumptions {
            demand: 12.0,
            ..assumptions()
        };
        let fees = of_groups(&it, &[20.0, 30.0]);
        close(&fees.blocks.base_fee_gwei, &[8.0, 9.0, 10.125]);
        close(&fees.blocks.executed, &[10.0; 3]);
        // Of the less willing two are left over, then four of the six just sent, then six.
        close(&fees.blocks.waiting, &[2.0, 4.0, 6.0]);
        // Block 1: 8 waited half a second, 2 one and a half.
        let waits: Vec<f64> = fees.blocks.wait_seconds.iter().flatten().copied().collect();
        close(&waits, &[0.5, 0.7, 0.9]);
        close(&fees.blocks.gave_up, &[0.0; 3]);
    }

    #[test]
    fn who_will_not_pay_the_base_fee_gives_up_after_a_while() {
        // Nobody pays 8; the fee falls by an eighth a block, to 5.36 before block 3.
        let it = FeeAssumptions {
            blocks: 5,
            ..assumptions()
        };
        let fees = of_groups(&it, &[6.0]);
        close(
            &fees.blocks.base_fee_gwei[..4],
            &[8.0, 7.0, 6.125, 5.359_375],
        );
        close(&fees.blocks.executed[..3], &[0.0; 3]);
        assert_eq!(fees.blocks.wait_seconds[0], None);
        // Those of block 0 have seen three blocks; the other two cohorts are left, and one joins them.
        close(&fees.blocks.gave_up[..3], &[0.0, 0.0, 4.0]);
        // Room for ten: four waited 2.5 seconds, four 1.5, and two of the last half a second.
        close(&fees.blocks.executed[3..4], &[10.0]);
        assert!((fees.blocks.wait_seconds[3].unwrap() - 1.7).abs() < 1e-9);
    }

    #[test]
    fn twice_the_throughput_brings_demand_below_the_target() {
        let base = FeeAssumptions {
            demand: 8.0,
            base_fee_gwei: 1.0,
            blocks: 400,
            patience_blocks: 25,
            ..assumptions()
        };
        let slow = fees(&base).unwrap().settled;
        let fast = fees(&FeeAssumptions {
            gas_per_second: 2_000_000.0,
            ..base
        });
        let fast = fast.unwrap().settled;
        // Five of eight are served where the fee is 10 · ln(8/5), about 4.7 gwei.
        assert!((slow.per_second - 5.0).abs() < 0.1, "{slow:?}");
        assert!((slow.base_fee_gwei - 4.7).abs() < 0.5, "{slow:?}");
        assert!((fast.per_second - 8.0).abs() < 0.1, "{fast:?}");
        assert!(fast.base_fee_gwei < 0.1, "{fast:?}");
        assert!(slow.gave_up > 0.3 && fast.gave_up < 0.01);
    }

    #[test]
    fn assumptions_that_make_no_sense_are_named() {
        let it = FeeAssumptions {
            gas_per_second: f64::NAN,
            execution_share: 2.0,
            blocks: 0,
            ..assumptions()
        };
        let problems = fees(&it).unwrap_err();
        let messages: Vec<_> = problems.iter().map(|it| it.message.as_str()).collect();
        assert_eq!(messages.len(), 3, "{messages:?}");
        assert!(messages[0].starts_with("`gasPerSecond` cannot be NaN"));
        let tiny = FeeAssumptions {
            gas_per_second: 1_000.0,
            ..assumptions()
        };
        assert!(
            fees(&tiny).unwrap_err()[0]
                .message
                .starts_with("a block has no room")
        );
    }
}
