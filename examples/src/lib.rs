//! Programs that use sakia. Each is run by a test.
//!
//! `pipeline` counts the words of real files: reader tasks send lines through one channel to a consumer, on a runtime
//! of your choice; with `--in-place` also by recycled slots that the lines are read straight into, and it tells how both went.
//! `cargo run --release -p sakia-examples --bin pipeline -- --help` tells more.
//!
//! The others show one idea each; `cargo run -p sakia-examples --bin NAME` runs them.
//!
//! | name | idea |
//! |---|---|
//! | `async_tasks` | tasks send, a task receives |
//! | `blocking_threads` | threads send, a thread receives |
//! | `capacity_from_args` | the capacity comes from the command line |
//! | `static_driver` | a channel in a `static`, split between a driver and an executor, without an allocator |
//! | `mixed_ends` | tasks send, a thread receives |
//! | `deadline` | a send that gives up when a runtime's timer fires |
//! | `poll_sender` | a hand-written future that sends |
//! | `stream_chain` | a chain of combinators from a reader to a writer |
//! | `sink_fanout` | one stream into two channels |
//! | `in_place` | a socket is read straight into a slot, across awaits |
//! | `encoder_sink` | a sink that encodes items into slots that are recycled |
//! | `static_stream` | a channel in a `static` as a stream and a sink, without an allocator |
//! | `foreign_channel` | another channel behind sakia's traits, with sakia's adapters |
//!
//! What they share is here: a way to see [what a channel allocates](allocations).

pub mod allocations;

/// The front page's examples are tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct FrontPage;
