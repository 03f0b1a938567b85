//! Resident memory of many channels, by channel: idle, and once busy and drained again. Each is measured in a process of
//! its own.
//!
//! `memory [CHANNELS]`, 10,000 unless said. Linux only: it reads `/proc/self/statm`.

use core::error::Error;
use std::{env, fs, process::Command};

type Result<T> = core::result::Result<T, Box<dyn Error>>;

const PEERS: [&str; 4] = ["sakia", "sakia-tokio", "tokio", "futures"];
const BOUNDS: [usize; 4] = [1, 32, 100, 1_000];
const STATES: [&str; 2] = ["idle", "once busy"];

fn main() -> Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    if let [peer, bound, state, channels] = &*args {
        println!("{}", measure(peer, bound.parse()?, state == STATES[1], channels.parse()?)?);
        return Ok(());
    }
    let channels = args.first().map_or("10000", |channels| channels);
    println!("resident bytes a channel of u64, {channels} of them, each with one sender and one receiver\n");
    println!("| bound | state | {} |\n|---|---|{}", PEERS.join(" | "), "---|".repeat(PEERS.len()));
    for bound in BOUNDS {
        for state in STATES {
            let bytes = PEERS.map(|peer| apart(peer, bound, state, channels).unwrap_or_else(|error| error.to_string()));
            println!("| {bound} | {state} | {} |", bytes.join(" | "));
        }
    }
    Ok(())
}

/// Measures in another process.
fn apart(peer: &str, bound: usize, state: &str, channels: &str) -> Result<String> {
    let output = Command::new(env::current_exe()?).args([peer, &bound.to_string(), state, channels]).output()?;
    if !output.status.success() {
        return Err(String::from_utf8(output.stderr)?.into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

fn measure(peer: &str, bound: usize, busy: bool, channels: usize) -> Result<usize> {
    let busy = if busy { bound } else { 0 };
    match peer {
        "sakia" => of(channels, || {
            let (sender, mut receiver) = sakia::mpsc::channel(bound);
            (0..busy).for_each(|_| sender.try_send(0_u64).unwrap());
            (0..busy).for_each(|_| assert_eq!(receiver.try_recv(), Ok(0)));
            assert!(receiver.try_recv().is_err());
            (sender, receiver)
        }),
        "sakia-tokio" => of(channels, || {
            let (sender, mut receiver) = sakia_tokio::mpsc::channel(bound);
            (0..busy).for_each(|_| sender.try_send(0_u64).unwrap());
            (0..busy).for_each(|_| assert_eq!(receiver.try_recv(), Ok(0)));
            assert!(receiver.try_recv().is_err());
            (sender, receiver)
        }),
        "tokio" => of(channels, || {
            let (sender, mut receiver) = tokio::sync::mpsc::channel(bound);
            (0..busy).for_each(|_| sender.try_send(0_u64).unwrap());
            (0..busy).for_each(|_| assert_eq!(receiver.try_recv(), Ok(0)));
            assert!(receiver.try_recv().is_err());
            (sender, receiver)
        }),
        "futures" => of(channels, || {
            let (mut sender, mut receiver) = futures_channel::mpsc::channel(bound - 1);
            (0..busy).for_each(|_| sender.try_send(0_u64).unwrap());
            (0..busy).for_each(|_| assert_eq!(receiver.try_recv(), Ok(0)));
            assert!(receiver.try_recv().is_err());
            (sender, receiver)
        }),
        _ => Err(format!("no such peer: {peer}").into()),
    }
}

/// Resident bytes of one of so many, without those of the pair that is kept.
fn of<P>(channels: usize, make: impl Fn() -> P) -> Result<usize> {
    let mut pairs = Vec::with_capacity(channels);
    // What the first of a kind costs is not a channel's.
    pairs.extend((0..16).map(|_| make()));
    let before = resident()?;
    pairs.extend((16..channels).map(|_| make()));
    let bytes = resident()?.saturating_sub(before) / (channels - 16);
    Ok(bytes.saturating_sub(size_of::<P>()))
}

fn resident() -> Result<usize> {
    let statm = fs::read_to_string("/proc/self/statm").map_err(|error| format!("/proc/self/statm: {error}"))?;
    let pages: usize = statm.split(' ').nth(1).ok_or("no such field")?.parse()?;
    Ok(pages * 4_096)
}
