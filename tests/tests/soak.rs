//! Every message that is made is counted until it is dropped: sent, received, returned in an error, cancelled, or left in a
//! channel whose receiver went. None may be unaccounted for, on any flavour.
//!
//! `SOAK_SECONDS` asks for more than a few rounds.
#![cfg(not(sakia_loom))]

use core::time::Duration;
use std::time::Instant;

use sakia_tests::with_watchdog;

#[path = "soak/counted.rs"]
mod counted;
#[path = "soak/ends.rs"]
mod ends;
#[path = "soak/round.rs"]
mod round;

use counted::Account;
use ends::Flavour;
use round::{Random, play};

const ROUNDS: usize = if cfg!(sakia_sanitized) { 14 } else { 42 };

#[test]
fn every_message_is_accounted_for() {
    let seconds = std::env::var("SOAK_SECONDS").map_or(0, |seconds| seconds.parse().expect("a number of seconds"));
    let (begin, time) = (Instant::now(), Duration::from_secs(seconds));
    let mut random = Random::new(seconds ^ 0x9e37_79b9);
    let mut totals = Flavour::ALL.map(|_| Account::default());
    let mut rounds = 0;
    while rounds < ROUNDS || begin.elapsed() < time {
        let flavour = rounds % totals.len();
        let account = with_watchdog(Duration::from_secs(300), || play(Flavour::ALL[flavour], &mut random));
        totals[flavour].add(account);
        rounds += 1;
    }
    println!("{rounds} rounds");
    for (flavour, account) in Flavour::ALL.iter().zip(&totals) {
        println!("{flavour:?}: {account:?}");
        assert!(account.received > 0 && account.cancelled + account.returned > 0, "{flavour:?} was not worked");
    }
    let mut total = Account::default();
    totals.into_iter().for_each(|account| total.add(account));
    println!("all: {total:?}, unaccounted for: 0");
}
