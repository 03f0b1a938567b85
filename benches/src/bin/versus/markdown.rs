//! One compact table of all cells, for a README.

use crate::outcome::{Outcome, Row};
use crate::targets::ours;

/// Renders the table. Ratios are those of `sakia`.
pub(crate) fn render(outcomes: &[Outcome]) -> String {
    let mut text = String::from(
        "| cell | sakia | strict | best careful | best | tokio | /careful | /best | /tokio |\n|---|---|---|---|---|---|---|---|---|\n",
    );
    for outcome in outcomes {
        text += &line(outcome);
    }
    text
}

fn line(outcome: &Outcome) -> String {
    let (sakia, strict) = (ours(outcome, "sakia"), ours(outcome, "sakia-strict"));
    let ratio = |reference| ratio(sakia, reference);
    let columns = [
        format!("`{}`", outcome.cell),
        median(sakia),
        median(strict),
        named(outcome.best_careful()),
        named(outcome.best()),
        median(outcome.tokio()),
        ratio(outcome.best_careful()),
        ratio(outcome.best()),
        ratio(outcome.tokio()),
    ];
    format!("| {} |\n", columns.join(" | "))
}

fn median(row: Option<&Row>) -> String {
    match row.and_then(|row| row.stats) {
        Some(stats) if stats.median < 100.0 => format!("{:.1}", stats.median),
        Some(stats) => format!("{:.0}", stats.median),
        None => String::new(),
    }
}

fn named(row: Option<&Row>) -> String {
    row.map_or(String::new(), |best| format!("{} {}", median(row), best.peer))
}

/// In bold where it is a loss, with a `~` if it is within noise.
fn ratio(row: Option<&Row>, reference: Option<&Row>) -> String {
    let Some((row, ratio)) = row.and_then(|row| Some((row, row.ratio(reference)?))) else {
        return String::new();
    };
    let mark = if row.within_noise(reference) { "~" } else { "" };
    if ratio > 1.0 { format!("**{ratio:.2}**{mark}") } else { format!("{ratio:.2}{mark}") }
}
