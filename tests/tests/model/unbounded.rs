//! A channel without a bound and its model: a queue, a count of senders, and whether the receiver waits.

use core::{pin::pin, task::Poll};
use std::{collections::VecDeque, rc::Rc, sync::Arc};

use sakia::mpsc::{Receiver, UnboundedSender, WeakUnboundedSender, errors::TryRecvError, unbounded};
use sakia_tests::{FlagWaker, poll_once};

/// A message, of which exist as many as the `Rc` counts.
struct Message {
    number: usize,
    _alive: Rc<()>,
}

struct World {
    senders: Vec<UnboundedSender<Message>>,
    weaks: Vec<WeakUnboundedSender<Message>>,
    receiver: Option<Receiver<Message>>,
    alive: Rc<()>,
    flag: Arc<FlagWaker>,
    /// The model: what is queued, whether it is closed, whether the receiver waits for a wake.
    queued: VecDeque<usize>,
    closed: bool,
    parked: bool,
    next: usize,
}

/// Runs the program that the bytes stand for, two to a step, and holds it against the model.
pub(crate) fn run(bytes: &[u8]) {
    let (sender, receiver) = unbounded();
    let mut world = World {
        senders: vec![sender],
        weaks: vec![],
        receiver: Some(receiver),
        alive: Rc::new(()),
        flag: FlagWaker::new(),
        queued: VecDeque::new(),
        closed: false,
        parked: false,
        next: 0,
    };
    for &[kind, much] in bytes.as_chunks().0 {
        world.step(kind, usize::from(much));
        world.check();
    }
    world.end(bytes.len());
}

impl World {
    fn step(&mut self, kind: u8, much: usize) {
        match kind % 16 {
            0..=3 => (0..=much % 4).for_each(|_| self.send(much)),
            // Over the end of a block, of several.
            4 => (0..much).for_each(|_| self.send(much)),
            5 | 6 => self.try_recv(),
            7 | 8 => self.recv(),
            9 | 10 => self.recv_many(much),
            11 if self.senders.len() < 4 => self.senders.extend(self.senders.first().cloned()),
            12 if much.is_multiple_of(4) => self.drop_sender(),
            13 if much.is_multiple_of(2) => self.weaks.extend(self.senders.first().map(UnboundedSender::downgrade)),
            13 => {
                let upgraded = self.weaks.pop().and_then(|weak| weak.upgrade());
                assert!(upgraded.is_none() || !self.senders.is_empty());
                self.senders.extend(upgraded);
            }
            14 if much < 16 => self.close(),
            15 if much < 16 => self.drop_receiver(),
            _ => {}
        }
    }

    fn send(&mut self, which: usize) {
        if self.senders.is_empty() {
            return;
        }
        let number = self.next;
        self.next += 1;
        let message = Message { number, _alive: self.alive.clone() };
        let sender = &self.senders[which % self.senders.len()];
        match sender.send(message) {
            Ok(()) => {
                assert!(!self.closed);
                self.queued.push_back(number);
                self.expect_wake();
            }
            Err(error) => assert_eq!((error.0.number, self.closed), (number, true)),
        }
    }

    /// A receiver that waits is woken once; one that does not is left alone.
    fn expect_wake(&mut self) {
        assert_eq!(self.flag.take(), usize::from(core::mem::take(&mut self.parked)));
    }

    /// What the receiver gets at most `limit` of.
    fn take(&mut self, limit: usize) -> Vec<usize> {
        self.queued.drain(..limit.min(self.queued.len())).collect()
    }

    fn is_over(&self) -> bool {
        self.closed || self.senders.is_empty()
    }

    fn try_recv(&mut self) {
        let (expected, over) = (self.queued.pop_front(), self.is_over());
        let Some(receiver) = &mut self.receiver else { return };
        match receiver.try_recv() {
            Ok(message) => assert_eq!(Some(message.number), expected),
            Err(error) => {
                assert_eq!(expected, None);
                assert_eq!(error, if over { TryRecvError::Closed } else { TryRecvError::Empty });
            }
        }
    }

    fn recv(&mut self) {
        let (expected, over) = (self.queued.pop_front(), self.is_over());
        let Some(receiver) = &mut self.receiver else { return };
        match poll_once(pin!(receiver.recv()), &self.flag.waker()) {
            Poll::Ready(message) => {
                assert_eq!(message.map(|message| message.number), expected);
                assert!(expected.is_some() || over);
            }
            Poll::Pending => {
                assert!(expected.is_none() && !over);
                self.parked = true;
            }
        }
        assert_eq!(self.flag.take(), 0, "nobody wakes itself");
    }

    fn recv_many(&mut self, limit: usize) {
        let over = self.is_over();
        let expected = if self.receiver.is_some() { self.take(limit) } else { return };
        let Some(receiver) = &mut self.receiver else { return };
        let mut messages = vec![];
        match poll_once(pin!(receiver.recv_many(&mut messages, limit)), &self.flag.waker()) {
            Poll::Ready(n) => {
                assert_eq!(n, expected.len());
                assert!(n > 0 || limit == 0 || over);
            }
            Poll::Pending => {
                assert!(expected.is_empty() && limit > 0 && !over);
                self.parked = true;
            }
        }
        assert_eq!(messages.iter().map(|message| message.number).collect::<Vec<_>>(), expected);
        assert_eq!(self.flag.take(), 0, "nobody wakes itself");
    }

    fn drop_sender(&mut self) {
        let was_last = self.senders.len() == 1;
        drop(self.senders.pop());
        match (was_last, self.closed) {
            (true, false) => self.expect_wake(),
            // Who waited before it closed the channel may be woken, which is for nothing.
            (true, true) => _ = self.flag.take(),
            (false, _) => {}
        }
    }

    fn close(&mut self) {
        if let Some(receiver) = &mut self.receiver {
            receiver.close();
            self.closed = true;
            // It may wake itself, which is for nothing.
            self.flag.take();
            self.parked = false;
        }
    }

    fn drop_receiver(&mut self) {
        if self.receiver.take().is_some() {
            (self.closed, self.parked) = (true, false);
            self.queued.clear();
            self.flag.take();
        }
    }

    fn check(&self) {
        assert_eq!(Rc::strong_count(&self.alive) - 1, self.queued.len(), "messages that exist");
        for sender in &self.senders {
            assert_eq!((sender.len(), sender.is_closed()), (self.queued.len(), self.closed));
            assert_eq!((sender.strong_count(), sender.weak_count()), (self.senders.len(), self.weaks.len()));
        }
        if let Some(receiver) = &self.receiver {
            assert_eq!((receiver.len(), receiver.is_closed()), (self.queued.len(), self.is_over()));
        }
    }

    /// Drops everything, in an order that `order` decides.
    fn end(self, order: usize) {
        let Self { senders, weaks, receiver, alive, flag, .. } = self;
        if order.is_multiple_of(2) {
            drop(receiver);
            drop((weaks, senders));
        } else {
            drop((senders, weaks));
            drop(receiver);
        }
        assert_eq!((Rc::strong_count(&alive), flag.wakers()), (1, 0), "messages or wakers that nobody dropped");
    }
}
