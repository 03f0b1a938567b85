//! The model of a strict channel: a queue of messages, a number of credits, a queue of those who wait.

use std::collections::VecDeque;

use super::{
    program::{Op, Outcome, Sight, Start},
    world::Waiting,
};

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Idle,
    Queued,
    /// Has all its credits, and was woken.
    Granted,
    /// The channel was closed while it waited.
    Closed,
}

struct Waiter {
    state: State,
    missing: usize,
    held: usize,
    /// Whom to wake: the last that it was polled with.
    waker: usize,
}

struct Future {
    start: Start,
    waiter: usize,
    flags: usize,
    /// Messages of an iterator.
    left: usize,
    sent: usize,
    message: Option<u64>,
}

#[derive(Clone, Copy, PartialEq)]
enum Permit {
    One,
    Many(usize),
    Owned,
}

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Idle,
    Waiting,
    Reserved,
    Closed,
}

struct Poller {
    stage: Stage,
    waiter: usize,
    flags: usize,
}

enum Refused {
    Full,
    Closed,
}

pub(crate) struct Exact {
    capacity: usize,
    buffer: VecDeque<u64>,
    /// Credits of permits, and of those who wait.
    reserved: usize,
    waiters: Vec<Waiter>,
    /// Those who wait for credits, oldest first.
    queue: VecDeque<usize>,
    /// Those who wait for the closing.
    listeners: Vec<usize>,
    closed: bool,
    receiver: bool,
    /// The waker that the receiver left.
    parked: Option<usize>,
    strong: usize,
    next: u64,
    /// Messages in futures that were leaked.
    leaked: usize,
    senders: usize,
    weaks: usize,
    futures: Vec<Future>,
    permits: Vec<Permit>,
    pollers: Vec<Poller>,
    wakes: Vec<usize>,
    /// A wake that may come or not: of a receiver that has closed the channel and has nothing to wait for.
    doubtful: Option<usize>,
    last: Sight,
}

mod channel;
mod steps;

impl Exact {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            buffer: VecDeque::new(),
            reserved: 0,
            waiters: vec![],
            queue: VecDeque::new(),
            listeners: vec![],
            closed: false,
            receiver: true,
            parked: None,
            strong: 1,
            next: 0,
            leaked: 0,
            senders: 1,
            weaks: 0,
            futures: vec![],
            permits: vec![],
            pollers: vec![],
            wakes: vec![0; 2],
            doubtful: None,
            last: Sight::default(),
        }
    }

    /// What should be seen now, where `real` is.
    pub(crate) fn sight(&mut self, real: &Sight) -> Sight {
        if let Some(waker) = self.doubtful.take() {
            self.wakes[waker] = real.wakes[waker].clamp(self.wakes[waker], self.wakes[waker] + 1);
        }
        let mut sight = self.last.clone();
        sight.closed = (self.senders > 0).then_some(self.closed);
        sight.ended = self.receiver.then_some(self.closed || self.strong == 0);
        if self.senders > 0 || self.receiver {
            (sight.len, sight.capacity) = (self.buffer.len(), self.free());
        }
        if self.senders > 0 || self.receiver || self.weaks > 0 {
            (sight.strong, sight.weak) = (self.strong, self.weaks);
        }
        let waiting = self.futures.iter().filter(|future| future.message.is_some()).count();
        sight.alive = self.buffer.len() + waiting + self.leaked;
        (sight.futures, sight.permits) = (self.futures.len(), self.permits.len());
        sight.wakes.clone_from(&self.wakes);
        self.last = sight.clone();
        sight
    }

    /// Settled: who waits is queued here too, in a channel without room.
    pub(crate) fn waits_for_room(&self, waiting: &[Waiting]) -> bool {
        let queued = self.waiters.iter().filter(|waiter| waiter.state == State::Queued).count() - self.listeners.len();
        queued == self.queue.len()
            && waiting.iter().all(|waiting| !waiting.woken)
            && (waiting.is_empty() || self.free() == 0 && queued >= waiting.len())
    }

    /// Messages that nobody will ever drop.
    pub(crate) fn leaked(&self) -> usize {
        self.leaked
    }
}
