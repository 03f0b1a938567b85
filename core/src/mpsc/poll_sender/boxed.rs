//! A sender by polls that need not be pinned.

use super::PollSender;
use crate::mpsc::{PollSend, Sender, errors::SendError};
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
/// use sakia::mpsc::BoxedPollSender;
///
/// # futures_executor::block_on(async {
/// let (sender, mut receiver) = sakia::mpsc::channel(1);
/// let mut sender = BoxedPollSender::new(sender);
/// poll_fn(|context| sender.poll_ready(context)).await.unwrap();
/// sender.start_send("hello").unwrap();
/// assert_eq!(receiver.recv().await, Some("hello"));
/// # });
/// ```
pub struct BoxedPollSender<T> {
    // Not a Box: moving one claims its content for itself, while the queue may point there.
    inner: NonNull<PollSender<T>>,
    _owned: PhantomData<Box<PollSender<T>>>,
}

// SAFETY: it owns a `PollSender`, as the marker says.
unsafe impl<T: Send> Send for BoxedPollSender<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for BoxedPollSender<T> {}
impl<T> UnwindSafe for BoxedPollSender<T> {}
impl<T> RefUnwindSafe for BoxedPollSender<T> {}

impl<T> BoxedPollSender<T> {
    /// Makes a sender that is polled.
    pub fn new(sender: Sender<T>) -> Self {
        Self::from_inner(PollSender::new(sender))
    }

    fn from_inner(inner: PollSender<T>) -> Self {
        Self { inner: NonNull::from(Box::leak(Box::new(inner))), _owned: PhantomData }
    }

    /// The sender inside; `None` when closed.
    pub fn sender(&self) -> Option<&Sender<T>> {
        // SAFETY: `inner` is owned by this and lives until `drop`.
        unsafe { self.inner.as_ref() }.sender()
    }

    fn inner(&mut self) -> Pin<&mut PollSender<T>> {
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

impl<T> PollSend<T> for BoxedPollSender<T> {
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

impl<T> Drop for BoxedPollSender<T> {
    fn drop(&mut self) {
        // SAFETY: made by `Box::leak` and freed here alone.
        drop(unsafe { Box::from_raw(self.inner.as_ptr()) });
    }
}

impl<T> Clone for BoxedPollSender<T> {
    fn clone(&self) -> Self {
        // SAFETY: as in `sender`.
        Self::from_inner(unsafe { self.inner.as_ref() }.clone())
    }
}

impl<T> fmt::Debug for BoxedPollSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoxedPollSender").field("sender", &self.sender()).finish()
    }
}
