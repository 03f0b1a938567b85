//! Messages that can be written in place.

use core::fmt::Write as _;

use super::Message;

/// A message that can be made anew, or written into an element that was recycled: cleared, or as by `default`.
pub trait Written: Message {
    /// A new message `i`, as it is made where messages are sent by value.
    fn written(i: u64) -> Self;

    /// Makes a recycled element the message `i`.
    fn write(&mut self, i: u64);

    /// What the receiver makes of it: `i`, but for a `String` its length.
    fn read(&self) -> u64;
}

impl Written for u64 {
    fn written(i: u64) -> Self {
        i
    }

    fn write(&mut self, i: u64) {
        *self = i;
    }

    fn read(&self) -> u64 {
        *self
    }
}

/// The length of a line, and of a path that makes up most of it. Padding by the formatter would cost several times as much
/// as the channel.
const LINE: usize = 300;

const PATH: &str = match str::from_utf8(&[b'.'; LINE]) {
    Ok(text) => text,
    Err(_) => unreachable!(),
};

/// A line of a log, of 300 bytes. A new one is made with room for it, in one allocation.
impl Written for String {
    fn written(i: u64) -> Self {
        let mut line = Self::with_capacity(LINE);
        line.write(i);
        line
    }

    fn write(&mut self, i: u64) {
        let written = write!(self, "{i} INFO worker {} took {} us: ", i % 64, i % 997);
        written.expect("a String takes everything");
        self.push_str(&PATH[self.len()..]);
    }

    fn read(&self) -> u64 {
        self.len() as u64
    }
}

const PAGE: usize = 4096;

/// So many bytes, at least 8, which by value are moved about.
#[derive(Debug, Clone)]
pub struct Bytes<const N: usize>([u8; N]);

/// A buffer of 4 KiB.
pub type Page = Bytes<PAGE>;

impl<const N: usize> Default for Bytes<N> {
    fn default() -> Self {
        Self([0; N])
    }
}

impl<const N: usize> Written for Bytes<N> {
    fn written(i: u64) -> Self {
        let mut bytes = Self::default();
        bytes.write(i);
        bytes
    }

    fn write(&mut self, i: u64) {
        self.0.fill(i as u8);
        self.0[..8].copy_from_slice(&i.to_le_bytes());
    }

    fn read(&self) -> u64 {
        number(&self.0)
    }
}

/// A buffer of 4 KiB, which by value is allocated.
impl Written for Vec<u8> {
    fn written(i: u64) -> Self {
        let mut buffer = Self::with_capacity(PAGE);
        buffer.write(i);
        buffer
    }

    fn write(&mut self, i: u64) {
        self.resize(PAGE, i as u8);
        self[..8].copy_from_slice(&i.to_le_bytes());
    }

    fn read(&self) -> u64 {
        number(self)
    }
}

/// The number that a buffer begins with.
fn number(bytes: &[u8]) -> u64 {
    bytes.first_chunk().map_or(0, |first| u64::from_le_bytes(*first))
}
