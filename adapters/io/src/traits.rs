//! The ends under the traits of each family.

#[cfg(feature = "embedded-io-async")]
mod embedded;
#[cfg(feature = "futures-io")]
mod futures;
#[cfg(feature = "tokio")]
mod tokio;
