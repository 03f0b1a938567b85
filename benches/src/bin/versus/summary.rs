//! All cells at once: the medians as a Markdown table, and each peer's ratios over all cells.

use core::iter::once;

use crate::outcome::{Outcome, Row};
use crate::stats::geometric_mean;

/// Picks the row that others are divided by.
type Reference = fn(&Outcome) -> Option<&Row>;

/// Prints both tables.
pub(crate) fn print(outcomes: &[Outcome]) {
    println!("\nMedians, ns per message\n");
    print_medians(outcomes);
    println!("\nRatios over all cells: geometric mean, and the worst cell\n");
    print_ratios(outcomes);
}

fn peers(outcomes: &[Outcome]) -> Vec<&'static str> {
    let mut names = Vec::new();
    for row in outcomes.iter().flat_map(|outcome| &outcome.rows) {
        if !names.contains(&row.peer) {
            names.push(row.peer);
        }
    }
    names
}

fn print_medians(outcomes: &[Outcome]) {
    let names = peers(outcomes);
    let header = once("cell").chain(names.iter().copied()).chain(once("best"));
    print_row(header.map(str::to_owned));
    print_row((0..names.len() + 2).map(|_| "---".to_owned()));
    for outcome in outcomes {
        let best = outcome.best().map_or("-", |row| row.peer).to_owned();
        let medians = names.iter().map(|name| outcome.row(name).map_or_else(String::new, median));
        print_row(once(outcome.cell.clone()).chain(medians).chain(once(best)));
    }
}

fn median(row: &Row) -> String {
    match row.stats {
        Some(stats) if stats.median < 100.0 => format!("{:.1}", stats.median),
        Some(stats) => format!("{:.0}", stats.median),
        None => "n/a".to_owned(),
    }
}

fn print_ratios(outcomes: &[Outcome]) {
    let references: [(&str, Reference); 3] =
        [("/best", Outcome::best), ("/careful", Outcome::best_careful), ("/tokio", Outcome::tokio)];
    let columns = references.iter().flat_map(|(name, _)| [name, "worst", "in"]);
    print_row(once("peer").chain(columns).map(str::to_owned));
    print_row((0..=3 * references.len()).map(|_| "---".to_owned()));
    for peer in peers(outcomes) {
        let ratios = references.iter().flat_map(|(_, of)| ratios(outcomes, peer, *of));
        print_row(once(peer.to_owned()).chain(ratios));
    }
}

/// The geometric mean of a peer's ratios, the worst of them and its cell.
fn ratios(outcomes: &[Outcome], peer: &str, reference: Reference) -> [String; 3] {
    let ratio = |outcome| Outcome::row(outcome, peer)?.ratio(reference(outcome));
    let all: Vec<_> = outcomes.iter().filter_map(|outcome| Some((ratio(outcome)?, outcome.cell.clone()))).collect();
    let values: Vec<_> = all.iter().map(|(ratio, _)| *ratio).collect();
    let worst = all.into_iter().max_by(|a, b| a.0.total_cmp(&b.0));
    match geometric_mean(&values).zip(worst) {
        Some((mean, (worst, cell))) => [format!("{mean:.2}"), format!("{worst:.2}"), cell],
        None => ["-", "-", "-"].map(str::to_owned),
    }
}

fn print_row(columns: impl Iterator<Item = String>) {
    let columns: Vec<_> = columns.collect();
    println!("| {} |", columns.join(" | "));
}
