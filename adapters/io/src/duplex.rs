//! Two pipes, crossed.

use crate::{Config, PipeReader, PipeWriter, pipe};

/// One of two ends that read what the other writes. Made by [`duplex`].
///
/// Dropped, it is to the other the end of the file, and makes its writes fail.
#[derive(Debug)]
pub struct Duplex {
    writer: PipeWriter,
    reader: PipeReader,
}

/// Makes two pipes of this size, crossed: each of the ends reads what the other writes.
///
/// # Panics
/// As [`pipe`](crate::pipe()).
///
/// ```
/// # #[cfg(feature = "tokio")]
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
///
/// let (mut client, mut server) = sakia_io::duplex(sakia_io::Config::with_capacity(1_024));
/// client.write_all(b"ping").await?;
/// let mut request = [0; 4];
/// server.read_exact(&mut request).await?;
/// assert_eq!(&request, b"ping");
/// # Ok::<(), std::io::Error>(())
/// # }).unwrap();
/// ```
#[track_caller]
#[must_use]
pub fn duplex(config: Config) -> (Duplex, Duplex) {
    let ((left, right_reader), (right, left_reader)) = (pipe(config), pipe(config));
    (Duplex { writer: left, reader: left_reader }, Duplex { writer: right, reader: right_reader })
}

impl Duplex {
    /// Joins the ends of two pipes.
    #[must_use]
    pub fn new(writer: PipeWriter, reader: PipeReader) -> Self {
        Self { writer, reader }
    }

    /// The ends of the two pipes.
    #[must_use]
    pub fn into_split(self) -> (PipeWriter, PipeReader) {
        (self.writer, self.reader)
    }

    /// The ends of the two pipes, borrowed: to be used at the same time.
    pub fn split(&mut self) -> (&mut PipeWriter, &mut PipeReader) {
        (&mut self.writer, &mut self.reader)
    }
}

/// For the traits: the two halves by themselves.
#[cfg(any(feature = "tokio", feature = "futures-io", feature = "embedded-io-async"))]
impl Duplex {
    pub(crate) fn writer(&mut self) -> &mut PipeWriter {
        &mut self.writer
    }

    pub(crate) fn reader(&mut self) -> &mut PipeReader {
        &mut self.reader
    }
}
