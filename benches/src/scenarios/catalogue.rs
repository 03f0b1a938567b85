//! The cells: every scenario with its parameters.

use super::Group::{self, Capacity, Disturbed, Free, InPlace, Waiting, WaitingInPlace};
use super::{Cell, batches, blocking, capacity, funnel, pinball, pingpong, senders, single, threads};
use crate::flavours::{Blocking, Bytes, Flavour, Page, Written};
use crate::runtimes::{AsyncStd, Crowd, CurrentThread, Hogged, MultiThread, OneCore, Runtime, Smol};

/// Every cell of an async channel with a bound.
#[must_use]
pub fn cells<F: Flavour>() -> Vec<Cell> {
    let mut cells = one_thread::<F>();
    cells.extend([1, 128].map(spsc_threads::<F>));
    for senders in [1, 2, 10, 100] {
        cells.extend([1, 10, 100, 1000].map(|cap| mpsc::<F, MultiThread>("mt", senders, cap)));
    }
    cells.push(mpsc::<F, MultiThread>("mt", 1000, 100));
    for senders in [1, 10] {
        cells.extend([1, 100].map(|cap| mpsc::<F, CurrentThread>("ct", senders, cap)));
    }
    cells.push(mpsc::<F, Smol>("smol", 10, 100));
    cells.push(mpsc::<F, AsyncStd>("async_std", 10, 100));
    cells.push(Cell::new("pingpong_mt", Free, pingpong::round_trips::<F, MultiThread>));
    cells.push(Cell::new("pingpong_ct", Free, pingpong::round_trips::<F, CurrentThread>));
    cells.extend([1, 10, 100].map(funnel::<F>));
    cells.extend([1, 20].map(pinball::<F>));
    cells.extend(messages::<F>());
    cells.extend(batches::<F>());
    cells.extend(disturbed::<F, Hogged>("hog"));
    cells.extend(disturbed::<F, OneCore>("one_core"));
    cells.extend(disturbed::<F, Crowd>("crowd"));
    cells.extend([16, 256, 4096, 65_536].map(walk_through::<F>));
    cells
}

/// The few cells that say what an adapter adds.
#[must_use]
pub fn adapter_cells<F: Flavour>() -> Vec<Cell> {
    vec![
        Cell::new("async_ready", Free, single::ready::<F>),
        mpsc::<F, MultiThread>("mt", 1, 100),
        mpsc::<F, MultiThread>("mt", 10, 100),
        mpsc::<F, CurrentThread>("ct", 10, 100),
    ]
}

/// The cells of a channel without a bound.
#[must_use]
pub fn unbounded_cells<F: Flavour>() -> Vec<Cell> {
    [1, 10]
        .into_iter()
        .flat_map(|n| [unbounded::<F, MultiThread>("mt", n), unbounded::<F, CurrentThread>("ct", n)])
        .collect()
}

/// The cells of a channel's blocking calls.
#[must_use]
pub fn thread_cells<B: Blocking>() -> Vec<Cell> {
    let threads = |name: &str, senders, cap, group| {
        Cell::new(name, group, move |n| blocking::fan_in::<B>(senders, cap, n)).at(cap)
    };
    vec![
        threads(&spsc_name(1), 1, 1, Waiting),
        threads(&spsc_name(128), 1, 128, Waiting),
        threads("blocking_1x_cap100", 1, 100, Waiting),
        threads("blocking_4x_cap100", 4, 100, Waiting),
        threads("crowd_blocking", 8 * cores() - 1, 100, Disturbed),
    ]
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn one_thread<F: Flavour>() -> Vec<Cell> {
    vec![
        Cell::new("uncontended", Free, |n| single::bursts::<F, u64>(1, n)),
        Cell::new("burst100", Free, |n| single::bursts::<F, u64>(100, n)),
        Cell::new("async_ready", Free, single::ready::<F>),
        Cell::new("creation", Free, single::creation::<F>),
    ]
}

fn spsc_name(capacity: usize) -> String {
    format!("spsc_threads_cap{capacity}")
}

fn spsc_threads<F: Flavour>(capacity: usize) -> Cell {
    Cell::new(spsc_name(capacity), Waiting, move |n| threads::spsc::<F>(capacity, n)).at(capacity)
}

fn mpsc<F: Flavour, R: Runtime>(runtime: &str, senders: usize, capacity: usize) -> Cell {
    let group = if senders <= 2 && capacity >= 1000 { Free } else { Waiting };
    fan_in::<F, R>(format!("mpsc_{runtime}_{senders}x_cap{capacity}"), group, senders, capacity)
}

fn fan_in<F: Flavour, R: Runtime>(name: String, group: super::Group, senders: usize, capacity: usize) -> Cell {
    Cell::new(name, group, move |n| senders::fan_in::<F, R, u64>(senders, capacity, n)).at(capacity)
}

fn unbounded<F: Flavour, R: Runtime>(runtime: &str, senders: usize) -> Cell {
    let name = format!("unbounded_{runtime}_{senders}x");
    Cell::new(name, Free, move |n| senders::fan_in::<F, R, u64>(senders, usize::MAX, n))
}

/// Messages of several sizes, and those that can be written in place.
fn messages<F: Flavour>() -> Vec<Cell> {
    let strings = Cell::new("strings", WaitingInPlace, |n| senders::fan_in::<F, MultiThread, String>(4, 100, n));
    let mut cells = vec![strings.at(100)];
    cells.extend(sized::<F, Bytes<64>>("bytes64", [Free, Waiting]));
    cells.extend(sized::<F, Bytes<1024>>("bytes1024", [Free, Waiting]));
    cells.extend(sized::<F, Vec<u8>>("buffers", [InPlace, WaitingInPlace]));
    cells.extend(sized::<F, Page>("pages", [InPlace, WaitingInPlace]));
    cells
}

fn sized<F: Flavour, T: Written>(name: &str, [alone, two]: [Group; 2]) -> [Cell; 2] {
    let two_tasks = |n| senders::fan_in::<F, MultiThread, T>(1, 100, n);
    [
        Cell::new(format!("{name}_uncontended"), alone, |n| single::bursts::<F, T>(1, n)),
        Cell::new(format!("{name}_mt_1x_cap100"), two, two_tasks).at(100),
    ]
}

fn batches<F: Flavour>() -> [Cell; 3] {
    let fan_in = |senders, capacity| move |n| batches::fan_in::<F, MultiThread>(senders, capacity, n);
    [
        Cell::new("batch32_uncontended", Free, batches::ready::<F>),
        Cell::new("batch32_mt_1x_cap1000", Free, fan_in(1, 1000)).at(1000),
        Cell::new("batch32_mt_10x_cap100", Waiting, fan_in(10, 100)).at(100),
    ]
}

/// A few cells on a runtime on which something else wants the processor.
fn disturbed<F: Flavour, R: Runtime>(name: &str) -> [Cell; 4] {
    let mpsc = |senders, cap| fan_in::<F, R>(format!("{name}_{senders}x_cap{cap}"), Disturbed, senders, cap);
    let pingpong = Cell::new(format!("{name}_pingpong"), Disturbed, pingpong::round_trips::<F, R>);
    [mpsc(1, 100), mpsc(10, 10), mpsc(100, 100), pingpong]
}

fn walk_through<F: Flavour>(capacity: usize) -> Cell {
    Cell::new(format!("walk_cap{capacity}"), Capacity, move |n| capacity::walk_through::<F>(capacity, n))
}

fn funnel<F: Flavour>(capacity: usize) -> Cell {
    let run = move |n| funnel::funnel::<F, MultiThread>(capacity, n);
    Cell::new(format!("funnel_cap{capacity}"), Waiting, run).at(capacity)
}

fn pinball<F: Flavour>(balls: usize) -> Cell {
    Cell::new(format!("pinball_{balls}"), Free, move |n| pinball::pinball::<F, MultiThread>(balls, n))
}
