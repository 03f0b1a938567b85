//! Between pipes, streams and channels.
//!
//! | from | to | by |
//! |---|---|---|
//! | a `Stream` of buffers | `AsyncRead`, `AsyncBufRead`, `std::io::{Read, BufRead}` | [`StreamReader`] |
//! | `AsyncRead`, `std::io::Read` | a `Stream` of recycled buffers | [`ReadStream`] |
//! | `AsyncWrite`, `std::io::Write` | a channel of `Bytes` | `BytesWriter`, with the feature `bytes` |

#[cfg(feature = "bytes")]
mod bytes_writer;
mod read_stream;
mod source;
mod stream_reader;

#[cfg(feature = "bytes")]
pub use bytes_writer::BytesWriter;
pub use read_stream::{Buffer, ReadStream};
#[cfg(feature = "futures-io")]
pub use source::FuturesSource;
pub use source::Source;
#[cfg(feature = "tokio")]
pub use source::TokioSource;
pub use stream_reader::StreamReader;
