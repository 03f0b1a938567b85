//! Measures byte pipes side by side, interleaved in one run. See `benches/README.md`.

mod peers;
#[path = "../versus/stats.rs"]
#[allow(dead_code, reason = "the other program uses the rest")]
mod stats;

use core::time::Duration;
use peers::Peer;
use sakia_benches::runtimes::{CurrentThread, MultiThread};
use stats::{Stats, geometric_mean};
use std::{process::ExitCode, time::Instant};

const USAGE: &str = "usage: pipes [ROUNDS [CELL [PIPE]]]
  ROUNDS  measurements of each cell for each pipe (default 11)
  CELL    measures only cells whose names contain this
  PIPE    measures only pipes whose names contain this";

/// How long one measurement should take.
const TARGET: Duration = Duration::from_millis(40);

/// The bytes that are written at once.
const SIZES: [(&str, usize); 3] = [("64 B", 64), ("1 KiB", 1_024), ("64 KiB", 64 * 1_024)];

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args().skip(1).collect();
    let rounds = words.first().map_or(Ok(11), |word| word.parse());
    let (Ok(rounds @ 1..), true) = (rounds, words.len() <= 3) else {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    };
    let wanted = |index: usize, name: &str| words.get(index).is_none_or(|word| name.contains(word.as_str()));
    let mut ratios = Vec::new();
    for (size_name, size) in SIZES {
        for (runtime, mut peers) in
            [("multi-thread", peers::all::<MultiThread>()), ("current-thread", peers::all::<CurrentThread>())]
        {
            let name = format!("writes of {size_name}, {runtime}");
            peers.retain(|peer| wanted(2, peer.name));
            if wanted(1, &name) && !peers.is_empty() {
                println!("\n## {name}\n");
                ratios.push(cell(&peers, size, rounds));
            }
        }
    }
    println!("\nsakia-io to the fastest of the others, all cells: {:.2}", geometric_mean(&ratios).unwrap_or(f64::NAN));
    ExitCode::SUCCESS
}

/// Measures one cell and prints it. Gives the ratio of the first peer to the fastest of the others.
fn cell(peers: &[Peer], size: usize, rounds: usize) -> f64 {
    let totals: Vec<_> = peers.iter().map(|peer| warm_up(peer, size)).collect();
    let mut samples = vec![Vec::new(); peers.len()];
    for round in 0..rounds {
        for turn in 0..peers.len() {
            // Another peer goes first in each round, so that nobody always follows the same one.
            let i = (round + turn) % peers.len();
            samples[i].push(measure(&peers[i], size, totals[i]));
        }
    }
    let stats: Vec<_> = samples.iter().filter_map(|samples| Stats::of(samples)).collect();
    let others = peers.iter().zip(&stats).filter(|(peer, _)| !peer.own);
    let best = others.map(|(_, stats)| stats.median).fold(f64::INFINITY, f64::min);
    println!("| pipe | ns/KiB | quartiles | /best |\n|---|---|---|---|");
    for (peer, stats) in peers.iter().zip(&stats) {
        let Stats { median, low, high } = stats;
        println!("| {} | {median:.1} | {low:.1}-{high:.1} | {:.2} |", peer.name, median / best);
    }
    stats.first().map_or(f64::NAN, |stats| stats.median / best)
}

/// Finds how many bytes take about [`TARGET`].
fn warm_up(peer: &Peer, size: usize) -> usize {
    let mut total = 1 << 20;
    loop {
        let nanos = measure(peer, size, total) * total as f64 / 1_024.0;
        if nanos >= TARGET.as_nanos() as f64 / 4.0 {
            let wanted = total as f64 * TARGET.as_nanos() as f64 / nanos;
            return (wanted as usize).next_multiple_of(size);
        }
        total *= 4;
    }
}

/// Nanoseconds for a KiB.
fn measure(peer: &Peer, size: usize, total: usize) -> f64 {
    let begin = Instant::now();
    let read = (peer.run)(size, total);
    let elapsed = begin.elapsed();
    assert_eq!(read, total, "{} has lost bytes", peer.name);
    elapsed.as_nanos() as f64 / (total as f64 / 1_024.0)
}
