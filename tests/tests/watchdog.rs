//! Tests of the watchdog. The hang is made in a process of its own, which the watchdog aborts.
#![cfg(not(any(sakia_loom, miri)))]

use core::time::Duration;
use std::{env, panic::catch_unwind, process::Command, thread};

use sakia_tests::with_watchdog;

const LONG: Duration = Duration::from_secs(600);

/// Set in the process that is to hang.
const HANG: &str = "SAKIA_TESTS_HANG";

#[test]
fn a_body_in_time_returns_its_output() {
    assert_eq!(with_watchdog(LONG, || 3), 3);
}

#[test]
fn a_panic_passes_through() {
    let result = catch_unwind(|| with_watchdog(LONG, || panic!("the body's own message")));
    assert_eq!(*result.unwrap_err().downcast::<&str>().unwrap(), "the body's own message");
}

#[test]
fn a_hanging_test_is_aborted_and_named() {
    if env::var_os(HANG).is_some() {
        with_watchdog(Duration::from_millis(50), || thread::sleep(LONG));
    }
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "a_hanging_test_is_aborted_and_named", "--test-threads=2"])
        .env(HANG, "1")
        .output()
        .unwrap();
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(message.contains("watchdog: a_hanging_test_is_aborted_and_named"), "{message}");
}
