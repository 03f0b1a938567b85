//! The real side of a program: a channel and all that was made of it.

use core::{
    cell::{Cell, Ref, RefCell},
    pin::{Pin, pin},
    task::Poll,
};
use std::{collections::HashSet, rc::Rc, sync::Arc};

use sakia::mpsc::{
    OwnedPermit, Permit, PermitIterator, PollSender, Receiver, Sender, WeakSender,
    errors::{TryRecvError, TrySendError},
};
use sakia_tests::{FlagWaker, poll_once};

use super::{
    place::{Home, Place},
    program::{Op, Outcome, Sight, Start},
};

/// Messages that exist. Each is made once and dropped once.
#[derive(Clone, Default)]
pub(crate) struct Alive(Rc<RefCell<HashSet<u64>>>);

/// One packing has the small ones.
const LARGE: usize = if cfg!(sakia_marked) { 0 } else { 4 };

pub(crate) struct Message {
    id: u64,
    alive: Alive,
    /// Large messages are not moved as small ones are.
    _large: [u64; LARGE],
}

impl Drop for Message {
    fn drop(&mut self) {
        assert!(self.alive.0.borrow_mut().remove(&self.id), "message {} is dropped twice", self.id);
    }
}

/// Makes messages with increasing numbers.
#[derive(Clone, Default)]
struct Source {
    next: Rc<Cell<u64>>,
    alive: Alive,
    /// What was sent, in order.
    sent: Rc<RefCell<Vec<u64>>>,
}

impl Source {
    fn message(&self) -> Message {
        let id = self.next.replace(self.next.get() + 1);
        assert!(self.alive.0.borrow_mut().insert(id));
        Message { id, alive: self.alive.clone(), _large: [id; LARGE] }
    }

    fn is_sent(&self, id: u64) {
        self.sent.borrow_mut().push(id);
    }
}

/// A permit, with the sender that it borrows if it does. Fields are dropped in this order.
struct Held {
    kind: Kind,
    sender: Option<Box<Sender<Message>>>,
}

enum Kind {
    One(Permit<'static, Message>),
    Many(PermitIterator<'static, Message>),
    Owned(OwnedPermit<Message>),
}

/// The sender as if it lived for ever.
///
/// # Safety
/// What borrows it is dropped before the box is, which is not opened before that.
unsafe fn unbound(sender: &Sender<Message>) -> &'static Sender<Message> {
    // SAFETY: the caller's promise; what is in a box stays where it is.
    unsafe { &*core::ptr::from_ref(sender) }
}

enum Output {
    Sent(Result<(), ()>),
    Permits(Option<Held>, usize),
    Iterated(Result<usize, usize>),
    Closed,
}

struct Future {
    future: Pin<Box<dyn core::future::Future<Output = Output>>>,
    start: Start,
    flags: usize,
    /// Wakes before its last poll, and after it.
    seen: [usize; 2],
}

struct Poller {
    sender: Pin<Box<PollSender<Message>>>,
    flags: usize,
    seen: [usize; 2],
    waiting: bool,
    ready: bool,
}

/// A future or polled sender that waits for room.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Waiting {
    /// The first of its wakers, by which it is told apart.
    pub(crate) name: usize,
    /// How many credits it waits for.
    pub(crate) wants: usize,
    /// It was woken and not polled since.
    pub(crate) woken: bool,
    /// But only while it was polled.
    pub(crate) by_itself: bool,
    /// The step that polls it.
    pub(crate) poll: Op,
}

pub(crate) struct World {
    source: Source,
    flags: Vec<Arc<FlagWaker>>,
    futures: Vec<Future>,
    permits: Vec<Held>,
    pollers: Vec<Poller>,
    senders: Vec<Sender<Message>>,
    weaks: Vec<WeakSender<Message>>,
    receiver: Option<Receiver<Message>>,
    /// Credits of permits that were leaked.
    forgotten: usize,
    /// What is seen when no handle is left to look through.
    last: Sight,
    /// Dropped after all handles.
    home: Home,
}

impl World {
    pub(crate) fn new(place: Place, capacity: usize, overtaking: u32) -> Self {
        let (sender, receiver, home) = place.channel(capacity, overtaking);
        let mut world = Self {
            source: Source::default(),
            flags: vec![],
            futures: vec![],
            permits: vec![],
            pollers: vec![],
            senders: vec![sender],
            weaks: vec![],
            receiver: Some(receiver),
            forgotten: 0,
            last: Sight::default(),
            home,
        };
        world.new_flags();
        world
    }

    pub(crate) fn overtaking(&self) -> u32 {
        self.receiver.as_ref().map_or(0, Receiver::overtaking)
    }

    /// Two wakers for what is about to be polled.
    fn new_flags(&mut self) -> usize {
        self.flags.extend([FlagWaker::new(), FlagWaker::new()]);
        self.flags.len() - 2
    }

    fn wakes(&self, flags: usize) -> usize {
        self.flags[flags].wakes() + self.flags[flags + 1].wakes()
    }

    /// All that wait for room.
    pub(crate) fn waiting(&self) -> Vec<Waiting> {
        let waiting = |name: usize, seen: [usize; 2], wants, poll| {
            let wakes = self.wakes(name);
            Waiting { name, wants, woken: wakes > seen[0], by_itself: wakes == seen[1], poll }
        };
        let futures = self.futures.iter().enumerate().filter(|(_, future)| future.start != Start::Closed);
        let futures = futures.map(|(at, &Future { flags, seen, start, .. })| {
            let wants = if let Start::ReserveMany(n) = start { n } else { 1 };
            waiting(flags, seen, wants, Op::Poll(at, false))
        });
        let pollers = self.pollers.iter().enumerate().filter(|(_, poller)| poller.waiting);
        let pollers = pollers.map(|(at, poller)| waiting(poller.flags, poller.seen, 1, Op::PollReady(at, false)));
        futures.chain(pollers).collect()
    }

    /// The one that this step polls.
    pub(crate) fn polled(&self, op: Op) -> Option<Waiting> {
        let flags = match op {
            Op::Poll(which, _) => self.futures[choose(&self.futures, which)?].flags,
            Op::PollReady(which, _) => self.pollers[choose(&self.pollers, which)?].flags,
            _ => return None,
        };
        self.waiting().into_iter().find(|waiting| waiting.name == flags)
    }

    /// Credits in permits and polled senders.
    pub(crate) fn credits(&self) -> usize {
        let permits = self.permits.iter().map(|held| match &held.kind {
            Kind::Many(permits) => permits.len(),
            _ => 1,
        });
        permits.sum::<usize>() + self.pollers.iter().filter(|poller| poller.ready).count() + self.forgotten
    }

    /// What was sent so far, in order.
    pub(crate) fn sent(&self) -> Ref<'_, Vec<u64>> {
        self.source.sent.borrow()
    }

    pub(crate) fn pollers(&self) -> usize {
        self.pollers.len()
    }

    /// What was seen at last.
    pub(crate) fn last(&self) -> &Sight {
        &self.last
    }

    pub(crate) fn sight(&mut self) -> Sight {
        let mut sight = Sight { closed: None, ended: None, ..self.last.clone() };
        if let Some(weak) = self.weaks.first() {
            (sight.strong, sight.weak) = (weak.strong_count(), weak.weak_count());
        }
        if let Some(receiver) = &self.receiver {
            (sight.len, sight.capacity, sight.ended) =
                (receiver.len(), receiver.capacity(), Some(receiver.is_closed()));
            (sight.strong, sight.weak) = (receiver.sender_strong_count(), receiver.sender_weak_count());
            assert_eq!(receiver.is_empty(), sight.len == 0);
        }
        for sender in &self.senders {
            let seen = (sender.len(), sender.capacity(), Some(sender.is_closed()));
            if self.receiver.is_some() {
                assert_eq!(seen, (sight.len, sight.capacity, Some(sender.is_closed())));
            }
            (sight.len, sight.capacity, sight.closed) = seen;
            (sight.strong, sight.weak) = (sender.strong_count(), sender.weak_count());
        }
        sight.alive = self.source.alive.0.borrow().len();
        (sight.futures, sight.permits) = (self.futures.len(), self.permits.len());
        sight.wakes = self.flags.iter().map(|flag| flag.wakes()).collect();
        self.last = sight.clone();
        sight
    }

    pub(crate) fn step(&mut self, op: Op) -> Outcome {
        match op {
            Op::TrySend(_) | Op::Fill(..) | Op::TryReserve(_) | Op::TryReserveMany(..) | Op::TryReserveOwned(_) => {
                self.try_sending(op)
            }
            Op::Start(who, start) => self.start(who, start),
            Op::Clone(_) | Op::DropSender(_) | Op::Downgrade(_) | Op::NewPoller(_) => self.manage(op),
            Op::Upgrade(_) | Op::DropWeak(_) => self.weakly(op),
            Op::Poll(which, waker) => self.poll(which, waker),
            Op::Cancel(which) | Op::ForgetFuture(which) => {
                let Some(at) = choose(&self.futures, which) else { return Outcome::Nothing };
                let future = self.futures.remove(at);
                if matches!(op, Op::ForgetFuture(_)) {
                    core::mem::forget(future.future);
                }
                Outcome::Done
            }
            Op::SendPermit(which) | Op::ReleasePermit(which) | Op::DropPermit(which) | Op::ForgetPermit(which) => {
                let Some(at) = choose(&self.permits, which) else { return Outcome::Nothing };
                let held = self.permits.remove(at);
                self.use_permit(op, held)
            }
            Op::PollReady(..) | Op::StartSend(_) | Op::Abort(_) | Op::ClosePoller(_) | Op::DropPoller(_) => {
                self.poller(op)
            }
            Op::DropReceiver => self.receiver.take().map_or(Outcome::Nothing, |_| Outcome::Done),
            _ => self.receive(op),
        }
    }

    fn try_sending(&mut self, op: Op) -> Outcome {
        let (Op::TrySend(who)
        | Op::Fill(who, _)
        | Op::TryReserve(who)
        | Op::TryReserveMany(who, _)
        | Op::TryReserveOwned(who)) = op
        else {
            unreachable!()
        };
        let Some(at) = choose(&self.senders, who) else { return Outcome::Nothing };
        match op {
            Op::Fill(_, n) => {
                let sends = |_: &usize| {
                    let message = self.source.message();
                    let id = message.id;
                    let sent = self.senders[at].try_send(message).is_ok();
                    sent.then(|| self.source.is_sent(id)).is_some()
                };
                return Outcome::Sent((0..n).filter(sends).count());
            }
            Op::TrySend(_) => {
                let message = self.source.message();
                let id = message.id;
                return match self.senders[at].try_send(message) {
                    Ok(()) => {
                        self.source.is_sent(id);
                        Outcome::Sent(1)
                    }
                    Err(error) => {
                        let outcome = if error.is_full() { Outcome::Full } else { Outcome::Closed };
                        assert_eq!(error.into_inner().id, id);
                        outcome
                    }
                };
            }
            _ => {}
        }
        let sender = Box::new(self.senders[at].clone());
        // SAFETY: kept with what borrows it, or dropped after it.
        let unbound = unsafe { unbound(&sender) };
        let got = match op {
            Op::TryReserve(_) => unbound.try_reserve().map(|permit| (Kind::One(permit), Some(sender), 1)),
            Op::TryReserveMany(_, n) => unbound.try_reserve_many(n).map(|permits| {
                assert_eq!(permits.len(), n);
                (Kind::Many(permits), Some(sender), n)
            }),
            _ => (*sender).try_reserve_owned().map(|permit| (Kind::Owned(permit), None, 1)).map_err(|error| {
                assert!(error.is_full() != error.is_closed());
                let outcome = if error.is_full() { TrySendError::Full(()) } else { TrySendError::Closed(()) };
                assert!(error.into_inner().same_channel(&self.senders[at]));
                outcome
            }),
        };
        match got {
            Ok((kind, sender, n)) => {
                self.permits.push(Held { kind, sender });
                Outcome::Got(n)
            }
            Err(TrySendError::Full(())) => Outcome::Full,
            Err(TrySendError::Closed(())) => Outcome::Closed,
        }
    }

    fn manage(&mut self, op: Op) -> Outcome {
        let (Op::Clone(who) | Op::DropSender(who) | Op::Downgrade(who) | Op::NewPoller(who)) = op else {
            unreachable!()
        };
        let Some(at) = choose(&self.senders, who) else { return Outcome::Nothing };
        match op {
            Op::Clone(_) => self.senders.push(self.senders[at].clone()),
            Op::DropSender(_) => drop(self.senders.remove(at)),
            Op::Downgrade(_) => self.weaks.push(self.senders[at].downgrade()),
            _ => {
                let (sender, flags) = (Box::pin(PollSender::new(self.senders[at].clone())), self.new_flags());
                self.pollers.push(Poller { sender, flags, seen: [0; 2], waiting: false, ready: false });
            }
        }
        Outcome::Done
    }

    fn weakly(&mut self, op: Op) -> Outcome {
        let (Op::Upgrade(which) | Op::DropWeak(which)) = op else { unreachable!() };
        let Some(at) = choose(&self.weaks, which) else { return Outcome::Nothing };
        if matches!(op, Op::DropWeak(_)) {
            self.weaks.remove(at);
            return Outcome::Done;
        }
        let sender = self.weaks[at].upgrade();
        let upgraded = sender.is_some();
        self.senders.extend(sender);
        Outcome::Was(upgraded)
    }
}

/// Which of these is meant.
fn choose<T>(among: &[T], which: usize) -> Option<usize> {
    which.checked_rem(among.len())
}

mod polling;
mod receiving;
