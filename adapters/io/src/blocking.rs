//! The same pipe for threads: `std::io`'s traits on ends that block.
//!
//! The ends are thin faces on the async ones, and convert to and from them: one end may be async while the other blocks.
//!
//! ```
//! use sakia_io::{Config, blocking};
//! use std::io::{BufRead, Write};
//!
//! let (mut writer, reader) = blocking::pipe(Config::new());
//! let thread = std::thread::spawn(move || reader.lines().collect::<Result<Vec<_>, _>>());
//! writeln!(writer, "filled")?;
//! writeln!(writer, "emptied")?;
//! drop(writer);
//! assert_eq!(thread.join().unwrap()?, ["filled", "emptied"]);
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! To block in a task would keep its thread from other tasks; hence types of their own.

use crate::{Config, gather::Vectored, park::block_on};
use std::io::{self, BufRead, IoSlice, Read, Write};

/// Makes a pipe for threads. As [`pipe`](crate::pipe()).
///
/// # Panics
/// As [`pipe`](crate::pipe()).
#[track_caller]
#[must_use]
pub fn pipe(config: Config) -> (PipeWriter, PipeReader) {
    let (writer, reader) = crate::pipe(config);
    (PipeWriter(writer), PipeReader(reader))
}

/// The writing end, which blocks while the pipe is full. See [`PipeWriter`](crate::PipeWriter).
#[derive(Clone, Debug)]
pub struct PipeWriter(crate::PipeWriter);

impl PipeWriter {
    /// The async face of this end.
    #[must_use]
    pub fn into_async(self) -> crate::PipeWriter {
        self.0
    }
}

impl From<crate::PipeWriter> for PipeWriter {
    fn from(writer: crate::PipeWriter) -> Self {
        Self(writer)
    }
}

impl Write for PipeWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(block_on(|context| self.0.poll_write_bytes(context, bytes))?)
    }

    fn write_vectored(&mut self, runs: &[IoSlice<'_>]) -> io::Result<usize> {
        Ok(block_on(|context| self.0.poll_gather(context, &mut Vectored::new(runs)))?)
    }

    /// Does nothing: what is written can be read.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The reading end, which blocks while the pipe is empty. See [`PipeReader`](crate::PipeReader).
#[derive(Debug)]
pub struct PipeReader(crate::PipeReader);

impl PipeReader {
    /// The async face of this end.
    #[must_use]
    pub fn into_async(self) -> crate::PipeReader {
        self.0
    }
}

impl From<crate::PipeReader> for PipeReader {
    fn from(reader: crate::PipeReader) -> Self {
        Self(reader)
    }
}

impl Read for PipeReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        Ok(block_on(|context| self.0.poll_read_bytes(context, into)))
    }
}

impl BufRead for PipeReader {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        block_on(|context| self.0.poll_bytes(context).map(drop));
        Ok(self.0.there())
    }

    fn consume(&mut self, amount: usize) {
        self.0.consume_bytes(amount);
    }
}
