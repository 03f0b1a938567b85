//! Programs that must not compile, each with the error that its user is to see beside it, and programs that must.
//!
//! The errors are as one version of the compiler words them; with another, only the latter programs are checked, and the
//! documentation's own `compile_fail` examples stand for the former. `TRYBUILD=overwrite cargo test -p sakia-bounds` writes the errors
//! anew.

use std::process::Command;

/// Whose words the errors are.
const WORDED_BY: &str = "rustc 1.95.";

#[test]
fn bounds_are_kept() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/accepted/*.rs");
    let compiler = Command::new(std::env::var_os("RUSTC").unwrap_or("rustc".into())).arg("--version").output();
    let version = compiler.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    if version.starts_with(WORDED_BY) {
        cases.compile_fail("tests/refused/*.rs");
    } else {
        println!("SKIPPED: the errors of what must not compile are worded by {WORDED_BY}, this is {version}");
    }
}
