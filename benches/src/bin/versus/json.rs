//! Every sample, as JSON. Names are plain words, so nothing needs escaping.

use crate::outcome::{Outcome, Row};

/// Renders an array of cells.
pub(crate) fn render(outcomes: &[Outcome]) -> String {
    let cells: Vec<_> = outcomes.iter().map(cell).collect();
    format!("[\n{}\n]\n", cells.join(",\n"))
}

fn cell(outcome: &Outcome) -> String {
    let rows: Vec<_> = outcome.rows.iter().map(row).collect();
    format!("  {{\"cell\": \"{}\", \"peers\": [\n{}\n  ]}}", outcome.cell, rows.join(",\n"))
}

/// One peer; its median is null if it cannot do this cell.
fn row(row: &Row) -> String {
    let median = row.stats.map_or("null".to_owned(), |stats| format!("{:.2}", stats.median));
    let samples: Vec<_> = row.samples.iter().map(|nanos| format!("{nanos:.2}")).collect();
    format!(
        "    {{\"name\": \"{}\", \"class\": \"{}\", \"median\": {median}, \"samples\": [{}]}}",
        row.peer,
        row.class.name(),
        samples.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use sakia_benches::flavours::Class;
    use sakia_benches::scenarios::Group;

    use super::*;

    #[test]
    fn a_peer_that_cannot_is_null() {
        let row = Row {
            peer: "tokio",
            class: Class::Careful,
            samples: Vec::new(),
            stats: None,
            overtaking: None,
            failure: None,
        };
        let outcome = Outcome { cell: "strings".to_owned(), group: Group::Waiting, rows: vec![row] };
        let expected = "[\n  {\"cell\": \"strings\", \"peers\": [\n    {\"name\": \"tokio\", \
            \"class\": \"careful\", \"median\": null, \"samples\": []}\n  ]}\n]\n";
        assert_eq!(render(&[outcome]), expected);
    }
}
