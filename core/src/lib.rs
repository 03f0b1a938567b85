#![doc = include_str!("../README.md")]
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod channel;
mod handle;
mod ledger;
pub mod mpsc;
#[cfg(feature = "std")]
mod park;
mod position;
mod receiver_waker;
mod ring;
mod sync;
mod waiters;
