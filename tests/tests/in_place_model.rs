//! Random programs of calls on a channel of slots against a model that is a few queues: every result, who waits, who is woken,
//! and every count, after each step. A program that fails is shrunk.
#![cfg(not(sakia_loom))]

mod behaviour;

use std::{collections::VecDeque, sync::Arc};

use behaviour::Polled;
use proptest::prelude::*;
use sakia::{
    mpsc::{
        Builder,
        recycled::{OwnedRecvRef, OwnedRefPermit, OwnedSendRef, Receiver, Sender},
    },
    queue::{PopRef, PushRef, Queue},
};

type Permit = Result<OwnedRefPermit<u32>, sakia::mpsc::errors::SendError<()>>;

#[derive(Clone, Copy, Debug)]
enum Step {
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

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => Just(Step::TrySend),
        2 => Just(Step::TrySendValue),
        3 => any::<bool>().prop_map(|permit| Step::Hold { permit }),
        4 => (0..8_usize).prop_map(Step::Publish),
        2 => (0..8_usize).prop_map(Step::GiveUp),
        5 => Just(Step::Wait),
        4 => (0..8_usize).prop_map(Step::PollWaiter),
        2 => (0..8_usize).prop_map(Step::CancelWaiter),
        6 => Just(Step::Receive),
        2 => Just(Step::ReceiveValue),
        3 => Just(Step::Keep),
        4 => (0..8_usize).prop_map(Step::Release),
        2 => (1..5_usize).prop_map(Step::Batch),
        1 => Just(Step::Close),
        1 => Just(Step::DropReceiver),
    ]
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

fn run(capacity: usize, steps: Vec<Step>) {
    let mut world = World::new(capacity);
    for step in steps {
        world.take(step);
        world.check();
    }
}

fn capacity() -> impl Strategy<Value = usize> {
    prop_oneof![Just(1_usize), Just(2), Just(3), Just(4), Just(7), Just(8), Just(9)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: if cfg!(miri) { 5 } else { 2_000 }, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_channel_of_slots_does_as_its_model(capacity in capacity(), steps in prop::collection::vec(step(), 0..80)) {
        run(capacity, steps);
    }

    #[test]
    fn a_queue_does_as_its_model(capacity in capacity(), steps in prop::collection::vec((0..7_u8, 0..4_usize), 0..80)) {
        let queue = Arc::new(Queue::<u32>::new(capacity));
        run_queue(&queue, steps);
    }
}

fn run_queue(queue: &Queue<u32>, steps: Vec<(u8, usize)>) {
    let mut model = VecDeque::new();
    let mut pushing: Vec<PushRef<'_, u32>> = Vec::new();
    let mut popping: Vec<(PopRef<'_, u32>, u32)> = Vec::new();
    for (n, (step, which)) in (0..).zip(steps) {
        let room = model.len() + pushing.len() + popping.len() < queue.capacity();
        match step {
            0 => {
                assert_eq!(queue.push(n).map_err(|full| full.into_inner()), if room { Ok(()) } else { Err(n) });
                model.extend(room.then_some(n));
            }
            1 => {
                let slot = queue.push_ref();
                assert_eq!(slot.is_ok(), room);
                pushing.extend(slot);
            }
            2 if which < pushing.len() => {
                *pushing[which] = n;
                pushing.swap_remove(which).send();
                model.push_back(n);
            }
            3 if which < pushing.len() => pushing.swap_remove(which).abort(),
            4 => assert_eq!(queue.pop(), model.pop_front()),
            5 => {
                let expected = model.pop_front();
                let element = queue.pop_ref();
                assert_eq!(element.as_deref().copied(), expected);
                popping.extend(element.zip(expected));
            }
            6 if which < popping.len() => {
                let (element, expected) = popping.swap_remove(which);
                assert_eq!(*element, expected);
            }
            _ => {}
        }
        let used = model.len() + pushing.len() + popping.len();
        assert_eq!(
            (queue.len(), queue.remaining(), queue.is_empty()),
            (model.len(), queue.capacity() - used, model.is_empty())
        );
    }
    pushing.into_iter().for_each(PushRef::abort);
}
