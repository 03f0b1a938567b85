//! What writes an item into a slot.

use core::convert::Infallible;

/// Writes items into elements of type `T`, which are there already: what an [`EncoderSink`](crate::EncoderSink) does with
/// each item.
///
/// A closure or function of an item and a `&mut T` is one, whether it cannot fail and returns nothing, or returns a
/// `Result<(), _>`, as `write!` does. A type of its own can have a name, and encode items of several types.
///
/// ```
/// use core::fmt::{self, Write as _};
/// use futures_util::SinkExt;
/// use sakia::mpsc::recycled;
/// use sakia_futures::{Encoder, SenderExt};
///
/// /// Numbers the lines.
/// #[derive(Default)]
/// struct Numbered(u32);
///
/// impl Encoder<&str, String> for Numbered {
///     type Error = fmt::Error;
///
///     fn encode(&mut self, line: &str, slot: &mut String) -> fmt::Result {
///         self.0 += 1;
///         write!(slot, "{}: {line}", self.0)
///     }
/// }
///
/// # futures_executor::block_on(async {
/// let (sender, mut receiver) = recycled::channel::<String>(2);
/// let mut sink = sender.into_encoder_sink(Numbered::default());
/// sink.send("filled").await.unwrap();
/// sink.send("emptied").await.unwrap();
/// assert_eq!(*receiver.recv_ref().await.unwrap(), "1: filled");
/// assert_eq!(*receiver.recv_ref().await.unwrap(), "2: emptied");
/// # });
/// ```
pub trait Encoder<Item, T> {
    /// Why an item was not encoded. [`Infallible`] if that never happens.
    type Error;

    /// Writes an item into a slot, which is as [recycling](sakia::recycling) has left it: an empty `String`, for example.
    ///
    /// # Errors
    /// If the item cannot be encoded. What was written of it is not sent.
    fn encode(&mut self, item: Item, slot: &mut T) -> Result<(), Self::Error>;
}

impl<Item, T, F, O> Encoder<Item, T> for F
where
    F: FnMut(Item, &mut T) -> O,
    O: Encoded,
{
    type Error = O::Error;

    #[inline]
    fn encode(&mut self, item: Item, slot: &mut T) -> Result<(), O::Error> {
        self(item, slot).into_result()
    }
}

/// What a closure that is an [`Encoder`] returns: nothing, or a `Result<(), _>`.
pub trait Encoded: sealed::Sealed {
    /// Why an item was not encoded.
    type Error;

    /// As a result.
    ///
    /// # Errors
    /// If it is one already, and an error.
    fn into_result(self) -> Result<(), Self::Error>;
}

impl Encoded for () {
    type Error = Infallible;

    #[inline]
    fn into_result(self) -> Result<(), Infallible> {
        Ok(self)
    }
}

impl<E> Encoded for Result<(), E> {
    type Error = E;

    #[inline]
    fn into_result(self) -> Self {
        self
    }
}

mod sealed {
    /// Closes the list of what a closure can return.
    pub trait Sealed {}

    impl Sealed for () {}
    impl<E> Sealed for Result<(), E> {}
}
