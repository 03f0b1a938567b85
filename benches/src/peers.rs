//! The table of everything that is measured.

use crate::flavours::{
    Adapted, AsyncChannel, Blocking, Class, Crossbeam, Crossfire, Flavour, Flume, Futures, Kanal, Sakia, SakiaRef,
    SakiaTokio, Std, Streamed, Sunk, Tachyonix, Thingbuf, ThingbufRef, Tokio, Unbounded,
};
use crate::scenarios::{Cell, adapter_cells, cells, thread_cells, unbounded_cells};

/// A channel with its cells.
#[derive(Debug)]
pub struct Peer {
    /// The channel's name.
    pub name: &'static str,
    /// What it promises.
    pub class: Class,
    /// How many messages may overtake a waiting sender at a capacity, where that is known.
    pub overtaking: fn(usize) -> Option<u32>,
    /// Its cells.
    pub cells: Vec<Cell>,
}

impl Peer {
    fn of<F: Flavour>() -> Self {
        Self { name: F::NAME, class: F::CLASS, overtaking: F::overtaking, cells: cells::<F>() }
    }

    fn adapter<F: Flavour>() -> Self {
        Self { name: F::NAME, class: F::CLASS, overtaking: F::overtaking, cells: adapter_cells::<F>() }
    }

    /// A channel that only blocks.
    fn thread<B: Blocking>() -> Self {
        Self { name: B::NAME, class: B::CLASS, overtaking: |_| None, cells: thread_cells::<B>() }
    }

    /// With a variant without a bound.
    fn unbounded<F: Flavour>(mut self) -> Self {
        self.cells.extend(unbounded_cells::<F>());
        self
    }

    /// With blocking calls, which two threads use too.
    fn blocking<B: Blocking>(mut self) -> Self {
        for cell in thread_cells::<B>() {
            match self.cells.iter_mut().find(|other| other.name == cell.name) {
                Some(polled) => *polled = cell,
                None => self.cells.push(cell),
            }
        }
        self
    }
}

/// All peers.
#[must_use]
pub fn all() -> Vec<Peer> {
    let mut peers = vec![
        Peer::of::<Sakia<false>>().unbounded::<Unbounded<Sakia<false>>>().blocking::<Sakia<false>>(),
        Peer::of::<Sakia<true>>().blocking::<Sakia<true>>(),
        Peer::of::<SakiaTokio>().unbounded::<Unbounded<SakiaTokio>>().blocking::<SakiaTokio>(),
        Peer::of::<SakiaRef<false>>(),
        Peer::of::<SakiaRef<true>>(),
        Peer::of::<Tokio>().unbounded::<Unbounded<Tokio>>().blocking::<Tokio>(),
        Peer::of::<Thingbuf>().blocking::<Thingbuf>(),
        Peer::of::<ThingbufRef>(),
        Peer::of::<Futures>().unbounded::<Unbounded<Futures>>(),
        Peer::of::<Flume>().unbounded::<Unbounded<Flume>>().blocking::<Flume>(),
        Peer::of::<AsyncChannel>().unbounded::<Unbounded<AsyncChannel>>().blocking::<AsyncChannel>(),
        Peer::of::<Kanal>().unbounded::<Unbounded<Kanal>>().blocking::<Kanal>(),
        Peer::of::<Crossfire>().unbounded::<Unbounded<Crossfire>>().blocking::<Crossfire>(),
        Peer::of::<Tachyonix>(),
        Peer::thread::<Std>(),
        Peer::thread::<Crossbeam>(),
    ];
    peers.extend(adapters::<Sakia<false>>());
    peers.extend(adapters::<Tokio>());
    peers.extend(adapters::<Futures>());
    peers.extend(adapters::<Flume>());
    peers
}

/// A channel that has a `Stream` and a `Sink`, with one of them in place of its own call.
fn adapters<F: Adapted>() -> [Peer; 2] {
    [Peer::adapter::<Streamed<F>>(), Peer::adapter::<Sunk<F>>()]
}
