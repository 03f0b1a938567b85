#![doc = include_str!("../README.md")]
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

#[cfg(feature = "alloc")]
extern crate alloc;

mod batches;
mod borrowed;
mod error;
mod ext;
mod sink;
mod stream;

pub use batches::ReadyBatches;
pub use borrowed::Borrowed;
pub use error::SinkError;
pub use ext::{ReceiverExt, SenderExt};
pub use sink::SenderSink;
pub use stream::ReceiverStream;
