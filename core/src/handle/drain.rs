//! Dropping what is left in a channel, and waiting for senders that are about to be done.

#[cfg(feature = "alloc")]
use super::Block;
use super::Handle;
use super::Place;
use crate::{
    position::{Layout, Position},
    sync::wait_for,
};
#[cfg(feature = "alloc")]
use core::ptr::NonNull;

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
    /// In a chain: the block of the last message, from the first one on that was left.
    #[cfg(feature = "alloc")]
    block: Option<NonNull<Block>>,
}

impl<'a, T> Drain<'a, T> {
    pub(super) fn new(handle: &'a Handle<T>, tail: Position, patient: bool) -> Self {
        let at = handle.channel.ledger.head();
        Self {
            handle,
            layout: handle.layout(),
            at,
            tail,
            patient,
            contiguous: true,
            #[cfg(feature = "alloc")]
            block: None,
        }
    }

    /// Where the next message is, if it is published.
    fn published(&mut self) -> Option<Place<'a, T>> {
        #[cfg(feature = "alloc")]
        if self.layout.is_endless() && !self.contiguous {
            let chain = &self.handle.chain;
            self.block = chain.walk(self.block.or_else(|| chain.head())?, self.at);
            // SAFETY: the blocks from the head on are not given away while a message before them is left.
            let place = unsafe { Place::in_block(self.block?, self.at) };
            return place.is_published().then_some(place);
        }
        let place = if self.layout.is_endless() {
            self.handle.head_place::<true>(self.at)
        } else {
            self.handle.head_place::<false>(self.at)
        };
        place.filter(Place::is_published)
    }

    fn run(&mut self) {
        let ledger = &self.handle.channel.ledger;
        while self.at != self.tail {
            let mut place = self.published();
            if place.is_none() && self.patient {
                wait_for(|| {
                    place = self.published();
                    place.is_some()
                });
            }
            self.at = self.layout.advance(self.at, 1);
            self.contiguous &= place.is_some();
            if self.contiguous {
                ledger.drained_to(self.at);
            }
            if let Some(place) = place {
                place.unpublish();
                // SAFETY: published, no receiver receives any more, and unpublished now, so taken once.
                drop(unsafe { place.take() });
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
