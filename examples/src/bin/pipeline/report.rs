//! What is printed in the end.

use core::{fmt, time::Duration};

use crate::{count::Counts, runtimes::Runtime};

/// How many of the most frequent words are shown.
const TOP: usize = 10;
/// How much of a word is shown, in characters.
const WIDTH: usize = 60;

#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) runtime: Runtime,
    pub(crate) readers: usize,
    pub(crate) sum: Sum,
    pub(crate) counts: Counts,
    pub(crate) elapsed: Duration,
    /// By the channel: when it was made, and after.
    pub(crate) allocations: (usize, usize),
}

/// How many files were read, and how many files and directories could not be.
#[derive(Debug)]
pub(crate) struct Sum {
    pub(crate) read: usize,
    pub(crate) failed: usize,
}

impl Sum {
    /// There was something to read, and none of it could be.
    pub(crate) fn is_failure(&self) -> bool {
        self.read == 0 && self.failed > 0
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sum, counts, .. } = self;
        let (at_creation, after) = self.allocations;
        writeln!(f, "runtime      {}, readers: {}", self.runtime.name(), self.readers)?;
        writeln!(f, "files        {} read, {} could not be read", sum.read, sum.failed)?;
        writeln!(f, "lines        {}", counts.lines)?;
        writeln!(f, "words        {}", counts.words)?;
        if counts.others > 0 {
            writeln!(f, "             and {} runs without a printable ASCII character", counts.others)?;
        }
        writeln!(f, "bytes        {}", counts.bytes)?;
        writeln!(f, "messages     {} in {:.3} s, {:.0} per second", counts.messages, self.seconds(), self.rate())?;
        writeln!(f, "allocations  by the channel: {at_creation} when made, {after} after")?;
        writeln!(f, "\nmost frequent words")?;
        for (word, frequency) in counts.most_frequent(TOP) {
            writeln!(f, "{frequency:>11}  {}", printable(word))?;
        }
        Ok(())
    }
}

impl Report {
    fn seconds(&self) -> f64 {
        self.elapsed.as_secs_f64()
    }

    fn rate(&self) -> f64 {
        self.counts.messages as f64 / self.seconds()
    }
}

/// A word such that it does nothing to a terminal.
fn printable(word: &[u8]) -> String {
    let escape = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    let text = String::from_utf8_lossy(word);
    let start: String = text.chars().take(WIDTH).map(escape).collect();
    if text.chars().nth(WIDTH).is_some() { start + "..." } else { start }
}
