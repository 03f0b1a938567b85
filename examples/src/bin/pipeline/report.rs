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
    pub(crate) by_value: Run,
    pub(crate) in_place: Option<Run>,
}

/// All files, read and counted once.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) counts: Counts,
    pub(crate) elapsed: Duration,
    pub(crate) allocations: Allocations,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Allocations {
    /// By the channel, when it was made.
    pub(crate) at_creation: usize,
    /// By the channel, after.
    pub(crate) channel: usize,
    /// In slots that were used for the first time.
    pub(crate) elements: usize,
    /// By the lines; those in slots, after the first.
    pub(crate) messages: usize,
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
        let Self { sum, by_value, .. } = self;
        let Run { counts, allocations, .. } = by_value;
        writeln!(f, "runtime      {}, readers: {}", self.runtime.name(), self.readers)?;
        writeln!(f, "files        {} read, {} could not be read", sum.read, sum.failed)?;
        writeln!(f, "lines        {}", counts.lines)?;
        writeln!(f, "words        {}", counts.words)?;
        if counts.others > 0 {
            writeln!(f, "             and {} runs without a printable ASCII character", counts.others)?;
        }
        writeln!(f, "bytes        {}", counts.bytes)?;
        writeln!(
            f,
            "messages     {} in {:.3} s, {:.0} per second",
            counts.messages,
            by_value.seconds(),
            by_value.per_second(counts.messages)
        )?;
        writeln!(
            f,
            "allocations  by the channel: {} when made, {} after",
            allocations.at_creation, allocations.channel
        )?;
        if let Some(in_place) = &self.in_place {
            writeln!(f, "\nby value     {by_value}")?;
            writeln!(f, "in place     {in_place}")?;
        }
        writeln!(f, "\nmost frequent words")?;
        for (word, frequency) in counts.most_frequent(TOP) {
            writeln!(f, "{frequency:>11}  {}", printable(word))?;
        }
        Ok(())
    }
}

impl Report {
    /// Both runs have counted the same, if there were two.
    pub(crate) fn agrees(&self) -> bool {
        self.in_place.as_ref().is_none_or(|run| run.counts == self.by_value.counts)
    }
}

/// What is compared.
impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Allocations { at_creation, channel, elements, messages } = self.allocations;
        write!(f, "{:.1} MB per second in {:.3} s; ", self.per_second(self.counts.bytes) / 1e6, self.seconds())?;
        write!(f, "allocations by the channel: {at_creation} when made, {channel} after; by the messages: ")?;
        if elements > 0 {
            write!(f, "{elements} in new slots, ")?;
        }
        write!(f, "{messages} after")
    }
}

impl Run {
    fn seconds(&self) -> f64 {
        self.elapsed.as_secs_f64()
    }

    fn per_second(&self, number: u64) -> f64 {
        number as f64 / self.seconds()
    }
}

/// A word such that it does nothing to a terminal.
fn printable(word: &[u8]) -> String {
    let escape = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    let text = String::from_utf8_lossy(word);
    let start: String = text.chars().take(WIDTH).map(escape).collect();
    if text.chars().nth(WIDTH).is_some() { start + "..." } else { start }
}
