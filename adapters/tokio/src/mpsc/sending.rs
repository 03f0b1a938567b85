//! The future of a send.

use super::error::SendError;
use crate::budget::{poll_proceed, try_proceed};
use core::{
    pin::Pin,
    task::{Context, Poll, ready},
};
use sakia::mpsc::{Permit, errors};

pin_project_lite::pin_project! {
    /// Sends a message, waiting for room. A message that is sent at once takes its unit of the budget before, one that waits
    /// takes it when there is room.
    ///
    /// By hand, and not an async fn, in which the message would be moved some times more.
    pub(super) struct Sending<'a, T, W, F> {
        sender: &'a sakia::mpsc::Sender<T>,
        // Makes the future in `turn`.
        wait: W,
        // There since there was no room. Dropped before the message, whose drop may use the channel.
        #[pin]
        turn: Option<Turn<'a, T, F>>,
        // None: it was sent, or has come back.
        value: Option<T>,
    }
}

pin_project_lite::pin_project! {
    /// Waits for room, and then for a unit of the budget.
    struct Turn<'a, T, F> {
        #[pin]
        room: F,
        // The room, while there is no unit.
        permit: Option<Permit<'a, T>>,
    }
}

impl<'a, T, F: Future<Output = Result<Permit<'a, T>, errors::SendError<()>>>> Future for Turn<'a, T, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        if this.permit.is_none() {
            *this.permit = Some(ready!(this.room.poll(context))?);
        }
        ready!(poll_proceed(context)).made_progress();
        Poll::Ready(Ok(this.permit.take().expect("it was just kept")))
    }
}

impl<'a, T, W, F> Sending<'a, T, W, F>
where
    W: Fn(&'a sakia::mpsc::Sender<T>) -> F,
    F: Future<Output = Result<Permit<'a, T>, errors::SendError<()>>>,
{
    /// `wait` is to wait for room behind all who wait already.
    #[inline]
    pub(super) fn new(sender: &'a sakia::mpsc::Sender<T>, value: T, wait: W) -> Self {
        Self { sender, wait, turn: None, value: Some(value) }
    }

    #[inline]
    fn poll_in_turn(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), SendError<T>>> {
        let mut this = self.project();
        if this.turn.is_none() {
            this.turn.set(Some(Turn { room: (this.wait)(this.sender), permit: None }));
        }
        let turn = this.turn.as_pin_mut().expect("it was just made");
        let permit = ready!(turn.poll(context));
        let value = this.value.take().expect("it was not sent");
        Poll::Ready(match permit {
            Ok(permit) => {
                permit.send(value);
                Ok(())
            }
            Err(_) => Err(SendError(value)),
        })
    }
}

impl<'a, T: 'a, W, F> Future for Sending<'a, T, W, F>
where
    W: Fn(&'a sakia::mpsc::Sender<T>) -> F,
    F: Future<Output = Result<Permit<'a, T>, errors::SendError<()>>>,
{
    type Output = Result<(), SendError<T>>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.as_mut().project();
        assert!(this.value.is_some(), "polled after it was ready");
        if this.turn.is_none()
            && let Some(unit) = try_proceed()
        {
            match this.sender.try_send_option(this.value) {
                Ok(()) => {
                    unit.made_progress();
                    return Poll::Ready(Ok(()));
                }
                Err(errors::TrySendError::Closed(())) => {
                    return Poll::Ready(Err(SendError(this.value.take().expect("it was not sent"))));
                }
                // The unit goes back.
                Err(errors::TrySendError::Full(())) => {}
            }
        }
        self.poll_in_turn(context)
    }
}
