//! Senders with their place in the queue inside them, for sending by polls.
//!
//! | state | entered by | left by |
//! |---|---|---|
//! | Idle | `new`, `start_send`, `abort` | `poll_ready` |
//! | Waiting | `poll_ready` Pending | `poll_ready` Ready, `abort`, `close`, drop |
//! | Reserved | `poll_ready` Ready(Ok) | `start_send`, `abort`, `close`, drop |
//! | Closed | `close` | - |

#[cfg(feature = "alloc")]
mod boxed;
#[cfg(feature = "alloc")]
mod unbounded;

use super::{PollSend, Sender, errors::SendError};
use crate::{channel::Closed, ledger::Refused, waiters::Waiter};
use core::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

#[cfg(feature = "alloc")]
pub use boxed::BoxedPollSender;
#[cfg(feature = "alloc")]
pub use unbounded::UnboundedPollSender;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Idle,
    Waiting,
    Reserved,
    Closed,
}

/// A sender that is polled: it waits with a place in the queue that is inside it, so it has to be pinned and
/// allocates nothing.
///
/// See [`PollSend`] for the contract. With an allocator there is also one that need not be pinned, `BoxedPollSender`.
///
/// ```
/// use core::{future::poll_fn, pin::pin};
/// use sakia::mpsc::PollSender;
///
/// # futures_executor::block_on(async {
/// let (sender, mut receiver) = sakia::mpsc::channel(1);
/// let mut sender = pin!(PollSender::new(sender));
/// poll_fn(|context| sender.as_mut().poll_ready(context)).await.unwrap();
/// sender.as_mut().start_send("hello").unwrap();
/// assert_eq!(receiver.recv().await, Some("hello"));
/// # });
/// ```
pub struct PollSender<T> {
    /// None when closed.
    sender: Option<Sender<T>>,
    state: State,
    /// Queued in the sender's channel only when the state is Waiting.
    waiter: Waiter,
}

impl<T> PollSender<T> {
    /// Makes a sender that is polled.
    pub fn new(sender: Sender<T>) -> Self {
        Self { sender: Some(sender), state: State::Idle, waiter: Waiter::new() }
    }

    /// The sender inside; `None` when closed.
    pub fn sender(&self) -> Option<&Sender<T>> {
        self.sender.as_ref()
    }

    /// The parts, the waiter pinned.
    fn project(self: Pin<&mut Self>) -> (&mut Option<Sender<T>>, &mut State, Pin<&Waiter>) {
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
        let channel = &sender.handle.channel;
        let first = match *state {
            State::Reserved => return Poll::Ready(Ok(())),
            State::Idle => channel.reserve(1),
            _ => Err(Refused::Full),
        };
        let outcome = match first {
            Ok(()) => Ok(()),
            Err(Refused::Closed) => Err(Closed),
            Err(Refused::Full) => {
                *state = State::Waiting;
                // SAFETY: the waiter is used with this channel only, for one credit, and cancelled by `abort`, `close` or
                // `drop`.
                ready!(unsafe { channel.poll_reserve(waiter, 1, context) })
            }
        };
        *state = if outcome.is_ok() { State::Reserved } else { State::Idle };
        Poll::Ready(outcome.map_err(|Closed| SendError(())))
    }

    /// See [`PollSend::start_send`].
    ///
    /// # Errors
    /// If the receiver is gone. The message comes back.
    ///
    /// # Panics
    /// If no slot is reserved.
    #[track_caller]
    pub fn start_send(self: Pin<&mut Self>, value: T) -> Result<(), SendError<T>> {
        let (sender, state, _) = self.project();
        let Some(sender) = sender else { return Err(SendError(value)) };
        assert!(*state == State::Reserved, "sakia: `start_send` without `poll_ready` having been ready");
        *state = State::Idle;
        sender.handle.send_reserved(value).map_err(SendError)
    }

    /// See [`PollSend::abort`].
    pub fn abort(self: Pin<&mut Self>) -> bool {
        let (sender, state, waiter) = self.project();
        let Some(sender) = sender else { return false };
        match core::mem::replace(state, State::Idle) {
            State::Reserved => sender.handle.channel.give_back(1),
            // SAFETY: the waiter was used with this channel only.
            State::Waiting => unsafe { sender.handle.channel.cancel(waiter) },
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

impl<T> PollSend<T> for PollSender<T> {
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

impl<T> Drop for PollSender<T> {
    fn drop(&mut self) {
        // SAFETY: a value that is being dropped is not moved any more.
        unsafe { Pin::new_unchecked(self) }.close();
    }
}

impl<T> Clone for PollSender<T> {
    /// The clone waits for nothing and has nothing reserved. The clone of a closed sender is closed.
    fn clone(&self) -> Self {
        let state = if self.sender.is_some() { State::Idle } else { State::Closed };
        Self { sender: self.sender.clone(), state, waiter: Waiter::new() }
    }
}

impl<T> fmt::Debug for PollSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PollSender").field("sender", &self.sender).field("state", &self.state).finish()
    }
}
