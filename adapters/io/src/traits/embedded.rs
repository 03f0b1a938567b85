//! The traits of embedded-io-async, for programs without `std`.

use crate::{BrokenPipe, PipeReader, StaticPipeWriter};
use core::{convert::Infallible, future::poll_fn};
use embedded_io_async::{BufRead, Error, ErrorKind, ErrorType, Read, Write};

impl Error for BrokenPipe {
    fn kind(&self) -> ErrorKind {
        ErrorKind::BrokenPipe
    }
}

impl ErrorType for PipeReader {
    /// Reading never fails.
    type Error = Infallible;
}

impl Read for PipeReader {
    async fn read(&mut self, into: &mut [u8]) -> Result<usize, Infallible> {
        Ok(poll_fn(|context| self.poll_read_bytes(context, into)).await)
    }
}

impl BufRead for PipeReader {
    async fn fill_buf(&mut self) -> Result<&[u8], Infallible> {
        poll_fn(|context| self.poll_bytes(context).map(drop)).await;
        Ok(self.there())
    }

    fn consume(&mut self, amount: usize) {
        self.consume_bytes(amount);
    }
}

impl ErrorType for StaticPipeWriter {
    type Error = BrokenPipe;
}

impl Write for StaticPipeWriter {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, BrokenPipe> {
        StaticPipeWriter::write(self, bytes).await
    }

    /// Does nothing: what is written can be read.
    async fn flush(&mut self) -> Result<(), BrokenPipe> {
        Ok(())
    }
}

#[cfg(feature = "alloc")]
mod with_alloc {
    use super::{BrokenPipe, BufRead, ErrorType, Read, Write, poll_fn};
    use crate::{Duplex, PipeWriter};

    impl ErrorType for PipeWriter {
        type Error = BrokenPipe;
    }

    /// Gives up the place in the queue when the write is dropped, as the other families can't.
    struct AbortOnDrop<'a>(&'a mut PipeWriter);

    impl Drop for AbortOnDrop<'_> {
        fn drop(&mut self) {
            self.0.abort();
        }
    }

    impl Write for PipeWriter {
        async fn write(&mut self, bytes: &[u8]) -> Result<usize, BrokenPipe> {
            let writer = AbortOnDrop(self);
            poll_fn(|context| writer.0.poll_write_bytes(context, bytes)).await
        }

        /// Does nothing: what is written can be read.
        async fn flush(&mut self) -> Result<(), BrokenPipe> {
            Ok(())
        }
    }

    impl ErrorType for Duplex {
        type Error = BrokenPipe;
    }

    impl Read for Duplex {
        async fn read(&mut self, into: &mut [u8]) -> Result<usize, BrokenPipe> {
            Ok(poll_fn(|context| self.reader().poll_read_bytes(context, into)).await)
        }
    }

    impl BufRead for Duplex {
        async fn fill_buf(&mut self) -> Result<&[u8], BrokenPipe> {
            poll_fn(|context| self.reader().poll_bytes(context).map(drop)).await;
            Ok(self.reader().there())
        }

        fn consume(&mut self, amount: usize) {
            self.reader().consume_bytes(amount);
        }
    }

    impl Write for Duplex {
        async fn write(&mut self, bytes: &[u8]) -> Result<usize, BrokenPipe> {
            self.writer().write(bytes).await
        }

        async fn flush(&mut self) -> Result<(), BrokenPipe> {
            Ok(())
        }
    }
}
