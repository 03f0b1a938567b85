//! Dropping what is left in a channel, and waiting for senders that are about to be done.

use super::Handle;
use crate::{
    position::{Layout, Position},
    sync::wait_for,
};

/// Drops the messages from `at` to `tail` when it is dropped, all of them even if one panics.
pub(super) struct Drain<'a, T> {
    handle: &'a Handle<T>,
    layout: Layout,
    at: Position,
    tail: Position,
    /// Others may still be writing: wait a little for them. What is not published by then is left to the last handle.
    patient: bool,
    /// Nothing was left so far.
    contiguous: bool,
}

impl<'a, T> Drain<'a, T> {
    pub(super) fn new(handle: &'a Handle<T>, tail: Position, patient: bool) -> Self {
        let at = handle.channel.ledger.head();
        Self { handle, layout: handle.layout(), at, tail, patient, contiguous: true }
    }

    fn run(&mut self) {
        let ledger = &self.handle.channel.ledger;
        while self.at != self.tail {
            let stamp = self.layout.stamp(self.at);
            let slot = self.handle.slot(self.layout, self.at);
            let published = slot.is_published(stamp) || self.patient && wait_for(|| slot.is_published(stamp));
            self.at = self.layout.advance(self.at, 1);
            self.contiguous &= published;
            if self.contiguous {
                ledger.drained_to(self.at);
            }
            if published {
                slot.unpublish();
                // SAFETY: published, no receiver receives any more, and unpublished now, so taken once.
                drop(unsafe { slot.take() });
            }
        }
    }
}

impl<T> Drop for Drain<'_, T> {
    fn drop(&mut self) {
        /// Goes on after a message whose drop panicked.
        struct GoOn<'a, 'b, T>(&'a mut Drain<'b, T>);
        impl<T> Drop for GoOn<'_, '_, T> {
            fn drop(&mut self) {
                self.0.run();
            }
        }
        GoOn(self).0.run();
    }
}

/// Drops them all, even if one panics.
pub(super) fn drop_all(values: impl Iterator) {
    struct Rest<I: Iterator>(I);
    impl<I: Iterator> Drop for Rest<I> {
        fn drop(&mut self) {
            self.0.by_ref().for_each(drop);
        }
    }
    Rest(values).0.by_ref().for_each(drop);
}
