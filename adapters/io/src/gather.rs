//! What is written: one run of bytes, or several; and how bytes are copied.

/// Bytes that are copied at once.
///
/// A longer copy becomes a string instruction (`rep movsb`), which on AMD's Zen takes ten times as long if the target is a few bytes
/// further into its page than the source: as a buffer of an allocator is, beside one that begins with a page. This is just
/// below where C libraries begin with it, and costs nothing where there is no such trap.
pub(crate) const AT_ONCE: usize = 2_048;

/// Copies bytes. There are as many as there is room for.
#[inline]
pub(crate) fn copy(from: &[u8], into: &mut [u8]) {
    if from.len() <= AT_ONCE {
        return into.copy_from_slice(from);
    }
    for (from, into) in from.chunks(AT_ONCE).zip(into.chunks_mut(AT_ONCE)) {
        into.copy_from_slice(from);
    }
}

/// Bytes that are taken from the front.
pub(crate) trait Gather {
    /// How many are left.
    fn remaining(&self) -> usize;

    /// Takes the next bytes, as many as there is room for. There are that many.
    fn take(&mut self, into: &mut [u8]);
}

impl Gather for &[u8] {
    fn remaining(&self) -> usize {
        self.len()
    }

    #[inline]
    fn take(&mut self, into: &mut [u8]) {
        let (first, rest) = self.split_at(into.len());
        copy(first, into);
        *self = rest;
    }
}

/// Several runs, as if they were one.
#[cfg(feature = "std")]
#[derive(Debug)]
pub(crate) struct Vectored<'a> {
    first: &'a [u8],
    rest: &'a [std::io::IoSlice<'a>],
    remaining: usize,
}

#[cfg(feature = "std")]
impl<'a> Vectored<'a> {
    pub(crate) fn new(runs: &'a [std::io::IoSlice<'a>]) -> Self {
        // A sum that overflows is more than any pipe takes at once.
        let remaining = runs.iter().fold(0, |sum: usize, run| sum.saturating_add(run.len()));
        Self { first: &[], rest: runs, remaining }
    }
}

#[cfg(feature = "std")]
impl Gather for Vectored<'_> {
    fn remaining(&self) -> usize {
        self.remaining
    }

    fn take(&mut self, into: &mut [u8]) {
        let mut taken = 0;
        while taken < into.len() {
            if self.first.is_empty() {
                let [first, rest @ ..] = self.rest else { unreachable!("there are as many as `remaining` says") };
                (self.first, self.rest) = (first, rest);
                continue;
            }
            let run = self.first.len().min(into.len() - taken);
            self.first.take(&mut into[taken..taken + run]);
            taken += run;
        }
        self.remaining -= taken;
    }
}
