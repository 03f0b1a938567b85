//! The models by theme, and what they are made of.

// The parts.
mod actions;
mod alive;
mod check;
mod model;
mod task;

// The models.
mod adapters;
mod batch;
mod cancel;
mod chain;
mod close;
mod counts;
mod ends;
mod pairs;
mod permits;
mod poll_sender;
mod recycled;
mod static_channel;
mod triples;
mod unbounded;
mod waiting;
