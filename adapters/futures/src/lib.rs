#![doc = include_str!("../README.md")]
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

#[cfg(feature = "alloc")]
extern crate alloc;

mod batches;
mod borrowed;
mod encoder;
mod encoder_sink;
mod error;
mod ext;
mod poll_send_ref;
mod sink;
mod stream;

pub use batches::ReadyBatches;
pub use borrowed::Borrowed;
pub use encoder::{Encoded, Encoder};
pub use encoder_sink::EncoderSink;
pub use error::{EncodeError, SinkError};
pub use ext::{ReceiverExt, SenderExt};
pub use poll_send_ref::PollSendRef;
pub use sink::SenderSink;
pub use stream::ReceiverStream;
