//! One cell as a table, printed as soon as it was measured.

use crate::outcome::{Outcome, Row};

/// Prints the rows, fastest first.
pub(crate) fn print(outcome: &Outcome) {
    println!(
        "\n{:<28} {:>10} {:>21} {:>8} {:>8} {:>8}",
        outcome.cell, "ns/message", "quartiles", "/best", "/careful", "/tokio"
    );
    for row in fastest_first(outcome) {
        println!("{}", line(outcome, row));
    }
    let cannot: Vec<_> = outcome.rows.iter().filter(|row| row.stats.is_none()).map(cannot).collect();
    if !cannot.is_empty() {
        println!("  n/a: {}", cannot.join(", "));
    }
}

fn cannot(row: &Row) -> String {
    match row.failure {
        Some(failure) => format!("{} ({failure})", row.peer),
        None => row.peer.to_owned(),
    }
}

fn fastest_first(outcome: &Outcome) -> Vec<&Row> {
    let median = |row: &Row| row.stats.map_or(f64::INFINITY, |stats| stats.median);
    let mut rows: Vec<_> = outcome.rows.iter().filter(|row| row.stats.is_some()).collect();
    rows.sort_by(|a, b| median(a).total_cmp(&median(b)));
    rows
}

fn line(outcome: &Outcome, row: &Row) -> String {
    let name = format!("  {} ({})", row.peer, row.class.name());
    let Some(stats) = row.stats else {
        return format!("{name:<28} {:>10}", "n/a");
    };
    let spread = format!("{:.1}..{:.1}", stats.low, stats.high);
    let ratios = [outcome.best(), outcome.best_careful(), outcome.tokio()].map(|reference| ratio(row, reference));
    let overtaking = row.overtaking.map_or(String::new(), |limit| format!("overtaken by up to {limit}"));
    let line = format!("{name:<28} {:>10.1} {spread:>21} {} {overtaking}", stats.median, ratios.join(" "));
    line.trim_end().to_owned()
}

/// A ratio, with a `~` if it is within noise.
fn ratio(row: &Row, reference: Option<&Row>) -> String {
    let mark = if row.within_noise(reference) { '~' } else { ' ' };
    match row.ratio(reference) {
        Some(ratio) => format!("{ratio:>7.2}{mark}"),
        None => format!("{:>7} ", "-"),
    }
}
