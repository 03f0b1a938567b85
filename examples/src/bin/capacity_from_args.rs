//! The capacity comes from the command line, and is exactly what was asked for.

use std::{env, process::ExitCode};

use sakia::mpsc::{self, MAX_CAPACITY};

fn main() -> ExitCode {
    let Some(capacity) = capacity() else {
        eprintln!("Usage: capacity_from_args CAPACITY\n\nCAPACITY is a number from 1 to {MAX_CAPACITY}.");
        return ExitCode::from(2);
    };

    let (sender, mut receiver) = mpsc::channel(capacity);
    let mut sent = 0;
    while sender.try_send(sent).is_ok() {
        sent += 1;
    }
    println!("room for {sent} messages");

    drop(sender);
    println!("received {} messages", receiver.iter().count());
    ExitCode::SUCCESS
}

/// `mpsc::channel` panics on a capacity that it can't have, so input is checked before.
fn capacity() -> Option<usize> {
    let capacity = env::args().nth(1)?.parse().ok()?;
    (1..=MAX_CAPACITY).contains(&capacity).then_some(capacity)
}
