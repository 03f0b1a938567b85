//! The order of measurements, and how long each is.

use core::time::Duration;

use sakia_benches::peers::Peer;
use sakia_benches::scenarios::Cell;

use crate::outcome::{Outcome, Row};
use crate::stats::Stats;

/// How long one measurement should take: long against a scheduler's slice, short enough that all
/// peers see the same state of the machine.
const TARGET: Duration = Duration::from_millis(40);

/// Where calibration starts.
const FIRST_MESSAGES: u64 = 500;

/// Measures one cell: a warm-up for each peer, then `rounds` times each peer in turn.
pub(crate) fn cell(peers: &[Peer], index: usize, rounds: usize) -> Outcome {
    let cells: Vec<_> = peers.iter().map(|peer| &peer.cells[index]).collect();
    let messages: Vec<_> = cells.iter().map(|cell| warm_up(cell)).collect();
    let mut samples = vec![Vec::new(); peers.len()];
    for round in 0..rounds {
        for turn in 0..peers.len() {
            // Another peer goes first in each round, so that nobody always follows the same one.
            let i = (round + turn) % peers.len();
            samples[i].extend(messages[i].and_then(|n| cells[i].run(n)).map(|m| m.nanos()));
        }
    }
    Outcome { cell: cells[0].name.clone(), rows: peers.iter().zip(samples).map(row).collect() }
}

fn row((peer, samples): (&Peer, Vec<f64>)) -> Row {
    Row { peer: peer.name, class: peer.class, stats: Stats::of(&samples), samples }
}

/// Finds how many messages take about [`TARGET`]; None if the peer cannot do this cell.
fn warm_up(cell: &Cell) -> Option<u64> {
    let mut messages = FIRST_MESSAGES;
    loop {
        let measured = cell.run(messages)?;
        if measured.elapsed >= TARGET / 4 {
            let wanted = TARGET.as_nanos() as f64 / measured.nanos();
            return Some((wanted as u64).max(1));
        }
        messages *= 4;
    }
}
