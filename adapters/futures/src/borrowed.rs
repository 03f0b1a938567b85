//! A receiver that is borrowed, as a receiver.

use core::task::{Context, Poll};
use sakia::mpsc::PollReceive;

/// A borrowed receiver, which receives as the one it borrows does. So one adapter serves those that own their receiver
/// and those that don't.
///
/// [`ReceiverExt::stream`](crate::ReceiverExt::stream) makes it by itself.
#[derive(Debug)]
pub struct Borrowed<'a, R>(pub &'a mut R);

impl<R: PollReceive> PollReceive for Borrowed<'_, R> {
    type Item = R::Item;

    #[inline]
    fn poll_recv(&mut self, context: &mut Context<'_>) -> Poll<Option<R::Item>> {
        self.0.poll_recv(context)
    }

    #[inline]
    fn poll_recv_many<E: Extend<R::Item>>(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut E,
        limit: usize,
    ) -> Poll<usize> {
        self.0.poll_recv_many(context, buffer, limit)
    }

    fn close(&mut self) {
        self.0.close();
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}
