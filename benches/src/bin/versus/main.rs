//! Measures channels side by side, interleaved in one run. See `benches/README.md`.

mod args;
mod json;
mod measure;
mod outcome;
mod stats;
mod summary;
mod table;

use std::process::ExitCode;

use args::Args;
use outcome::Outcome;
use sakia_benches::peers::{self, Peer};

fn main() -> ExitCode {
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn start() -> Result<(), String> {
    match Args::parse(std::env::args().skip(1))? {
        Some(args) => run(&args),
        None => {
            println!("{}", args::USAGE);
            Ok(())
        }
    }
}

fn run(args: &Args) -> Result<(), String> {
    let peers = chosen_peers(args)?;
    let cells = chosen_cells(args, &peers)?;
    let mut outcomes = Vec::new();
    for cell in cells {
        let outcome = measure::cell(&peers, cell, args.rounds);
        table::print(&outcome);
        outcomes.push(outcome);
    }
    summary::print(&outcomes);
    write_json(args, &outcomes)
}

/// Adapters are measured only if they are named.
fn chosen_peers(args: &Args) -> Result<Vec<Peer>, String> {
    let mut peers = peers::all();
    if args.peers.is_empty() {
        return Ok(peers);
    }
    peers.extend(peers::adapters());
    if let Some(unknown) = args.peers.iter().find(|name| peers.iter().all(|p| p.name != *name)) {
        let names: Vec<_> = peers.iter().map(|p| p.name).collect();
        return Err(format!("no peer {unknown}; there are {}", names.join(", ")));
    }
    peers.retain(|peer| args.peers.iter().any(|name| name == peer.name));
    Ok(peers)
}

/// The indices of the cells to measure; they are the same for each peer.
fn chosen_cells(args: &Args, peers: &[Peer]) -> Result<Vec<usize>, String> {
    let cells = peers.first().map_or(&[][..], |peer| &peer.cells[..]);
    let chosen: Vec<_> = (0..cells.len()).filter(|&i| args.wants_cell(&cells[i].name)).collect();
    if chosen.is_empty() {
        let names: Vec<_> = cells.iter().map(|cell| cell.name.as_str()).collect();
        return Err(format!("no such cell; there are {}", names.join(", ")));
    }
    Ok(chosen)
}

fn write_json(args: &Args, outcomes: &[Outcome]) -> Result<(), String> {
    let Some(path) = &args.json else {
        return Ok(());
    };
    std::fs::write(path, json::render(outcomes)).map_err(|error| format!("cannot write {}: {error}", path.display()))
}
