//! The table of everything that is measured.

use crate::flavours::{
    AsyncChannel, Class, Crossfire, Flavour, Flume, Futures, Kanal, Sakia, Tachyonix, Thingbuf, Tokio,
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

/// All peers.
#[must_use]
pub fn all() -> Vec<Peer> {
    vec![
        Peer::of::<Sakia<false>>(),
        Peer::of::<Sakia<true>>(),
        Peer::of::<Tokio>(),
        Peer::of::<Thingbuf>(),
        Peer::of::<Futures>(),
        Peer::of::<Flume>(),
        Peer::of::<AsyncChannel>(),
        Peer::of::<Kanal>(),
        Peer::of::<Crossfire>(),
        Peer::of::<Tachyonix>(),
    ]
}
