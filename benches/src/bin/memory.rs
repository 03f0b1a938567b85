//! Resident memory of many channels, by channel: idle, and once busy and drained again. Each is measured in a process of
//! its own.
//!
//! `memory [CHANNELS]`, 10,000 unless said. Linux only: it reads `/proc/self/statm`.

use core::error::Error;
use std::{env, fs, process::Command};

type Result<T> = core::result::Result<T, Box<dyn Error>>;

const PEERS: [&str; 4] = ["sakia", "sakia-tokio", "tokio", "futures"];
const BOUNDS: [usize; 5] = [1, 32, 100, 1_000, NONE];
/// An unbounded channel.
const NONE: usize = usize::MAX;
/// How many messages that holds when it is busy. A bounded one is full then.
const UNBOUNDED_BUSY: usize = 1_000;
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
            let bound = if bound == NONE { "none".into() } else { bound.to_string() };
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

/// Makes channels with `$channel`, each of which sends and receives `$busy` messages.
macro_rules! of_pairs {
    ($channels:expr, $busy:expr, $channel:expr, $send:ident) => {
        of($channels, || {
            #[allow(unused_mut, reason = "some senders send by &mut")]
            let (mut sender, mut receiver) = $channel;
            (0..$busy).for_each(|_| sender.$send(0_u64).unwrap());
            (0..$busy).for_each(|_| assert_eq!(receiver.try_recv(), Ok(0)));
            assert!(receiver.try_recv().is_err());
            (sender, receiver)
        })
    };
}

fn measure(peer: &str, bound: usize, busy: bool, channels: usize) -> Result<usize> {
    use {futures_channel::mpsc as futures, sakia_tokio::mpsc as sakia_tokio, tokio::sync::mpsc as tokio};
    let busy = match (busy, bound) {
        (false, _) => 0,
        (true, NONE) => UNBOUNDED_BUSY,
        (true, bound) => bound,
    };
    match (peer, bound) {
        ("sakia", NONE) => of_pairs!(channels, busy, sakia::mpsc::unbounded(), send),
        ("sakia", _) => of_pairs!(channels, busy, sakia::mpsc::channel(bound), try_send),
        ("sakia-tokio", NONE) => of_pairs!(channels, busy, sakia_tokio::unbounded_channel(), send),
        ("sakia-tokio", _) => of_pairs!(channels, busy, sakia_tokio::channel(bound), try_send),
        ("tokio", NONE) => of_pairs!(channels, busy, tokio::unbounded_channel(), send),
        ("tokio", _) => of_pairs!(channels, busy, tokio::channel(bound), try_send),
        ("futures", NONE) => of_pairs!(channels, busy, futures::unbounded(), unbounded_send),
        ("futures", _) => of_pairs!(channels, busy, futures::channel(bound - 1), try_send),
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
