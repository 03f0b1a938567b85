//! Receiving several messages with one step of the head.

use super::Receiver;
use crate::{
    handle::Handle,
    position::{Layout, Position},
};

impl<T> Receiver<T> {
    /// Takes up to `limit` messages that are there, from `head` on, where one is published.
    pub(super) fn take_many<E: Extend<T>>(&mut self, head: Position, buffer: &mut E, limit: usize) -> usize {
        let layout = self.handle.channel.ledger.receiver_layout();
        let mut batch = Batch { handle: &self.handle, layout, head, next: head, taken: 0, there: 0 };
        batch.there = batch.published(limit.min(layout.capacity()));
        buffer.extend(&mut batch);
        batch.taken
    }
}

/// Messages that are published and being taken. Dropped, it frees the slots of those that were taken.
struct Batch<'a, T> {
    handle: &'a Handle<T>,
    layout: Layout,
    head: Position,
    next: Position,
    taken: usize,
    there: usize,
}

impl<T> Batch<'_, T> {
    fn published(&self, limit: usize) -> usize {
        let mut position = self.head;
        let published = |_: &usize| {
            let found = self.handle.slot(self.layout, position).is_published(self.layout.stamp(position));
            position = self.layout.advance(position, 1);
            found
        };
        (0..limit).take_while(published).count()
    }
}

impl<T> Iterator for Batch<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        if self.taken == self.there {
            return None;
        }
        // SAFETY: one of the `there` published messages from `head` on, whose slots are freed on drop; taken once.
        let message = unsafe { self.handle.slot(self.layout, self.next).take() };
        self.next = self.layout.advance(self.next, 1);
        self.taken += 1;
        Some(message)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.there - self.taken, Some(self.there - self.taken))
    }
}

impl<T> Drop for Batch<'_, T> {
    fn drop(&mut self) {
        if self.taken > 0 {
            self.handle.channel.free_slots(self.head, self.taken);
        }
    }
}
