//! Sending in place, in the manner of a poll.

use crate::EncodeError;
use core::pin::Pin;
#[cfg(feature = "alloc")]
use sakia::mpsc::recycled::BoxedPollSender;
use sakia::{
    mpsc::{
        PollSend,
        recycled::{PollSender, SendRef},
    },
    recycling::Recycle,
};

/// A sender by polls whose messages can be written in place, into the slot that is reserved.
///
/// [`EncoderSink`](crate::EncoderSink) is written against this trait. It is open: implement it for the senders of other
/// channels, and the sink serves those too.
///
/// ```
/// use core::{convert::Infallible, future::poll_fn, pin::Pin};
/// use sakia::mpsc::recycled::{self, BoxedPollSender};
/// use sakia_futures::PollSendRef;
///
/// # futures_executor::block_on(async {
/// let (sender, mut receiver) = recycled::channel::<String>(1);
/// let mut sender = BoxedPollSender::new(sender);
/// poll_fn(|context| sender.poll_ready(context)).await.unwrap();
/// Pin::new(&mut sender).start_send_with(|slot| Ok::<_, Infallible>(slot.push_str("hello"))).unwrap();
/// assert_eq!(*receiver.recv_ref().await.unwrap(), "hello");
/// # });
/// ```
pub trait PollSendRef: PollSend<<Self as PollSendRef>::Element> {
    /// What messages are written in.
    type Element;

    /// Has `write` write a message into the slot that is reserved, and sends it. If `write` fails or panics, the slot goes
    /// back unsent.
    ///
    /// # Errors
    /// That of `write`, or that this sender is closed; then `write` is not called.
    ///
    /// # Panics
    /// If no slot is reserved: `poll_ready` has not been Ready(Ok) since the last message.
    #[track_caller]
    fn start_send_with<E>(
        self: Pin<&mut Self>,
        write: impl FnOnce(&mut Self::Element) -> Result<(), E>,
    ) -> Result<(), EncodeError<E>>;
}

impl<T, R: Recycle<T>> PollSendRef for PollSender<T, R> {
    type Element = T;

    #[inline]
    fn start_send_with<E>(
        self: Pin<&mut Self>,
        write: impl FnOnce(&mut T) -> Result<(), E>,
    ) -> Result<(), EncodeError<E>> {
        Unsent(Some(self.start_send_ref()?)).send_with(write).map_err(EncodeError::Encode)
    }
}

#[cfg(feature = "alloc")]
#[cfg_attr(docsrs, doc(cfg(feature = "alloc")))]
impl<T, R: Recycle<T>> PollSendRef for BoxedPollSender<T, R> {
    type Element = T;

    #[inline]
    fn start_send_with<E>(
        self: Pin<&mut Self>,
        write: impl FnOnce(&mut T) -> Result<(), E>,
    ) -> Result<(), EncodeError<E>> {
        Unsent(Some(self.get_mut().start_send_ref()?)).send_with(write).map_err(EncodeError::Encode)
    }
}

/// A slot that goes back unsent if this is dropped. A `SendRef` alone would be published, and without `std` in unwinding
/// too.
struct Unsent<'a, T, R: Recycle<T>>(Option<SendRef<'a, T, R>>);

impl<T, R: Recycle<T>> Unsent<'_, T, R> {
    #[inline]
    fn send_with<E>(mut self, write: impl FnOnce(&mut T) -> Result<(), E>) -> Result<(), E> {
        self.0.as_deref_mut().map_or(Ok(()), write)?;
        if let Some(slot) = self.0.take() {
            slot.send();
        }
        Ok(())
    }
}

impl<T, R: Recycle<T>> Drop for Unsent<'_, T, R> {
    #[inline]
    fn drop(&mut self) {
        if let Some(slot) = self.0.take() {
            slot.abort();
        }
    }
}
