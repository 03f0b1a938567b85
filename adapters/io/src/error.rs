//! The one way in which a pipe fails.

use core::fmt;

/// The pipe's reader is gone, or the writer was shut down: what is written would never be read.
///
/// As a `std::io::Error`, it is of the kind `BrokenPipe`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BrokenPipe(pub(crate) ());

impl fmt::Display for BrokenPipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the pipe's reader is gone, or the writer was shut down")
    }
}

impl core::error::Error for BrokenPipe {}

#[cfg(feature = "std")]
impl From<BrokenPipe> for std::io::Error {
    /// Allocates nothing.
    fn from(BrokenPipe(()): BrokenPipe) -> Self {
        std::io::ErrorKind::BrokenPipe.into()
    }
}
