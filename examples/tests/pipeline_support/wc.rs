//! `wc`, in the C locale.

use core::iter;
use std::{
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::run::Report;

/// What `wc` counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counts {
    lines: u64,
    words: u64,
    bytes: u64,
    /// Whether runs without a printable character are words to this `wc`: that is not the same everywhere.
    all_runs_are_words: bool,
}

impl Counts {
    /// What a report says of the same things.
    pub(crate) fn of(self, report: &Report) -> Self {
        let words = if self.all_runs_are_words { report.words + report.others } else { report.words };
        Self { lines: report.lines, words, bytes: report.bytes, ..self }
    }
}

/// What `wc` counts in all of `files`; None, and a loud word, if there is no `wc`.
pub(crate) fn sum<'a>(files: impl IntoIterator<Item = &'a PathBuf>) -> Option<Counts> {
    let Some([_, probe, _]) = wc(iter::empty(), b"\x01") else {
        eprintln!("SKIPPED the comparison with `wc`: there is none on the PATH");
        return None;
    };
    let counts = files.into_iter().map(|file| wc(iter::once(file.as_path()), b"").unwrap());
    let [lines, words, bytes] = counts.reduce(|[a, b, c], [x, y, z]| [a + x, b + y, c + z]).unwrap();
    Some(Counts { lines, words, bytes, all_runs_are_words: probe == 1 })
}

/// Lines, words and bytes of a file or, without one, of `input`; None if there is no `wc`.
fn wc<'a>(file: impl Iterator<Item = &'a Path>, input: &[u8]) -> Option<[u64; 3]> {
    let mut command = Command::new("wc");
    command.args(["-l", "-w", "-c"]).args(file).env("LC_ALL", "C");
    let mut child = match command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() {
        Err(error) if error.kind() == ErrorKind::NotFound => return None,
        child => child.unwrap(),
    };
    // `wc` may have ended before it is given what it does not read.
    _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8_lossy(&output.stdout);
    let mut numbers = text.split_whitespace().map(|number| number.parse().unwrap());
    Some([(); 3].map(|()| numbers.next().unwrap()))
}
