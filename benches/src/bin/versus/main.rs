//! Measures channels side by side, interleaved in one run. See `benches/README.md`.

mod args;
mod json;
mod markdown;
mod measure;
mod outcome;
mod stats;
mod summary;
mod svg;
mod table;
mod targets;

use std::path::Path;
use std::process::ExitCode;

use args::Args;
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
    let cells = chosen_cells(args, peers)?;
    let mut outcomes = Vec::new();
    for cell in cells {
        let outcome = measure::cell(peers, cell, args.rounds);
        table::print(&outcome);
        outcomes.push(outcome);
    }
    summary::print(&outcomes);
    targets::print(&outcomes);
    write(args.json.as_deref(), || json::render(&outcomes))?;
    write(args.markdown.as_deref(), || markdown::render(&outcomes))?;
    write(args.svg.as_deref(), || svg::render(&outcomes))
}

/// Kept to the end of the program: a measurement that hangs never gives them back.
fn chosen_peers(args: &Args) -> Result<&'static [Peer], String> {
    let mut peers = peers::all();
    if let Some(unknown) = args.peers.iter().find(|name| peers.iter().all(|p| p.name != *name)) {
        let names: Vec<_> = peers.iter().map(|p| p.name).collect();
        return Err(format!("no peer {unknown}; there are {}", names.join(", ")));
    }
    if !args.peers.is_empty() {
        peers.retain(|peer| args.peers.iter().any(|name| name == peer.name));
    }
    Ok(peers.leak())
}

/// The names of the cells to measure, each once.
fn chosen_cells<'a>(args: &Args, peers: &'a [Peer]) -> Result<Vec<&'a str>, String> {
    let mut names = Vec::new();
    for cell in peers.iter().flat_map(|peer| &peer.cells) {
        if !names.contains(&cell.name.as_str()) {
            names.push(&cell.name);
        }
    }
    let chosen: Vec<_> = names.iter().copied().filter(|name| args.wants_cell(name)).collect();
    if chosen.is_empty() {
        return Err(format!("no such cell; there are {}", names.join(", ")));
    }
    Ok(chosen)
}

fn write(path: Option<&Path>, text: impl FnOnce() -> String) -> Result<(), String> {
    let Some(path) = path else {
        return Ok(());
    };
    std::fs::write(path, text()).map_err(|error| format!("cannot write {}: {error}", path.display()))
}
