//! What is counted.

use core::cmp::Reverse;
use std::collections::HashMap;

/// What was received.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Counts {
    pub(crate) messages: u64,
    pub(crate) lines: u64,
    pub(crate) words: u64,
    /// Runs of bytes that are no white space, and have no printable ASCII character.
    pub(crate) others: u64,
    pub(crate) bytes: u64,
    frequencies: HashMap<Box<[u8]>, u64>,
}

impl Counts {
    /// A line as it is in the file, be it text or not, with its newline.
    pub(crate) fn add(&mut self, line: &[u8]) {
        self.messages += 1;
        self.lines += u64::from(line.ends_with(b"\n"));
        self.bytes += line.len() as u64;
        for run in line.split(is_space).filter(|run| !run.is_empty()) {
            if run.iter().any(u8::is_ascii_graphic) {
                self.add_word(run);
            } else {
                self.others += 1;
            }
        }
    }

    fn add_word(&mut self, word: &[u8]) {
        self.words += 1;
        match self.frequencies.get_mut(word) {
            Some(frequency) => *frequency += 1,
            None => _ = self.frequencies.insert(word.into(), 1),
        }
    }

    /// The `n` most frequent words, the first in the alphabet first among equals.
    pub(crate) fn most_frequent(&self, n: usize) -> Vec<(&[u8], u64)> {
        let rank = |&(word, frequency): &(_, _)| (Reverse(frequency), word);
        let mut words: Vec<_> = self.frequencies.iter().map(|(word, &frequency)| (&**word, frequency)).collect();
        if words.len() > n {
            words.select_nth_unstable_by_key(n, rank);
            words.truncate(n);
        }
        words.sort_unstable_by_key(rank);
        words
    }
}

/// White space as C has it, with the vertical tab.
fn is_space(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}
