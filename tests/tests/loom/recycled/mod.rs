//! Channels whose messages are written in place: every action of a sender against every action of the receiver, with a sender
//! that waits beside them, and the slots that other threads put back.

mod check;
mod pairs;
mod receivers;
mod releases;
mod senders;
mod triples;
