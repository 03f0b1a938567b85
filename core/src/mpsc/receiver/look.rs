//! The receive loop, written once: finding out whether the next message is there, or parking until it is.

use super::Receiver;
use crate::{
    handle::spin_for,
    ledger::View,
    mpsc::errors::TryRecvError,
    position::{Position, Stamp},
    receiver_waker::LayOut,
    ring::{MARKED, Slot},
};
use core::task::{Context, Poll};

impl<T> Receiver<T> {
    #[inline(always)]
    fn slot(&self, head: Position) -> (&Slot<T>, Stamp) {
        let layout = self.handle.channel.ledger.receiver_layout();
        (self.handle.slot(layout, head), layout.stamp(head))
    }

    /// The position of the next message, if that is published.
    #[inline(always)]
    pub(super) fn try_look(&mut self) -> Result<Position, TryRecvError> {
        let head = self.handle.channel.ledger.head();
        let (slot, stamp) = self.slot(head);
        if slot.is_published(stamp) { Ok(head) } else { self.try_look_again(head) }
    }

    #[cold]
    fn try_look_again(&mut self, head: Position) -> Result<Position, TryRecvError> {
        let channel = &self.handle.channel;
        match channel.ledger.look(head) {
            View::Finished => Err(TryRecvError::Closed),
            View::Empty => {
                channel.relieve();
                Err(TryRecvError::Empty)
            }
            View::Claimed => {
                let (slot, stamp) = self.slot(head);
                let published = || slot.is_published(stamp);
                let found = spin_for(published);
                // The sender is between two instructions; with threads to give way to, it will run.
                #[cfg(feature = "std")]
                while !published() {
                    crate::sync::yield_thread();
                }
                if found || cfg!(feature = "std") { Ok(head) } else { Err(TryRecvError::Empty) }
            }
        }
    }

    /// The position of the next message; `None` if there will never be one.
    #[inline(always)]
    pub(super) fn poll_look(&mut self, context: &mut Context<'_>) -> Poll<Option<Position>> {
        let head = self.handle.channel.ledger.head();
        let (slot, stamp) = self.slot(head);
        if slot.is_published(stamp) { Poll::Ready(Some(head)) } else { self.poll_look_again(context, head) }
    }

    #[inline(never)]
    fn poll_look_again(&mut self, context: &mut Context<'_>, head: Position) -> Poll<Option<Position>> {
        let channel = &self.handle.channel;
        let (slot, stamp) = self.slot(head);
        let published = || slot.is_published(stamp);
        match channel.ledger.look(head) {
            View::Finished => return Poll::Ready(None),
            View::Empty if channel.relieve() => return self.yield_now(context),
            View::Empty => {}
            View::Claimed if spin_for(published) => return Poll::Ready(Some(head)),
            View::Claimed if MARKED => {}
            View::Claimed => return self.yield_now(context),
        }
        self.unpark();
        // SAFETY: this is the receiver, and PARKED is clear.
        match unsafe { channel.receiver.lay_out(context.waker()) } {
            LayOut::Done => {}
            LayOut::Same => return Poll::Pending,
            LayOut::Other => return self.yield_now(context),
        }
        match channel.ledger.park(head) {
            View::Empty => Poll::Pending,
            // The sender that publishes here finds the mark and wakes.
            View::Claimed if MARKED && slot.mark(stamp) => Poll::Pending,
            view => {
                self.unpark();
                match view {
                    View::Finished => Poll::Ready(None),
                    _ if spin_for(published) => Poll::Ready(Some(head)),
                    _ => self.yield_now(context),
                }
            }
        }
    }

    /// Lets others run, among them a sender that is about to be done.
    #[cold]
    fn yield_now(&self, context: &Context<'_>) -> Poll<Option<Position>> {
        crate::sync::spin();
        context.waker().wake_by_ref();
        Poll::Pending
    }

    /// Makes PARKED clear, and the waker ours again unless a sender is just taking it.
    fn unpark(&self) {
        let channel = &self.handle.channel;
        if channel.receiver.is_out() && channel.ledger.unpark() {
            channel.receiver.take_home();
        }
    }

    /// Takes the message out and frees its slot.
    ///
    /// # Safety
    /// `head` is the receiver's position, and the message there is published.
    #[inline(always)]
    pub(super) unsafe fn take(&mut self, head: Position) -> T {
        // SAFETY: the caller's promise; the position moves on right after, so it is taken once.
        let message = unsafe { self.slot(head).0.take() };
        self.handle.channel.free_slots(head, 1);
        message
    }

    /// The message, where it is.
    ///
    /// # Safety
    /// `head` is the receiver's position, and the message there is published.
    pub(super) unsafe fn message(&mut self, head: Position) -> &T {
        // SAFETY: published, and not taken while the receiver is borrowed.
        unsafe { &*self.slot(head).0.message() }
    }
}
