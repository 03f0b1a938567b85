//! A sender by polls that need not be pinned.

use super::PollSender;
use crate::{
    mpsc::{
        PollSend,
        errors::SendError,
        recycled::{RefPermit, SendRef, Sender},
    },
    recycling::{DefaultRecycle, Recycle},
};
use alloc::boxed::Box;
use core::{
    fmt,
    marker::PhantomData,
    panic::{RefUnwindSafe, UnwindSafe},
    pin::Pin,
    ptr::NonNull,
    task::{Context, Poll},
};

/// A [`PollSender`] that need not be pinned, since it is in a box: the one allocation of its life.
///
/// ```
/// use core::future::poll_fn;
/// use sakia::mpsc::recycled::{self, BoxedPollSender};
///
/// # futures_executor::block_on(async {
/// let (sender, mut receiver) = recycled::channel::<String>(1);
/// let mut sender = BoxedPollSender::new(sender);
/// poll_fn(|context| sender.poll_ready(context)).await.unwrap();
/// sender.start_send_ref().unwrap().push_str("hello");
/// assert_eq!(*receiver.recv_ref().await.unwrap(), "hello");
/// # });
/// ```
pub struct BoxedPollSender<T, R = DefaultRecycle> {
    // Not a Box: moving one claims its content for itself, while the queue may point there.
    inner: NonNull<PollSender<T, R>>,
    _owned: PhantomData<Box<PollSender<T, R>>>,
}

// SAFETY: it owns a `PollSender`, as the marker says.
unsafe impl<T: Send, R: Send + Sync> Send for BoxedPollSender<T, R> {}
// SAFETY: as above.
unsafe impl<T: Send, R: Send + Sync> Sync for BoxedPollSender<T, R> {}
impl<T, R> UnwindSafe for BoxedPollSender<T, R> {}
impl<T, R> RefUnwindSafe for BoxedPollSender<T, R> {}

impl<T, R> BoxedPollSender<T, R> {
    /// Makes a sender that is polled.
    pub fn new(sender: Sender<T, R>) -> Self {
        Self::from_inner(PollSender::new(sender))
    }

    fn from_inner(inner: PollSender<T, R>) -> Self {
        Self { inner: NonNull::from(Box::leak(Box::new(inner))), _owned: PhantomData }
    }

    /// The sender inside; `None` when closed.
    pub fn sender(&self) -> Option<&Sender<T, R>> {
        // SAFETY: `inner` is owned by this and lives until `drop`.
        unsafe { self.inner.as_ref() }.sender()
    }

    fn inner(&mut self) -> Pin<&mut PollSender<T, R>> {
        // SAFETY: as above; it is never moved out of its box.
        unsafe { Pin::new_unchecked(self.inner.as_mut()) }
    }

    /// See [`PollSend::poll_ready`].
    ///
    /// # Errors
    /// If the channel, or this sender, is closed.
    pub fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), SendError<()>>> {
        self.inner().poll_ready(context)
    }

    /// See [`PollSend::start_send`].
    ///
    /// # Errors
    /// If the receiver is gone. The message comes back.
    ///
    /// # Panics
    /// If no slot is reserved.
    #[track_caller]
    pub fn start_send(&mut self, value: T) -> Result<(), SendError<T>> {
        self.inner().start_send(value)
    }

    /// See [`PollSend::abort`].
    pub fn abort(&mut self) -> bool {
        self.inner().abort()
    }

    /// See [`PollSend::close`].
    pub fn close(&mut self) {
        self.inner().close();
    }
}

impl<T, R: Recycle<T>> BoxedPollSender<T, R> {
    /// See [`PollSender::start_send_ref`].
    ///
    /// # Errors
    /// If this sender is closed.
    ///
    /// # Panics
    /// If no slot is reserved, or the policy panics.
    #[track_caller]
    pub fn start_send_ref(&mut self) -> Result<SendRef<'_, T, R>, SendError<()>> {
        self.inner().start_send_ref()
    }

    /// See [`PollSender::poll_send_ref`].
    ///
    /// # Errors
    /// If the channel, or this sender, is closed.
    pub fn poll_send_ref(&mut self, context: &mut Context<'_>) -> Poll<Result<SendRef<'_, T, R>, SendError<()>>> {
        self.inner().poll_send_ref(context)
    }

    /// See [`PollSender::poll_reserve_ref`].
    ///
    /// # Errors
    /// If the channel, or this sender, is closed.
    pub fn poll_reserve_ref(&mut self, context: &mut Context<'_>) -> Poll<Result<RefPermit<'_, T, R>, SendError<()>>> {
        self.inner().poll_reserve_ref(context)
    }
}

impl<T, R> PollSend<T> for BoxedPollSender<T, R> {
    fn poll_ready(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), SendError<()>>> {
        self.get_mut().poll_ready(context)
    }

    fn start_send(self: Pin<&mut Self>, value: T) -> Result<(), SendError<T>> {
        self.get_mut().start_send(value)
    }

    fn abort(self: Pin<&mut Self>) -> bool {
        self.get_mut().abort()
    }

    fn close(self: Pin<&mut Self>) {
        self.get_mut().close();
    }
}

impl<T, R> Drop for BoxedPollSender<T, R> {
    fn drop(&mut self) {
        // SAFETY: made by `Box::leak` and freed here alone.
        drop(unsafe { Box::from_raw(self.inner.as_ptr()) });
    }
}

impl<T, R> Clone for BoxedPollSender<T, R> {
    fn clone(&self) -> Self {
        // SAFETY: as in `sender`.
        Self::from_inner(unsafe { self.inner.as_ref() }.clone())
    }
}

impl<T, R> fmt::Debug for BoxedPollSender<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoxedPollSender").field("sender", &self.sender()).finish()
    }
}
