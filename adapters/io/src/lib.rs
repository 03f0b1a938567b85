#![doc = include_str!("../README.md")]
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

#[cfg(feature = "std")]
pub mod blocking;
#[cfg(feature = "std")]
pub mod bridges;
#[cfg(feature = "alloc")]
mod config;
#[cfg(feature = "alloc")]
mod duplex;
mod error;
mod filler;
mod gather;
#[cfg(feature = "alloc")]
mod heap;
mod numbers;
#[cfg(feature = "std")]
mod park;
mod reader;
mod static_pipe;
mod store;
mod sync;
mod traits;
#[cfg(feature = "alloc")]
mod writer;

#[cfg(feature = "alloc")]
pub use config::{Config, pipe};
#[cfg(feature = "alloc")]
pub use duplex::{Duplex, duplex};
pub use error::BrokenPipe;
pub use reader::PipeReader;
pub use static_pipe::{StaticPipe, StaticPipeWriter};
#[cfg(feature = "alloc")]
pub use writer::PipeWriter;
