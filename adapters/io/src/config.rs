//! How large a pipe is.

use crate::{
    filler::Filler, heap::Heap, numbers::Numbers, reader::PipeReader, store::MAX_SLOT_SIZE, writer::PipeWriter,
};
use sakia::mpsc::{recycled::MAX_CAPACITY, with_recycle};

/// How many slots a pipe has, and how many bytes each.
///
/// ```
/// let config = sakia_io::Config::new().slots(8).slot_size(4_096);
/// assert_eq!(config.capacity(), 32_768);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    slots: usize,
    slot_size: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}

impl Config {
    /// 4 slots of 16 KiB.
    #[must_use]
    pub const fn new() -> Self {
        Self { slots: 4, slot_size: 16 * 1_024 }
    }

    /// For this many bytes in all, in 4 slots; fewer if there are fewer bytes, and up to 3 bytes more if they don't divide.
    ///
    /// ```
    /// assert_eq!(sakia_io::Config::with_capacity(64 * 1_024), sakia_io::Config::new());
    /// assert_eq!(sakia_io::Config::with_capacity(3).capacity(), 3);
    /// ```
    #[must_use]
    pub const fn with_capacity(bytes: usize) -> Self {
        let slots = if bytes < 4 { bytes } else { 4 };
        Self { slots, slot_size: if slots == 0 { 0 } else { bytes.div_ceil(slots) } }
    }

    /// How many slots there are. Each takes a write of a writer, or many small ones in a row.
    #[must_use]
    pub const fn slots(self, slots: usize) -> Self {
        Self { slots, ..self }
    }

    /// How many bytes a slot has. A write of up to so many lands whole.
    #[must_use]
    pub const fn slot_size(self, bytes: usize) -> Self {
        Self { slot_size: bytes, ..self }
    }

    /// The bytes of all slots together: the pipe holds that many if slots are filled to their ends. `usize::MAX` if they can't be counted.
    #[must_use]
    pub const fn capacity(&self) -> usize {
        self.slots.saturating_mul(self.slot_size)
    }

    #[track_caller]
    fn check(&self) {
        assert!(self.slots > 0 && self.slot_size > 0, "sakia: a pipe holds at least 1 byte");
        assert!(self.slots <= MAX_CAPACITY, "sakia: a pipe has up to {MAX_CAPACITY} slots");
        assert!(
            self.slot_size <= MAX_SLOT_SIZE && self.capacity() <= isize::MAX as usize,
            "sakia: the pipe doesn't fit into the address space"
        );
    }
}

/// Makes a pipe. Nothing is allocated afterwards, unless writers are cloned.
///
/// # Panics
/// If there are no slots or slots of no bytes, more than 8,388,607 slots (32,767 on targets without 64-bit atomics), or more
/// bytes than fit into the address space.
///
/// ```
/// use sakia_io::{Config, blocking, pipe};
/// use std::io::{Read, Write};
///
/// let (writer, reader) = pipe(Config::new());
/// let (mut writer, mut reader) = (blocking::PipeWriter::from(writer), blocking::PipeReader::from(reader));
/// writer.write_all(b"hello")?;
/// drop(writer);
/// let mut text = String::new();
/// reader.read_to_string(&mut text)?;
/// assert_eq!(text, "hello");
/// # Ok::<(), std::io::Error>(())
/// ```
#[track_caller]
#[must_use]
pub fn pipe(config: Config) -> (PipeWriter, PipeReader) {
    config.check();
    let Config { slots, slot_size } = config;
    let store = Heap::store(slots, slot_size);
    let (sender, filled) = with_recycle(slots, Numbers::new(slots));
    (PipeWriter::new(Filler::new(store.clone()), Some(sender)), PipeReader::new(filled, store))
}
