//! What is measured: each scenario is one function over a [`Flavour`], and [`cells`] is the list
//! of them with their parameters.

mod funnel;
mod pinball;
mod pingpong;
mod senders;
mod single;
mod threads;

use core::fmt;
use core::time::Duration;
use std::time::Instant;

use crate::flavours::{Flavour, Page, Written};
use crate::runtimes::{AsyncStd, CurrentThread, MultiThread, Runtime, Smol};

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

/// A scenario with its parameters, for one channel.
pub struct Cell {
    /// The scenario and its parameters, joined by underscores.
    pub name: String,
    run: Box<dyn Fn(u64) -> Option<Measured>>,
}

impl Cell {
    fn new(name: impl Into<String>, run: impl Fn(u64) -> Option<Measured> + 'static) -> Self {
        Self { name: name.into(), run: Box::new(run) }
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

/// Every cell, for one channel.
#[must_use]
pub fn cells<F: Flavour>() -> Vec<Cell> {
    let mut cells = one_thread::<F>();
    cells.extend([1, 128].map(spsc_threads::<F>));
    for senders in [1, 2, 10, 100] {
        cells.extend([1, 10, 100, 1000].map(|cap| mpsc::<F, MultiThread>("mt", senders, cap)));
    }
    for senders in [1, 10] {
        cells.extend([1, 100].map(|cap| mpsc::<F, CurrentThread>("ct", senders, cap)));
    }
    cells.push(mpsc::<F, Smol>("smol", 10, 100));
    cells.push(mpsc::<F, AsyncStd>("async_std", 10, 100));
    cells.push(Cell::new("pingpong_mt", pingpong::round_trips::<F, MultiThread>));
    cells.push(Cell::new("pingpong_ct", pingpong::round_trips::<F, CurrentThread>));
    cells.extend([1, 10, 100].map(funnel::<F>));
    cells.extend([1, 20].map(pinball::<F>));
    cells.push(Cell::new("strings", |n| senders::fan_in::<F, MultiThread, String>(4, 100, n)));
    cells.extend(buffers::<F, Vec<u8>>("buffers"));
    cells.extend(buffers::<F, Page>("pages"));
    cells
}

/// The cells of a channel without a bound.
#[must_use]
pub fn unbounded_cells<F: Flavour>() -> Vec<Cell> {
    let fan_in = |senders| {
        Cell::new(unbounded_name(senders), move |n| senders::fan_in::<F, MultiThread, u64>(senders, usize::MAX, n))
    };
    UNBOUNDED_SENDERS.map(fan_in).into()
}

/// The same cells, for a channel that always has a bound.
#[must_use]
pub fn no_unbounded_cells() -> Vec<Cell> {
    UNBOUNDED_SENDERS.map(|senders| Cell::new(unbounded_name(senders), |_| None)).into()
}

const UNBOUNDED_SENDERS: [usize; 2] = [1, 10];

fn unbounded_name(senders: usize) -> String {
    format!("unbounded_mt_{senders}x")
}

fn one_thread<F: Flavour>() -> Vec<Cell> {
    vec![
        Cell::new("uncontended", |n| single::bursts::<F, u64>(1, n)),
        Cell::new("burst100", |n| single::bursts::<F, u64>(100, n)),
        Cell::new("async_ready", single::ready::<F>),
        Cell::new("creation", single::creation::<F>),
    ]
}

fn spsc_threads<F: Flavour>(capacity: usize) -> Cell {
    Cell::new(format!("spsc_threads_cap{capacity}"), move |n| threads::spsc::<F>(capacity, n))
}

fn mpsc<F: Flavour, R: Runtime>(runtime: &str, senders: usize, capacity: usize) -> Cell {
    let name = format!("mpsc_{runtime}_{senders}x_cap{capacity}");
    Cell::new(name, move |n| senders::fan_in::<F, R, u64>(senders, capacity, n))
}

/// Buffers of 4 KiB.
fn buffers<F: Flavour, T: Written>(name: &str) -> [Cell; 2] {
    [
        Cell::new(format!("{name}_uncontended"), |n| single::bursts::<F, T>(1, n)),
        Cell::new(format!("{name}_mt_1x_cap100"), |n| senders::fan_in::<F, MultiThread, T>(1, 100, n)),
    ]
}

fn funnel<F: Flavour>(capacity: usize) -> Cell {
    Cell::new(format!("funnel_cap{capacity}"), move |n| funnel::funnel::<F, MultiThread>(capacity, n))
}

fn pinball<F: Flavour>(balls: usize) -> Cell {
    Cell::new(format!("pinball_{balls}"), move |n| pinball::pinball::<F, MultiThread>(balls, n))
}
