//! A channel of slots and its model, which is a few queues: every result, who waits, who is woken, and every count.

use std::collections::VecDeque;

use sakia::mpsc::{
    Builder,
    recycled::{OwnedRecvRef, OwnedRefPermit, OwnedSendRef, Receiver, Sender},
};

use crate::behaviour::Polled;

type Permit = Result<OwnedRefPermit<u32>, sakia::mpsc::errors::SendError<()>>;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    TrySend,
    TrySendValue,
    /// Takes a slot and keeps it: one that is published when dropped, or not.
    Hold {
        permit: bool,
    },
    /// Publishes or gives up one that is kept.
    Publish(usize),
    GiveUp(usize),
    /// Begins to wait, goes on, or gives up.
    Wait,
    PollWaiter(usize),
    CancelWaiter(usize),
    Receive,
    ReceiveValue,
    /// Receives and keeps the message.
    Keep,
    Release(usize),
    Batch(usize),
    Close,
    DropReceiver,
}

impl Step {
    /// The step that two bytes stand for.
    #[cfg(fuzzing)]
    pub(crate) fn of([kind, which]: [u8; 2]) -> Self {
        let at = usize::from(which % 8);
        match kind % 16 {
            0 | 1 => Self::TrySend,
            2 => Self::TrySendValue,
            3 => Self::Hold { permit: which % 2 == 0 },
            4 => Self::Publish(at),
            5 => Self::GiveUp(at),
            6 => Self::Wait,
            7 => Self::PollWaiter(at),
            8 => Self::CancelWaiter(at),
            9 | 10 => Self::Receive,
            11 => Self::ReceiveValue,
            12 => Self::Keep,
            13 => Self::Release(at),
            14 => Self::Batch(1 + at / 2),
            // Most programs have no such end.
            _ => match which {
                0..8 => Self::Close,
                8..16 => Self::DropReceiver,
                _ => Self::Receive,
            },
        }
    }
}

/// A slot that a sender keeps.
enum Held {
    Ref(OwnedSendRef<u32>),
    Permit(OwnedRefPermit<u32>),
}

/// One who waits, and whether the model has given it a slot.
struct Waiter {
    future: Polled<'static, Permit>,
    granted: bool,
}

/// The channel, and the model: strictly first come, first served.
struct World {
    capacity: usize,
    sender: Sender<u32>,
    receiver: Option<Receiver<u32>>,
    closed: bool,
    next: u32,
    queued: VecDeque<u32>,
    held: Vec<Held>,
    waiters: Vec<Waiter>,
    kept: Vec<(OwnedRecvRef<u32>, u32)>,
}

impl World {
    fn new(capacity: usize) -> Self {
        let (sender, receiver) = Builder::new(capacity).overtaking(0).recycled();
        Self {
            capacity,
            sender,
            receiver: Some(receiver),
            closed: false,
            next: 1,
            queued: VecDeque::new(),
            held: Vec::new(),
            waiters: Vec::new(),
            kept: Vec::new(),
        }
    }

    fn used(&self) -> usize {
        let granted = self.waiters.iter().filter(|waiter| waiter.granted).count();
        self.queued.len() + self.held.len() + self.kept.len() + granted
    }

    /// Slots have come back: the longest waiting get them, and are woken, once.
    fn deal(&mut self) {
        while !self.closed && self.used() < self.capacity {
            let Some(first) = self.waiters.iter_mut().find(|waiter| !waiter.granted) else { return };
            first.granted = true;
            assert_eq!(first.future.wakes(), 1, "woken with its slot");
        }
    }

    fn number(&mut self) -> u32 {
        self.next += 1;
        self.next
    }

    /// A slot is to be had at once.
    fn expect_slot(&self) -> bool {
        !self.closed && self.used() < self.capacity
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::TrySend => {
                let (expected, n) = (self.expect_slot(), self.number());
                match self.sender.try_send_ref() {
                    Ok(mut slot) => *slot = n,
                    Err(error) => assert_eq!((error.is_closed(), expected), (self.closed, false)),
                }
                self.published(expected, n);
            }
            Step::TrySendValue => {
                let (expected, n) = (self.expect_slot(), self.number());
                let outcome = self.sender.try_send(n);
                assert_eq!(outcome.map_err(|error| error.into_inner()), if expected { Ok(()) } else { Err(n) });
                self.published(expected, n);
            }
            Step::Hold { permit } => {
                let expected = self.expect_slot();
                let sender = self.sender.clone();
                let held = if permit {
                    sender.try_reserve_ref_owned().ok().map(Held::Permit)
                } else {
                    sender.try_send_ref_owned().ok().map(Held::Ref)
                };
                assert_eq!(held.is_some(), expected);
                self.held.extend(held);
            }
            Step::Publish(which) if which < self.held.len() => {
                let n = self.number();
                match self.held.swap_remove(which) {
                    Held::Ref(mut slot) => *slot = n,
                    Held::Permit(mut slot) => {
                        *slot = n;
                        drop(slot.send());
                    }
                }
                self.published(true, n);
            }
            Step::GiveUp(which) if which < self.held.len() => match self.held.swap_remove(which) {
                Held::Ref(slot) => drop(slot.abort()),
                Held::Permit(slot) => drop(slot),
            },
            Step::Wait => {
                let expected = self.expect_slot();
                let mut future = Polled::new(self.sender.clone().reserve_ref_owned());
                match future.poll() {
                    core::task::Poll::Pending => {
                        assert!(!expected && !self.closed);
                        self.waiters.push(Waiter { future, granted: false });
                    }
                    core::task::Poll::Ready(permit) => self.got(permit, expected),
                }
            }
            Step::PollWaiter(which) if which < self.waiters.len() => {
                let Waiter { mut future, granted } = self.waiters.remove(which);
                match future.poll() {
                    core::task::Poll::Pending => {
                        assert!(!granted && !self.closed, "it has nothing to wait for");
                        self.waiters.insert(which, Waiter { future, granted });
                    }
                    core::task::Poll::Ready(permit) => self.got(permit, granted && !self.closed),
                }
            }
            Step::CancelWaiter(which) if which < self.waiters.len() => drop(self.waiters.remove(which)),
            Step::Receive => {
                let expected = self.queued.pop_front();
                let Some(receiver) = &mut self.receiver else { return };
                assert_eq!(receiver.try_recv_ref().ok().map(|message| *message), expected);
            }
            Step::ReceiveValue => {
                let expected = self.queued.pop_front();
                let Some(receiver) = &mut self.receiver else { return };
                assert_eq!(receiver.try_recv().ok(), expected);
            }
            Step::Keep => {
                let Some(receiver) = &mut self.receiver else { return };
                let expected = self.queued.pop_front();
                let kept = receiver.try_recv_ref_owned().ok();
                assert_eq!(kept.as_ref().map(|message| **message), expected);
                self.kept.extend(kept.zip(expected));
            }
            Step::Release(which) if which < self.kept.len() => {
                let (message, expected) = self.kept.swap_remove(which);
                assert_eq!(*message, expected);
            }
            Step::Batch(limit) => {
                let Some(receiver) = &mut self.receiver else { return };
                let expected: Vec<u32> = self.queued.drain(..limit.min(self.queued.len())).collect();
                let batch = receiver.try_recv_many_ref(limit);
                assert_eq!(batch.map_or(vec![], |batch| batch.iter().copied().collect()), expected);
            }
            Step::Close | Step::DropReceiver => {
                let was_closed = core::mem::replace(&mut self.closed, true);
                if let (Step::Close, Some(receiver)) = (step, &mut self.receiver) {
                    receiver.close();
                } else if self.receiver.take().is_some() {
                    self.queued.clear();
                }
                for waiter in self.waiters.iter_mut().filter(|waiter| !waiter.granted && !was_closed) {
                    assert_eq!(waiter.future.wakes(), 1, "told of the end");
                }
            }
            _ => {}
        }
        self.deal();
    }

    fn got(&mut self, permit: Permit, expected: bool) {
        assert_eq!(permit.is_ok(), expected);
        self.held.extend(permit.ok().map(Held::Permit));
    }

    fn published(&mut self, sent: bool, n: u32) {
        if sent && self.receiver.is_some() {
            self.queued.push_back(n);
        }
    }

    fn check(&mut self) {
        let granted_but_closed = self.closed;
        let free = self.capacity - self.used();
        assert_eq!((self.sender.capacity(), self.sender.len()), (free, self.queued.len()));
        assert_eq!(self.sender.is_closed(), self.closed);
        for waiter in &self.waiters {
            assert_eq!(waiter.future.wakes(), 0, "nobody is woken for nothing (closed: {granted_but_closed})");
        }
        // The receiver is at its end if nobody can publish any more.
        let writing = self.held.len() + self.waiters.iter().filter(|waiter| waiter.granted).count();
        if let Some(receiver) = &mut self.receiver
            && self.queued.is_empty()
        {
            let error = receiver.try_recv_ref().map(drop).unwrap_err();
            assert_eq!(error.is_closed(), self.closed && writing == 0);
        }
    }
}

/// Runs a program on a channel of that capacity, and holds it against the model.
pub(crate) fn run(capacity: usize, steps: impl IntoIterator<Item = Step>) {
    let mut world = World::new(capacity);
    for step in steps {
        world.take(step);
        world.check();
    }
}
