//! What one cell gave, and whom a peer is compared with.

use sakia_benches::flavours::Class;
use sakia_benches::scenarios::Group;

use crate::stats::Stats;

/// The name of the peer that has a column of its own.
const TOKIO: &str = "tokio";

/// One cell, with a row for each peer.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) cell: String,
    pub(crate) group: Group,
    pub(crate) rows: Vec<Row>,
}

/// One peer in one cell.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) peer: &'static str,
    pub(crate) class: Class,
    /// How many messages may overtake a waiting sender; None where nobody waits, or that isn't known.
    pub(crate) overtaking: Option<u32>,
    /// What went wrong, if anything did; then there are no statistics.
    pub(crate) failure: Option<&'static str>,
    /// Nanoseconds per message, one for each round.
    pub(crate) samples: Vec<f64>,
    /// None if the peer cannot do this cell.
    pub(crate) stats: Option<Stats>,
}

impl Row {
    /// This row's median divided by the other's.
    pub(crate) fn ratio(&self, reference: Option<&Row>) -> Option<f64> {
        Some(self.stats?.median / reference?.stats?.median)
    }

    /// Whether the difference to the other is within the spread of the two.
    pub(crate) fn within_noise(&self, reference: Option<&Row>) -> bool {
        let other = reference.and_then(|row| row.stats);
        self.stats.zip(other).is_some_and(|(a, b)| a.overlaps(&b))
    }
}

impl Outcome {
    /// The fastest peer that is not our own.
    pub(crate) fn best(&self) -> Option<&Row> {
        self.fastest(|class| class != Class::Own)
    }

    /// The fastest peer among the careful ones that are not our own.
    pub(crate) fn best_careful(&self) -> Option<&Row> {
        self.fastest(|class| class == Class::Careful)
    }

    /// Tokio's row.
    pub(crate) fn tokio(&self) -> Option<&Row> {
        self.row(TOKIO)
    }

    /// The row of a peer.
    pub(crate) fn row(&self, peer: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.peer == peer)
    }

    fn fastest(&self, among: impl Fn(Class) -> bool) -> Option<&Row> {
        let rows = self.rows.iter().filter(|row| among(row.class));
        let timed = rows.filter_map(|row| Some((row, row.stats?.median)));
        timed.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(row, _)| row)
    }
}
