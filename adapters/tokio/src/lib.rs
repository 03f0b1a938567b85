#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod budget;
mod convert;
pub mod mpsc;
mod poll_sender;
pub mod wrappers;

pub use convert::NotConvertible;
pub use poll_sender::{PollSendError, PollSender};
