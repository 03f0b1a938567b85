//! The table of everything that is measured.

use crate::flavours::{
    AsyncChannel, Class, Crossfire, Flavour, Flume, Futures, Kanal, Sakia, SakiaRef, SakiaTokio, Streamed, Sunk,
    Tachyonix, Thingbuf, ThingbufRef, Tokio, Unbounded,
};
use crate::scenarios::{Cell, cells, no_unbounded_cells, unbounded_cells};

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
        Self {
            name: F::NAME,
            class: F::CLASS,
            cells: [cells::<F>(), no_unbounded_cells()].into_iter().flatten().collect(),
        }
    }

    /// With a variant without a bound.
    fn with_unbounded<F: Flavour>() -> Self
    where
        Unbounded<F>: Flavour,
    {
        let cells = [cells::<F>(), unbounded_cells::<Unbounded<F>>()].into_iter().flatten().collect();
        Self { name: F::NAME, class: F::CLASS, cells }
    }
}

/// All peers but the adapters.
#[must_use]
pub fn all() -> Vec<Peer> {
    vec![
        Peer::with_unbounded::<Sakia<false>>(),
        Peer::of::<Sakia<true>>(),
        Peer::with_unbounded::<SakiaTokio>(),
        Peer::of::<SakiaRef<false>>(),
        Peer::of::<SakiaRef<true>>(),
        Peer::with_unbounded::<Tokio>(),
        Peer::of::<Thingbuf>(),
        Peer::of::<ThingbufRef>(),
        Peer::with_unbounded::<Futures>(),
        Peer::with_unbounded::<Flume>(),
        Peer::with_unbounded::<AsyncChannel>(),
        Peer::with_unbounded::<Kanal>(),
        Peer::with_unbounded::<Crossfire>(),
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
