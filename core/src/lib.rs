#![doc = include_str!("../README.md")]
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

#[cfg(feature = "alloc")]
mod chain;
mod channel;
mod counts;
mod forward;
mod handle;
mod ledger;
mod listening;
pub mod mpsc;
#[cfg(feature = "std")]
mod park;
mod patience;
mod pool;
mod position;
pub mod queue;
mod receiver_waker;
mod receiving;
pub mod recycling;
mod ring;
mod slots;
mod sync;
mod tail;
mod waiters;
mod wheel;
