//! The order of measurements, how long each is, and what happens to those that don't come back.

use core::time::Duration;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;

use sakia_benches::peers::Peer;
use sakia_benches::scenarios::{Cell, Measured};

use crate::outcome::{Outcome, Row};
use crate::stats::Stats;

/// How long one measurement should take: long against a scheduler's slice, short enough that all
/// peers see the same state of the machine.
const TARGET: Duration = Duration::from_millis(40);

/// Where calibration starts.
const FIRST_MESSAGES: u64 = 500;

/// What the rounds of one peer in one cell may take in all: where a channel collapses, fewer rounds tell as much.
const BUDGET: Duration = Duration::from_millis(1500);

/// After that time a measurement is given up: it waits for something that never comes.
const PATIENCE: Duration = Duration::from_secs(20);

/// A peer in one cell while it is measured.
struct Entrant {
    peer: &'static Peer,
    cell: &'static Cell,
    /// How many messages take about [`TARGET`]; None if the peer cannot do this, or not any more.
    messages: Option<u64>,
    samples: Vec<f64>,
    spent: Duration,
    failure: Option<&'static str>,
}

/// Measures one cell: a warm-up for each peer, then `rounds` times each peer in turn.
pub(crate) fn cell(peers: &'static [Peer], name: &str, rounds: usize) -> Outcome {
    let find = |peer: &'static Peer| peer.cells.iter().find(|cell| cell.name == name).map(|cell| (peer, cell));
    let mut entrants: Vec<_> = peers.iter().filter_map(find).map(Entrant::warmed_up).collect();
    for round in 0..rounds {
        for turn in 0..entrants.len() {
            // Another peer goes first in each round, so that nobody always follows the same one.
            let i = (round + turn) % entrants.len();
            entrants[i].measure();
        }
    }
    let group = entrants[0].cell.group;
    Outcome { cell: name.to_owned(), group, rows: entrants.into_iter().map(Entrant::row).collect() }
}

impl Entrant {
    fn warmed_up((peer, cell): (&'static Peer, &'static Cell)) -> Self {
        let mut entrant =
            Self { peer, cell, messages: None, samples: Vec::new(), spent: Duration::ZERO, failure: None };
        let mut messages = FIRST_MESSAGES;
        while let Some(measured) = entrant.run(messages) {
            if measured.elapsed >= TARGET / 4 {
                let wanted = TARGET.as_nanos() as f64 / measured.nanos();
                entrant.messages = Some((wanted as u64).max(1));
                break;
            }
            messages *= 4;
        }
        entrant
    }

    fn measure(&mut self) {
        if self.spent > BUDGET {
            return;
        }
        if let Some(measured) = self.messages.and_then(|messages| self.run(messages)) {
            self.spent += measured.elapsed;
            self.samples.push(measured.nanos());
        }
    }

    /// On a thread of its own, which is left behind if it hangs.
    fn run(&mut self, messages: u64) -> Option<Measured> {
        let (done, result) = mpsc::channel();
        let cell = self.cell;
        thread::spawn(move || {
            // Refused if nobody waits for it any more.
            let _ = done.send(cell.run(messages));
        });
        let failure = match result.recv_timeout(PATIENCE) {
            Ok(measured) => return measured,
            Err(RecvTimeoutError::Timeout) => "hangs",
            Err(RecvTimeoutError::Disconnected) => "fails",
        };
        eprintln!("{} {failure} in {}", self.peer.name, cell.name);
        self.failure = Some(failure);
        self.messages = None;
        None
    }

    fn row(self) -> Row {
        let whole = self.failure.is_none();
        Row {
            peer: self.peer.name,
            class: self.peer.class,
            overtaking: self.cell.capacity.and_then(self.peer.overtaking),
            stats: Stats::of(&self.samples).filter(|_| whole),
            samples: self.samples,
            failure: self.failure,
        }
    }
}
