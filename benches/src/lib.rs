//! The parts of the side-by-side benchmarks: one [`Flavour`](flavours::Flavour) per channel, the
//! [scenarios] written once over it, and the [runtimes] they run on.
//!
//! The `versus` binary measures every channel in every scenario; see `benches/README.md`.

pub mod block_on;
pub mod flavours;
pub mod peers;
pub mod runtimes;
pub mod scenarios;
