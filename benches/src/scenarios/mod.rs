//! What is measured: each scenario is one function over a [`Flavour`](crate::flavours::Flavour), and [`cells`] is the list
//! of them with their parameters.

mod batches;
mod blocking;
mod capacity;
mod catalogue;
mod funnel;
mod pinball;
mod pingpong;
mod senders;
mod single;
mod threads;

use core::fmt;
use core::time::Duration;
use std::time::Instant;

pub use self::catalogue::{adapter_cells, cells, thread_cells, unbounded_cells};

/// One measurement.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    /// Messages that went through; near the number asked for, since it is split among tasks.
    pub messages: u64,
    /// The time that all of them took.
    pub elapsed: Duration,
}

impl Measured {
    /// Nanoseconds per message.
    #[must_use]
    pub fn nanos(&self) -> f64 {
        self.elapsed.as_secs_f64() * 1e9 / self.messages as f64
    }

    /// Times `work`, which moves `messages`.
    fn time(messages: u64, work: impl FnOnce()) -> Self {
        let start = Instant::now();
        work();
        let elapsed = start.elapsed();
        Self { messages, elapsed }
    }
}

/// What a cell asks of a channel, by which it is compared with others at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// No sender waits for room.
    Free,
    /// The same, and messages are written in place where a channel can do that.
    InPlace,
    /// Senders wait for room.
    Waiting,
    /// The same, with messages written in place where a channel can do that.
    WaitingInPlace,
    /// Something else wants the processor.
    Disturbed,
    /// One of a series over capacities, net of a walk over an array.
    Capacity,
}

/// A scenario with its parameters, for one channel.
pub struct Cell {
    /// The scenario and its parameters, joined by underscores.
    pub name: String,
    /// What it asks of a channel.
    pub group: Group,
    /// The capacity at which senders may wait; None where nobody waits for room.
    pub capacity: Option<usize>,
    run: Box<dyn Fn(u64) -> Option<Measured> + Send + Sync>,
}

impl Cell {
    fn new(
        name: impl Into<String>,
        group: Group,
        run: impl Fn(u64) -> Option<Measured> + Send + Sync + 'static,
    ) -> Self {
        Self { name: name.into(), group, capacity: None, run: Box::new(run) }
    }

    /// Says at which capacity senders may wait.
    fn at(self, capacity: usize) -> Self {
        Self { capacity: Some(capacity), ..self }
    }

    /// Sends about `messages` messages; None if the channel cannot do this.
    #[must_use]
    pub fn run(&self, messages: u64) -> Option<Measured> {
        (self.run)(messages)
    }
}

impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cell").field(&self.name).finish()
    }
}
