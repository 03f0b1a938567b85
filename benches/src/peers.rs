//! The table of everything that is measured.

use crate::flavours::{
    AsyncChannel, Class, Crossfire, Flavour, Flume, Futures, Kanal, Sakia, SakiaRef, Streamed, Sunk, Tachyonix,
    Thingbuf, ThingbufRef, Tokio,
};
use crate::scenarios::{Cell, cells};

/// A channel with its cells. All peers have the same cells in the same order.
#[derive(Debug)]
pub struct Peer {
    /// The channel's name.
    pub name: &'static str,
    /// What it promises.
    pub class: Class,
    /// Its cells.
    pub cells: Vec<Cell>,
}

impl Peer {
    fn of<F: Flavour>() -> Self {
        Self { name: F::NAME, class: F::CLASS, cells: cells::<F>() }
    }
}

/// All peers but the adapters.
#[must_use]
pub fn all() -> Vec<Peer> {
    vec![
        Peer::of::<Sakia<false>>(),
        Peer::of::<Sakia<true>>(),
        Peer::of::<SakiaRef<false>>(),
        Peer::of::<SakiaRef<true>>(),
        Peer::of::<Tokio>(),
        Peer::of::<Thingbuf>(),
        Peer::of::<ThingbufRef>(),
        Peer::of::<Futures>(),
        Peer::of::<Flume>(),
        Peer::of::<AsyncChannel>(),
        Peer::of::<Kanal>(),
        Peer::of::<Crossfire>(),
        Peer::of::<Tachyonix>(),
    ]
}

/// The channels that have a `Stream` and a `Sink`, with one of them in place of their own call.
#[must_use]
pub fn adapters() -> Vec<Peer> {
    vec![
        Peer::of::<Streamed<Sakia<false>>>(),
        Peer::of::<Streamed<Tokio>>(),
        Peer::of::<Streamed<Futures>>(),
        Peer::of::<Streamed<Flume>>(),
        Peer::of::<Sunk<Sakia<false>>>(),
        Peer::of::<Sunk<Tokio>>(),
        Peer::of::<Sunk<Futures>>(),
        Peer::of::<Sunk<Flume>>(),
    ]
}
