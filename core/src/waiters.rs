//! The queue of those who wait, as intrusive lists: a node lives in the future (or handle) that waits, so waiting
//! allocates nothing.
//!
//! | state | set by | the node's other fields belong to |
//! |---|---|---|
//! | IDLE | the owner | the owner; before the first [`Waiter::prepare`] there are none |
//! | QUEUED | the owner, under the lock | who holds the lock |
//! | GRANTED | lock holder | the owner: out of the list, has all its credits |
//! | COURIER | lock holder | the owner: as GRANTED, and it sees to the next in the queue when it runs |
//! | CLOSED | lock holder | the owner: out of the list, keeps the credits it had gathered |
//!
//! The store of GRANTED, COURIER or CLOSED is the last that a lock holder does to a node: the owner may free it at once.

use crate::{
    ledger::Passed,
    sync::{
        Lock, UnsafeCell,
        atomic::{AtomicUsize, Ordering},
        const_unless_loom,
    },
};
use core::{
    marker::PhantomPinned,
    mem::{ManuallyDrop, MaybeUninit},
    ptr::NonNull,
    task::{Context, Waker},
};

pub(crate) const IDLE: usize = 0;
pub(crate) const QUEUED: usize = 1;
pub(crate) const GRANTED: usize = 2;
pub(crate) const COURIER: usize = 3;
pub(crate) const CLOSED: usize = 4;

/// One who waits. Must stay where it is while QUEUED.
#[derive(Debug)]
pub(crate) struct Waiter {
    /// A whole word, to leave no gap: see `Counts`.
    state: AtomicUsize,
    /// Nothing before it is prepared: so there is one word to write where it is made.
    inner: UnsafeCell<MaybeUninit<Inner>>,
    _pinned: PhantomPinned,
}

#[derive(Debug)]
pub(crate) struct Inner {
    next: Option<NonNull<Waiter>>,
    previous: Option<NonNull<Waiter>>,
    /// There is one only while QUEUED: so a node that is dropped need not look.
    pub(crate) waker: ManuallyDrop<Option<Waker>>,
    /// Credits wanted and not yet here.
    pub(crate) missing: usize,
    /// Credits gathered so far; for one that waits for a slot to write in, the slot that it was given.
    pub(crate) held: usize,
    /// By what newcomers that pass it are counted.
    pub(crate) mark: Passed,
}

// SAFETY: the fields are reached as the table above says, by one at a time; a waker is Send.
unsafe impl Send for Waiter {}
// SAFETY: as above.
unsafe impl Sync for Waiter {}

impl Waiter {
    #[inline]
    pub(crate) fn new() -> Self {
        Self { state: AtomicUsize::new(IDLE), inner: UnsafeCell::new(MaybeUninit::uninit()), _pinned: PhantomPinned }
    }

    /// Makes the other fields anew: before it joins a queue, or is granted what is `held` at once.
    ///
    /// # Safety
    /// It is IDLE, and the caller its owner.
    pub(crate) unsafe fn prepare(&self, missing: usize, held: usize, mark: Passed) {
        let inner = Inner { next: None, previous: None, waker: ManuallyDrop::new(None), missing, held, mark };
        self.inner.with_mut(|place| {
            // SAFETY: the owner's while it is IDLE, in which there is no waker that would be lost.
            unsafe { (*place).write(inner) };
        });
    }

    #[inline]
    pub(crate) fn state(&self) -> usize {
        // Acquire pairs with the Release in `set_state`: what the lock holder did to the node is seen.
        self.state.load(Ordering::Acquire)
    }

    pub(crate) fn set_state(&self, state: usize) {
        // Release pairs with the Acquire in `state`.
        self.state.store(state, Ordering::Release);
    }

    /// Reaches the other fields.
    ///
    /// # Safety
    /// It was prepared, and they belong to the caller (see the module's table), who does not reach them twice at once.
    pub(crate) unsafe fn inner<R>(&self, f: impl FnOnce(&mut Inner) -> R) -> R {
        // SAFETY: the caller's promise.
        self.inner.with_mut(|inner| f(unsafe { (*inner).assume_init_mut() }))
    }
}

impl Inner {
    /// Under the lock: sees to it that the waiter's waker wakes the task of `context`, for which it takes the one in `waker`
    /// and leaves the one it replaces. False: it needs one, made outside the lock.
    pub(crate) fn keep_waker(&mut self, waker: &mut Option<Waker>, context: &Context<'_>) -> bool {
        let kept = self.waker.as_ref().is_some_and(|kept| kept.will_wake(context.waker()));
        if !kept && waker.is_some() {
            core::mem::swap(&mut *self.waker, waker);
            return true;
        }
        kept
    }
}

/// A doubly linked list of waiters, oldest first.
///
/// Invariant: every node in it is valid, prepared and QUEUED, and is in no other list.
#[derive(Debug)]
pub(crate) struct List {
    first: Option<NonNull<Waiter>>,
    last: Option<NonNull<Waiter>>,
}

// SAFETY: the nodes are Sync, and reached only through the lock that the list is under.
unsafe impl Send for List {}

impl List {
    pub(crate) const fn new() -> Self {
        Self { first: None, last: None }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// True if there is just one.
    pub(crate) fn is_single(&self) -> bool {
        self.first.is_some() && self.first == self.last
    }

    pub(crate) fn first(&self) -> Option<NonNull<Waiter>> {
        self.first
    }

    /// The oldest, for who holds the lock.
    pub(crate) fn first_ref(&self) -> Option<&Waiter> {
        // SAFETY: the list's invariant; the node can't go away while the lock is held.
        self.first.map(|node| unsafe { node.as_ref() })
    }

    /// Links `node` in as the youngest and makes it QUEUED.
    ///
    /// # Safety
    /// `node` is valid, prepared and in no list, its owner is the caller, and stays where it is until it has left the list.
    pub(crate) unsafe fn push(&mut self, node: NonNull<Waiter>) {
        // SAFETY: the caller's promise; `last` by the list's invariant.
        unsafe {
            node.as_ref().inner(|inner| (inner.next, inner.previous) = (None, self.last));
            node.as_ref().set_state(QUEUED);
            match self.last {
                Some(last) => last.as_ref().inner(|inner| inner.next = Some(node)),
                None => self.first = Some(node),
            }
        }
        self.last = Some(node);
    }

    /// Links `node` out. It keeps its state.
    ///
    /// # Safety
    /// `node` is in this list.
    pub(crate) unsafe fn remove(&mut self, node: NonNull<Waiter>) {
        // SAFETY: `node` and its neighbours are in the list, so valid and ours under the lock.
        unsafe {
            let (next, previous) = node.as_ref().inner(|inner| (inner.next.take(), inner.previous.take()));
            match next {
                Some(next) => next.as_ref().inner(|inner| inner.previous = previous),
                None => self.last = previous,
            }
            match previous {
                Some(previous) => previous.as_ref().inner(|inner| inner.next = next),
                None => self.first = next,
            }
        }
    }

    /// Takes the oldest out, leaves `state` in it, and gives its waker.
    pub(crate) fn pop(&mut self, state: usize) -> Option<Waker> {
        let node = self.first?;
        // SAFETY: `first` is in this list, and ours under the lock until its state is stored.
        unsafe {
            self.remove(node);
            let waker = node.as_ref().inner(|inner| inner.waker.take());
            // No reference to the whole node: its owner may free it at once. Release as in `set_state`.
            let place = &raw const (*node.as_ptr()).state;
            (*place).store(state, Ordering::Release);
            waker
        }
    }
}

/// Whether a sender that was granted a credit and has not run yet will see to the first in the queue. Only while there
/// is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Courier {
    None,
    Sent,
    /// It had not run when the receiver last found nothing to do.
    Late,
}

/// What the waiters' lock guards.
#[derive(Debug)]
pub(crate) struct Queue {
    /// Senders that wait for credits.
    pub(crate) senders: List,
    pub(crate) courier: Courier,
    /// Those who wait for the channel to be closed.
    pub(crate) listeners: List,
}

impl Queue {
    /// The receiver finds nothing to do while senders wait, and they may be overtaken. What was the courier?
    pub(crate) fn find_courier_late(&mut self) -> Courier {
        let found = self.courier;
        if found == Courier::Sent {
            self.courier = Courier::Late;
        }
        found
    }

    /// A sender has left the queue; `courier`: as one.
    pub(crate) fn left(&mut self, courier: bool) {
        if self.senders.is_empty() {
            self.courier = Courier::None;
        } else if courier {
            self.courier = Courier::Sent;
        }
    }

    const fn new() -> Self {
        Self { senders: List::new(), courier: Courier::None, listeners: List::new() }
    }

    const_unless_loom! {
        /// An empty one, where nobody has the lock.
        // A constant, as the lock has gaps: see `Counts`.
        pub(crate) fn locked() -> Lock<Self> {
            #[cfg(not(sakia_loom))]
            return const { Lock::new(Self::new()) };
            #[cfg(sakia_loom)]
            Lock::new(Self::new())
        }
    }
}

/// Wakers taken under the lock, to be woken outside it. Made on most visits and rarely filled, so nothing is written
/// before it is needed.
#[derive(Debug)]
pub(crate) struct WakeBatch {
    /// Those from `woken` to `len` are there.
    wakers: [MaybeUninit<Waker>; WAKE_BATCH],
    woken: usize,
    len: usize,
}

#[cfg(not(sakia_loom))]
const WAKE_BATCH: usize = 16;
#[cfg(sakia_loom)]
const WAKE_BATCH: usize = 2;

impl WakeBatch {
    #[inline]
    pub(crate) const fn new() -> Self {
        Self { wakers: [const { MaybeUninit::uninit() }; WAKE_BATCH], woken: 0, len: 0 }
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(crate) fn is_full(&self) -> bool {
        self.len == WAKE_BATCH
    }

    pub(crate) fn push(&mut self, waker: Option<Waker>) {
        if let Some(waker) = waker {
            self.wakers[self.len].write(waker);
            self.len += 1;
        }
    }

    /// Wakes them, oldest first.
    pub(crate) fn wake(&mut self) {
        let rest = WakeRest(self);
        while let Some(waker) = rest.0.next() {
            waker.wake();
        }
    }

    fn next(&mut self) -> Option<Waker> {
        let next = self.woken;
        (next < self.len).then(|| {
            self.woken += 1;
            // SAFETY: it was there, and is not any more.
            unsafe { self.wakers[next].assume_init_read() }
        })
    }
}

/// Wakes those who are left, if one of the wakers has panicked.
struct WakeRest<'a>(&'a mut WakeBatch);

impl Drop for WakeRest<'_> {
    fn drop(&mut self) {
        while let Some(waker) = self.0.next() {
            waker.wake();
        }
    }
}

impl Drop for WakeBatch {
    #[inline]
    fn drop(&mut self) {
        if self.woken < self.len {
            self.wake();
        }
    }
}
