//! A sender by polls, as the one of the `tokio-util` crate.
//!
//! | state | entered by | left by |
//! |---|---|---|
//! | idle | `new`, `send_item`, `abort_send` | `poll_reserve` |
//! | acquiring | `poll_reserve` Pending | `poll_reserve` Ready, `abort_send`, `close` |
//! | ready | `poll_reserve` Ready(Ok) | `send_item`, `abort_send` |
//!
//! It is closed by `close`, or when `poll_reserve` finds the channel closed. One that is ready then can send once more.

use crate::{budget::poll_proceed, mpsc::Sender};
use core::{
    error::Error,
    fmt, mem,
    pin::Pin,
    task::{Context, Poll, ready},
};
use futures_sink::Sink;
use sakia::mpsc::{BoxedPollSender, OwnedPermit, errors::TrySendError};

/// A [`Sender`] that is polled, and a [`Sink`]: the one of the `tokio-util` crate. It allocates nothing before it has to
/// wait, and then once in its life.
///
/// ```
/// use sakia_tokio::{PollSender, mpsc};
/// use core::future::poll_fn;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let (sender, mut receiver) = mpsc::channel(1);
/// let mut sender = PollSender::new(sender);
/// poll_fn(|context| sender.poll_reserve(context)).await.unwrap();
/// sender.send_item("hello").unwrap();
/// assert_eq!(receiver.recv().await, Some("hello"));
/// # }
/// ```
#[derive(Debug)]
pub struct PollSender<T> {
    /// None when closed.
    sender: Option<Sender<T>>,
    reservation: Reservation<T>,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Idle,
    /// Waits for room, or has it and waits for budget.
    Acquiring,
    Ready,
}

/// A second handle of the channel, by which room is reserved.
#[derive(Debug)]
enum Reservation<T> {
    /// It never had to wait so far.
    Bare(sakia::mpsc::Sender<T>),
    /// The same, with room.
    Room(OwnedPermit<T>),
    /// It had to wait, in a box that is kept.
    Boxed(BoxedPollSender<T>),
    None,
}

impl<T> Reservation<T> {
    fn new(sender: Option<&Sender<T>>) -> Self {
        sender.map_or(Self::None, |sender| Self::Bare(sender.inner.clone()))
    }

    /// Reserves room. Called again, it stays Ready. Ready(false): the channel is closed.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<bool> {
        *self = match mem::replace(self, Self::None) {
            Self::Bare(sender) => match sender.try_reserve_owned() {
                Ok(permit) => Self::Room(permit),
                Err(TrySendError::Full(sender)) => Self::Boxed(BoxedPollSender::new(sender)),
                Err(TrySendError::Closed(_)) => Self::None,
            },
            other => other,
        };
        match self {
            Self::Boxed(sender) => sender.poll_ready(context).map(|reserved| reserved.is_ok()),
            Self::Room(_) => Poll::Ready(true),
            Self::Bare(_) | Self::None => Poll::Ready(false),
        }
    }

    /// Sends with the room that was reserved. If the receiver is gone, the value is dropped.
    fn send(&mut self, value: T) {
        *self = match mem::replace(self, Self::None) {
            Self::Room(permit) => Self::Bare(permit.send(value)),
            Self::Boxed(mut sender) => {
                drop(sender.start_send(value));
                Self::Boxed(sender)
            }
            other => other,
        };
    }

    /// Gives up the room, or the place in the queue. True if there was either.
    fn abort(&mut self) -> bool {
        match mem::replace(self, Self::None) {
            Self::Room(permit) => {
                *self = Self::Bare(permit.release());
                true
            }
            Self::Boxed(mut sender) => {
                let aborted = sender.abort();
                *self = Self::Boxed(sender);
                aborted
            }
            other => {
                *self = other;
                false
            }
        }
    }
}

impl<T: Send> PollSender<T> {
    /// Wraps a sender.
    pub fn new(sender: Sender<T>) -> Self {
        Self::idle(Some(sender))
    }

    /// Reserves room for one message, or sees to it that the task is woken when it is worth trying again. To be Ready(Ok)
    /// before each [`send_item`](Self::send_item).
    ///
    /// # Errors
    /// If the channel, or this sender, is closed. There is no message in the error.
    pub fn poll_reserve(&mut self, context: &mut Context<'_>) -> Poll<Result<(), PollSendError<T>>> {
        if self.state == State::Ready {
            return Poll::Ready(Ok(()));
        }
        self.state = State::Acquiring;
        if !ready!(self.reservation.poll(context)) {
            self.close();
            return Poll::Ready(Err(PollSendError(None)));
        }
        ready!(poll_proceed(context)).made_progress();
        self.state = State::Ready;
        Poll::Ready(Ok(()))
    }

    /// Sends a message with the room that was reserved. It succeeds even if the receiver is gone: then the message is
    /// dropped.
    ///
    /// # Errors
    /// If this sender is closed. The message comes back.
    ///
    /// # Panics
    /// If no room is reserved: [`poll_reserve`](Self::poll_reserve) has not been Ready(Ok) since the last message.
    #[track_caller]
    pub fn send_item(&mut self, value: T) -> Result<(), PollSendError<T>> {
        if self.state != State::Ready {
            assert!(self.sender.is_none(), "`send_item` called without first calling `poll_reserve`");
            return Err(PollSendError(Some(value)));
        }
        self.state = State::Idle;
        self.reservation.send(value);
        self.forget_if_closed();
        Ok(())
    }

    /// True once this sender was closed, or a [`poll_reserve`](Self::poll_reserve) has found the channel closed.
    pub fn is_closed(&self) -> bool {
        self.sender.is_none()
    }

    /// The sender inside; `None` when closed.
    pub fn get_ref(&self) -> Option<&Sender<T>> {
        self.sender.as_ref()
    }

    /// Closes this sender. Room that is reserved can be used once more.
    pub fn close(&mut self) {
        self.sender = None;
        self.forget_if_closed();
    }

    /// Gives up the room that is reserved, or the waiting for it. True if there was either.
    pub fn abort_send(&mut self) -> bool {
        let aborted = self.state != State::Idle && self.reservation.abort();
        self.state = State::Idle;
        self.forget_if_closed();
        aborted
    }

    /// Lets go of the channel if this sender is closed and has nothing to send with.
    fn forget_if_closed(&mut self) {
        if self.sender.is_none() && self.state != State::Ready {
            self.state = State::Idle;
            self.reservation = Reservation::None;
        }
    }
}

impl<T> PollSender<T> {
    fn idle(sender: Option<Sender<T>>) -> Self {
        Self { reservation: Reservation::new(sender.as_ref()), sender, state: State::Idle }
    }
}

impl<T> Clone for PollSender<T> {
    /// The clone waits for nothing and has nothing reserved. The clone of a closed sender is closed.
    fn clone(&self) -> Self {
        Self::idle(self.sender.clone())
    }
}

/// Flushed does not mean received: [`Sink::poll_flush`] is Ready at once.
impl<T: Send> Sink<T> for PollSender<T> {
    type Error = PollSendError<T>;

    fn poll_ready(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.get_mut().poll_reserve(context)
    }

    fn start_send(self: Pin<&mut Self>, item: T) -> Result<(), Self::Error> {
        self.get_mut().send_item(item)
    }

    fn poll_flush(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.get_mut().close();
        Poll::Ready(Ok(()))
    }
}

/// A [`PollSender`] or its channel is closed.
#[derive(Debug)]
pub struct PollSendError<T>(Option<T>);

impl<T> PollSendError<T> {
    /// The message that was not sent, if the error is of a call that had one.
    pub fn into_inner(self) -> Option<T> {
        self.0
    }
}

impl<T> fmt::Display for PollSendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("channel closed")
    }
}

impl<T: fmt::Debug> Error for PollSendError<T> {}
