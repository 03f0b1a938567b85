//! What one thread does in a model, by name: each takes its end of the channel and tells what was sent or received.

pub(crate) mod adapters;
pub(crate) mod receivers;
pub(crate) mod senders;
pub(crate) mod unbounded;
