//! The picture for a README: in each cell, every channel's time as a multiple of the fastest peer's, on a log scale.

use core::fmt::Write as _;

use sakia_benches::flavours::Class;

use crate::outcome::{Outcome, Row};
use crate::targets::ours;

/// Pixels: of a cell's line, above the first, below the last, and of the names.
const LINE: f64 = 19.0;
const TOP: f64 = 92.0;
const BOTTOM: f64 = 34.0;
const NAMES: f64 = 212.0;
const PLOT: f64 = 600.0;
const WIDTH: f64 = NAMES + PLOT + 70.0;

/// Ends of the scale, in multiples of the best peer; what lies outside is drawn at the end.
const LEAST: f64 = 0.125;
const MOST: f64 = 32.0;
const TICKS: [(f64, &str); 9] =
    [(0.125, "⅛"), (0.25, "¼"), (0.5, "½"), (1.0, "1"), (2.0, "2"), (4.0, "4"), (8.0, "8"), (16.0, "16"), (32.0, "32")];

/// Colours that stand out on white as well as on black; the greys change with the theme.
const STYLE: &str = "
  text { font: 12px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #57606a }
  .title { font-size: 15px; font-weight: 600; fill: #1f2328 }
  .value { font-weight: 600 }
  .grid { stroke: #d0d7de; stroke-width: 1 }
  .best { stroke: #8c959f; stroke-width: 1.5 }
  .band { fill: #8c959f; fill-opacity: .07 }
  .peer { fill: #8c959f; fill-opacity: .5 }
  .tokio { fill: none; stroke: #bf6a02; stroke-width: 1.8 }
  .strict { fill: none; stroke: #1a7f8e; stroke-width: 1.8 }
  .sakia { fill: #1a7f8e }
  .gain { stroke: #1a7f8e; stroke-width: 3; stroke-opacity: .35 }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1 }
    .title { fill: #f0f6fc }
    .grid { stroke: #30363d }
    .tokio { stroke: #e09b3d }
    .strict { stroke: #3fc1d2 }
    .sakia { fill: #3fc1d2 }
    .gain { stroke: #3fc1d2 }
  }
";

/// Draws the cells in which sakia and another channel were measured.
pub(crate) fn render(outcomes: &[Outcome]) -> String {
    let drawn: Vec<_> = outcomes.iter().filter_map(|outcome| Some((outcome, ratio(outcome, "sakia")?))).collect();
    let height = TOP + LINE * drawn.len() as f64 + BOTTOM;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" \
         role=\"img\" aria-label=\"Time per message as a multiple of the fastest other channel\">\n<style>{STYLE}</style>\n"
    );
    svg += &legend();
    svg += &scale(TOP + LINE * drawn.len() as f64);
    for (index, (outcome, sakia)) in drawn.iter().enumerate() {
        svg += &cell(outcome, *sakia, index);
    }
    svg += "</svg>\n";
    svg
}

fn ratio(outcome: &Outcome, peer: &str) -> Option<f64> {
    ours(outcome, peer)?.ratio(outcome.best())
}

fn legend() -> String {
    let mut text = String::new();
    let title = "Time per message, as a multiple of the fastest other channel (left is faster)";
    line(&mut text, format_args!("<text class=\"title\" x=\"12\" y=\"24\">{title}</text>"));
    let marks = [("sakia", "sakia"), ("strict", "sakia, strict order"), ("tokio", "tokio"), ("peer", "other channels")];
    for (index, (class, name)) in marks.into_iter().enumerate() {
        let x = NAMES + 145.0 * index as f64;
        line(&mut text, format_args!("{}", dot(class, x + 6.0, 48.0)));
        line(&mut text, format_args!("<text x=\"{}\" y=\"52\">{name}</text>", x + 16.0));
    }
    text
}

fn scale(end: f64) -> String {
    let mut text = String::new();
    for (value, name) in TICKS {
        let (x, class) = (place(value), if value == 1.0 { "best" } else { "grid" });
        line(&mut text, format_args!("<path class=\"{class}\" d=\"M{x:.1} {} V{end}\"/>", TOP - 6.0));
        for y in [TOP - 12.0, end + 18.0] {
            line(&mut text, format_args!("<text text-anchor=\"middle\" x=\"{x:.1}\" y=\"{y}\">{name}</text>"));
        }
    }
    text
}

/// One line: the peers, then tokio, then our own above them, and our ratio as a number.
fn cell(outcome: &Outcome, sakia: f64, index: usize) -> String {
    let mut text = String::new();
    let middle = TOP + LINE * (index as f64 + 0.5);
    let base = middle + 4.0;
    if index.is_multiple_of(2) {
        let y = middle - LINE / 2.0;
        line(&mut text, format_args!("<rect class=\"band\" x=\"0\" y=\"{y}\" width=\"{WIDTH}\" height=\"{LINE}\"/>"));
    }
    line(
        &mut text,
        format_args!("<text text-anchor=\"end\" x=\"{}\" y=\"{base}\">{}</text>", NAMES - 14.0, outcome.cell),
    );
    let (from, to) = (place(1.0), place(sakia));
    line(&mut text, format_args!("<path class=\"gain\" d=\"M{from:.1} {middle} H{to:.1}\"/>"));
    for (row, ratio) in outcome.rows.iter().filter_map(|row| Some((row, row.ratio(outcome.best())?))) {
        if is_other(row) {
            line(&mut text, format_args!("{}", dot("peer", place(ratio), middle)));
        }
    }
    let named = [
        ("tokio", outcome.tokio().and_then(|row| row.ratio(outcome.best()))),
        ("strict", ratio(outcome, "sakia-strict")),
    ];
    for (class, ratio) in named {
        if let Some(ratio) = ratio {
            line(&mut text, format_args!("{}", dot(class, place(ratio), middle)));
        }
    }
    line(&mut text, format_args!("{}", dot("sakia", to, middle)));
    let x = NAMES + PLOT + 18.0;
    line(&mut text, format_args!("<text class=\"value\" x=\"{x}\" y=\"{base}\">{sakia:.2}</text>"));
    text
}

fn is_other(row: &Row) -> bool {
    row.class != Class::Own && row.peer != "tokio"
}

fn dot(class: &str, x: f64, y: f64) -> String {
    let radius = if class == "sakia" { 5.0 } else { 4.0 };
    format!("<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y}\" r=\"{radius}\"/>")
}

/// Where a multiple is on the scale.
fn place(ratio: f64) -> f64 {
    let part = (ratio.clamp(LEAST, MOST) / LEAST).log2() / (MOST / LEAST).log2();
    NAMES + PLOT * part
}

fn line(text: &mut String, element: core::fmt::Arguments<'_>) {
    writeln!(text, "{element}").expect("a String takes everything");
}

#[cfg(test)]
mod tests {
    use sakia_benches::scenarios::Group;

    use super::*;
    use crate::stats::Stats;

    fn row(peer: &'static str, class: Class, nanos: f64) -> Row {
        let samples = vec![nanos];
        Row { peer, class, overtaking: None, failure: None, stats: Stats::of(&samples), samples }
    }

    #[test]
    fn the_best_peer_is_at_one() {
        assert!((place(1.0) - NAMES - PLOT * 3.0 / 8.0).abs() < 1e-9);
        assert!((place(1e9) - NAMES - PLOT).abs() < 1e-9);
    }

    #[test]
    fn a_cell_without_a_reference_is_left_out() {
        let rows = vec![row("sakia", Class::Own, 10.0)];
        let alone = Outcome { cell: "alone".to_owned(), group: Group::Free, rows };
        let rows = vec![row("sakia", Class::Own, 10.0), row("tokio", Class::Careful, 40.0)];
        let beside = Outcome { cell: "beside".to_owned(), group: Group::Free, rows };
        let svg = render(&[alone, beside]);
        assert!(!svg.contains("alone") && svg.contains("beside") && svg.contains(">0.25<"));
    }
}
