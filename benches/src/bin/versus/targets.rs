//! What sakia is to reach, checked cell by cell, and where it falls short.

use sakia_benches::scenarios::Group;

use crate::outcome::{Outcome, Row};
use crate::stats::geometric_mean;

/// Picks the row that ours is divided by.
type Reference = fn(&Outcome) -> Option<&Row>;

/// A limit on the ratio of a row in each of some cells.
struct Target {
    what: &'static str,
    cells: fn(&Outcome) -> bool,
    reference: Reference,
    /// No cell above it.
    each: Option<f64>,
    /// The geometric mean not above it.
    mean: Option<f64>,
}

/// Those of the core, whichever its order.
const CORE: [Target; 6] = [
    Target { what: "1  no sender waits, /best", cells: is_free, reference: Outcome::best, each: Some(0.9), mean: None },
    Target {
        what: "2  senders wait, capacity 10 and up, /best",
        cells: is_waiting,
        reference: Outcome::best,
        each: Some(1.0),
        mean: None,
    },
    Target {
        what: "2  senders wait, capacity 1, /careful",
        cells: is_waiting_at_one,
        reference: Outcome::best_careful,
        each: Some(0.8),
        mean: None,
    },
    Target { what: "3  all cells, /best", cells: is_any, reference: Outcome::best, each: None, mean: Some(0.8) },
    Target {
        what: "3  all cells, /tokio",
        cells: is_any,
        reference: Outcome::tokio,
        each: Some(0.65),
        mean: Some(0.3),
    },
    Target { what: "5  disturbed, /best", cells: is_disturbed, reference: Outcome::best, each: Some(1.2), mean: None },
];

/// That of the drop-in.
const DROP_IN: Target = Target {
    what: "4  all cells, /tokio",
    cells: is_any,
    reference: Outcome::tokio,
    each: Some(0.8),
    mean: Some(0.45),
};

/// Series of cells among which a message may cost so much more than in the cheapest.
const FLAT: [(&str, &[&str]); 2] = [
    ("6  flat in capacity", &["walk_cap16", "walk_cap256", "walk_cap4096", "walk_cap65536"]),
    ("6  flat in senders", &["mpsc_mt_2x_cap100", "mpsc_mt_10x_cap100", "mpsc_mt_100x_cap100", "mpsc_mt_1000x_cap100"]),
];

const FLAT_WITHIN: f64 = 1.5;

/// Prints what each target came to.
pub(crate) fn print(outcomes: &[Outcome]) {
    println!("\nTargets (a miss within noise of the reference is marked ~)");
    for peer in ["sakia", "sakia-strict"] {
        println!("\n{peer}");
        CORE.iter().for_each(|target| print_target(outcomes, peer, target));
        FLAT.iter().for_each(|(what, cells)| print_flat(outcomes, peer, what, cells));
    }
    println!("\nsakia-tokio");
    print_target(outcomes, "sakia-tokio", &DROP_IN);
}

/// Our row in a cell: where messages are written in place, that of the recycled channel.
pub(crate) fn ours<'a>(outcome: &'a Outcome, peer: &str) -> Option<&'a Row> {
    let in_place = matches!(outcome.group, Group::InPlace | Group::WaitingInPlace);
    match peer {
        "sakia" if in_place => outcome.row("sakia-ref").or(outcome.row("sakia")),
        "sakia-strict" if in_place => outcome.row("sakia-ref-strict").or(outcome.row("sakia-strict")),
        _ => outcome.row(peer),
    }
}

fn print_target(outcomes: &[Outcome], peer: &str, target: &Target) {
    let of = |outcome| {
        let (row, reference) = (ours(outcome, peer)?, (target.reference)(outcome));
        Some((outcome, row.ratio(reference)?, row.within_noise(reference), reference?.peer))
    };
    let ratios: Vec<_> = outcomes.iter().filter(|outcome| (target.cells)(outcome)).filter_map(of).collect();
    let values: Vec<_> = ratios.iter().map(|(_, ratio, ..)| *ratio).collect();
    let Some(mean) = geometric_mean(&values) else {
        println!("  {}: not measured", target.what);
        return;
    };
    println!("  {}: geometric mean {mean:.2}{}", target.what, verdict(mean, target.mean));
    let Some(limit) = target.each else { return };
    let missed: Vec<_> = ratios.iter().filter(|(_, ratio, ..)| *ratio > limit).collect();
    println!("      at most {limit:.2} in {} of {} cells", ratios.len() - missed.len(), ratios.len());
    for (outcome, ratio, noise, reference) in missed {
        let mark = if *noise { "~" } else { "" };
        println!("      misses {} {ratio:.2}{mark} of {reference}", outcome.cell);
    }
}

fn print_flat(outcomes: &[Outcome], peer: &str, what: &str, cells: &[&str]) {
    let median = |cell: &&str| {
        let outcome = outcomes.iter().find(|outcome| outcome.cell == **cell)?;
        Some(outcome.row(peer)?.stats?.median)
    };
    let medians: Vec<_> = cells.iter().filter_map(median).collect();
    let Some(least) = medians.iter().copied().min_by(f64::total_cmp) else {
        println!("  {what}: not measured");
        return;
    };
    let most = medians.iter().copied().fold(least, f64::max);
    let shown: Vec<_> = medians.iter().map(|nanos| format!("{nanos:.1}")).collect();
    println!("  {what}: {} ns, {:.2}{}", shown.join(", "), most / least, verdict(most / least, Some(FLAT_WITHIN)));
}

fn verdict(value: f64, limit: Option<f64>) -> String {
    match limit {
        Some(limit) if value <= limit => format!(", meets {limit:.2}"),
        Some(limit) => format!(", MISSES {limit:.2}"),
        None => String::new(),
    }
}

fn is_free(outcome: &Outcome) -> bool {
    matches!(outcome.group, Group::Free | Group::InPlace)
}

fn is_waiting(outcome: &Outcome) -> bool {
    matches!(outcome.group, Group::Waiting | Group::WaitingInPlace) && !is_waiting_at_one(outcome)
}

fn is_waiting_at_one(outcome: &Outcome) -> bool {
    outcome.group == Group::Waiting && outcome.cell.ends_with("_cap1")
}

fn is_disturbed(outcome: &Outcome) -> bool {
    outcome.group == Group::Disturbed
}

/// All but the series over capacities, which says again what `burst100` says.
fn is_any(outcome: &Outcome) -> bool {
    outcome.group != Group::Capacity
}
