//! Senders with their place in the queue inside them, for sending by polls.
//!
//! | state | entered by | left by |
//! |---|---|---|
//! | Idle | `new`, `start_send`, `start_send_ref`, `abort` | `poll_ready` |
//! | Waiting | `poll_ready` Pending | `poll_ready` Ready, `abort`, `close`, drop |
//! | Reserved | `poll_ready` Ready(Ok) | `start_send`, `start_send_ref`, `abort`, `close`, drop |
//! | Closed | `close` | - |

#[cfg(feature = "alloc")]
mod boxed;

use super::{RefPermit, SendRef, Sender};
use crate::{
    channel::Closed,
    ledger::Refused,
    mpsc::{PollSend, errors::SendError},
    pool::Index,
    recycling::{DefaultRecycle, Recycle},
    slots::Slots,
    waiters::Waiter,
};
use core::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

#[cfg(feature = "alloc")]
pub use boxed::BoxedPollSender;

#[derive(Clone, Copy, Debug)]
enum State {
    Idle,
    Waiting,
    /// With a slot in hand.
    Reserved(Index),
    Closed,
}

/// A sender that is polled: it waits with a place in the queue that is inside it, so it has to be pinned and
/// allocates nothing.
///
/// See [`PollSend`] for the contract. With an allocator there is also one that need not be pinned, `BoxedPollSender`.
///
/// ```
/// use core::{future::poll_fn, pin::pin, task::Poll};
/// use sakia::mpsc::recycled::{self, PollSender};
///
/// # futures_executor::block_on(async {
/// let (sender, mut receiver) = recycled::channel::<String>(1);
/// let mut sender = pin!(PollSender::new(sender));
/// poll_fn(|context| sender.as_mut().poll_send_ref(context).map_ok(|mut slot| slot.push_str("hello"))).await.unwrap();
/// assert_eq!(*receiver.recv_ref().await.unwrap(), "hello");
/// # });
/// ```
pub struct PollSender<T, R = DefaultRecycle> {
    /// None when closed.
    sender: Option<Sender<T, R>>,
    state: State,
    /// Queued in the sender's channel only when the state is Waiting.
    waiter: Waiter,
}

impl<T, R> PollSender<T, R> {
    /// Makes a sender that is polled.
    pub fn new(sender: Sender<T, R>) -> Self {
        Self { sender: Some(sender), state: State::Idle, waiter: Waiter::new() }
    }

    /// The sender inside; `None` when closed.
    pub fn sender(&self) -> Option<&Sender<T, R>> {
        self.sender.as_ref()
    }

    /// The parts, the waiter pinned.
    fn project(self: Pin<&mut Self>) -> (&mut Option<Sender<T, R>>, &mut State, Pin<&Waiter>) {
        // SAFETY: the waiter is pinned with this: it is never moved out, and `drop` treats it as pinned. The others are
        // not pinned.
        unsafe {
            let this = self.get_unchecked_mut();
            (&mut this.sender, &mut this.state, Pin::new_unchecked(&this.waiter))
        }
    }

    /// See [`PollSend::poll_ready`].
    ///
    /// # Errors
    /// If the channel, or this sender, is closed.
    pub fn poll_ready(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), SendError<()>>> {
        let (sender, state, waiter) = self.project();
        let Some(sender) = sender else { return Poll::Ready(Err(SendError(()))) };
        let (wheel, links) = (sender.slots.wheel(), sender.slots.links());
        let first = match *state {
            State::Reserved(_) => return Poll::Ready(Ok(())),
            State::Idle => wheel.take(links),
            _ => Err(Refused::Full),
        };
        let outcome = match first {
            Ok(index) => Ok(index),
            Err(Refused::Closed) => Err(Closed),
            Err(Refused::Full) => {
                *state = State::Waiting;
                // SAFETY: the waiter is used with this channel only, and cancelled by `abort`, `close` or `drop`.
                ready!(unsafe { wheel.poll_take(links, waiter, context) })
            }
        };
        *state = outcome.as_ref().map_or(State::Idle, |index| State::Reserved(*index));
        Poll::Ready(outcome.map(drop).map_err(|Closed| SendError(())))
    }

    /// Gives the reserved slot away. None when closed.
    #[track_caller]
    fn start(self: Pin<&mut Self>) -> Option<(&Slots<T, R>, Index)> {
        let (sender, state, _) = self.project();
        let sender = sender.as_ref()?;
        let State::Reserved(index) = *state else {
            panic!("sakia: `start_send` without `poll_ready` having been ready")
        };
        *state = State::Idle;
        Some((&sender.slots, index))
    }

    /// Sends a message by value with the slot that is reserved. See [`PollSend::start_send`].
    ///
    /// # Errors
    /// If the receiver is gone. The message comes back.
    ///
    /// # Panics
    /// If no slot is reserved.
    #[track_caller]
    pub fn start_send(self: Pin<&mut Self>, value: T) -> Result<(), SendError<T>> {
        match self.start() {
            // SAFETY: the slot was taken for this sender, and the state has given it up.
            Some((slots, index)) => unsafe { slots.send_value(index, value) }.map_err(SendError),
            None => Err(SendError(value)),
        }
    }

    /// See [`PollSend::abort`].
    pub fn abort(self: Pin<&mut Self>) -> bool {
        let (sender, state, waiter) = self.project();
        let Some(sender) = sender else { return false };
        match core::mem::replace(state, State::Idle) {
            State::Reserved(index) => sender.slots.put_back(index),
            // SAFETY: the waiter was used with this channel only.
            State::Waiting => unsafe { sender.slots.wheel().cancel(sender.slots.links(), waiter) },
            State::Idle | State::Closed => return false,
        }
        true
    }

    /// See [`PollSend::close`].
    pub fn close(mut self: Pin<&mut Self>) {
        self.as_mut().abort();
        let (sender, state, _) = self.project();
        *state = State::Closed;
        drop(sender.take());
    }
}

impl<T, R: Recycle<T>> PollSender<T, R> {
    /// Gives the slot that is reserved, to write a message in.
    ///
    /// # Errors
    /// If this sender is closed.
    ///
    /// # Panics
    /// If no slot is reserved, or the policy panics.
    #[track_caller]
    pub fn start_send_ref(self: Pin<&mut Self>) -> Result<SendRef<'_, T, R>, SendError<()>> {
        let (slots, index) = self.start().ok_or(SendError(()))?;
        // SAFETY: the slot was taken for this sender, and the state has given it up.
        Ok(unsafe { SendRef::new(slots, index) })
    }

    /// Waits for a slot to write a message in, in the manner of a poll. As [`Sender::send_ref`].
    ///
    /// # Errors
    /// If the channel, or this sender, is closed.
    pub fn poll_send_ref(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Result<SendRef<'_, T, R>, SendError<()>>> {
        ready!(self.as_mut().poll_ready(context))?;
        Poll::Ready(self.start_send_ref())
    }

    /// Waits for a slot to write a message in across awaits, in the manner of a poll. As [`Sender::reserve_ref`].
    ///
    /// # Errors
    /// If the channel, or this sender, is closed.
    pub fn poll_reserve_ref(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Result<RefPermit<'_, T, R>, SendError<()>>> {
        ready!(self.as_mut().poll_ready(context))?;
        let (slots, index) = self.start().ok_or(SendError(()))?;
        // SAFETY: the slot was taken for this sender, and the state has given it up.
        Poll::Ready(Ok(unsafe { RefPermit::new(slots, index) }))
    }
}

impl<T, R> PollSend<T> for PollSender<T, R> {
    fn poll_ready(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), SendError<()>>> {
        self.poll_ready(context)
    }

    fn start_send(self: Pin<&mut Self>, value: T) -> Result<(), SendError<T>> {
        self.start_send(value)
    }

    fn abort(self: Pin<&mut Self>) -> bool {
        self.abort()
    }

    fn close(self: Pin<&mut Self>) {
        self.close();
    }
}

impl<T, R> Drop for PollSender<T, R> {
    fn drop(&mut self) {
        // SAFETY: a value that is being dropped is not moved any more.
        unsafe { Pin::new_unchecked(self) }.close();
    }
}

impl<T, R> Clone for PollSender<T, R> {
    /// The clone waits for nothing and has nothing reserved. The clone of a closed sender is closed.
    fn clone(&self) -> Self {
        let state = if self.sender.is_some() { State::Idle } else { State::Closed };
        Self { sender: self.sender.clone(), state, waiter: Waiter::new() }
    }
}

impl<T, R> fmt::Debug for PollSender<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PollSender").field("sender", &self.sender).field("state", &self.state).finish()
    }
}
