//! Receiving several messages with one step of the head.

use super::Receiver;
use crate::{
    handle::{Handle, Received},
    position::{Layout, Position},
    receiving::Source,
};

impl<T> Receiver<T> {
    /// Takes up to `limit` messages that are there, from `head` on, where one is published.
    pub(super) fn take_many<const CHAINED: bool, E: Extend<T>>(
        &mut self,
        head: Position,
        buffer: &mut E,
        limit: usize,
    ) -> usize {
        let layout = self.handle.channel.ledger.receiver_layout();
        let mut batch = Batch::<T, CHAINED> { handle: &self.handle, layout, head, next: head, taken: 0, most: 0 };
        let most = limit.min(self.handle.channel.ledger.len());
        batch.most = if CHAINED { most } else { batch.published(most) };
        buffer.extend(&mut batch);
        batch.taken
    }
}

/// Messages that are published and being taken. Dropped, it frees the slots of those that were taken.
struct Batch<'a, T, const CHAINED: bool> {
    handle: &'a Handle<T>,
    layout: Layout,
    head: Position,
    next: Position,
    taken: usize,
    /// How many there were when the batch was begun: so it ends, however fast more come. In a ring, all of them were
    /// published; in a chain, one can't look ahead without moving on.
    most: usize,
}

impl<T, const CHAINED: bool> Batch<'_, T, CHAINED> {
    /// How many messages from `head` on are published, up to `limit`.
    fn published(&self, limit: usize) -> usize {
        let mut position = self.head;
        let published = |_: &usize| {
            let found = Received::<T, CHAINED>(self.handle).is_published(position);
            position = self.layout.advance_in::<CHAINED>(position, 1);
            found
        };
        (0..limit).take_while(published).count()
    }
}

impl<T, const CHAINED: bool> Iterator for Batch<'_, T, CHAINED> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        if self.taken == self.most {
            return None;
        }
        let place = self.handle.head_place::<CHAINED>(self.next)?;
        if CHAINED && !place.is_published() {
            return None;
        }
        // SAFETY: published, and it is freed on drop; taken once.
        let message = unsafe { place.take() };
        self.next = self.layout.advance_in::<CHAINED>(self.next, 1);
        self.taken += 1;
        Some(message)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.most - self.taken;
        (if CHAINED { 0 } else { left }, Some(left))
    }
}

impl<T, const CHAINED: bool> Drop for Batch<'_, T, CHAINED> {
    fn drop(&mut self) {
        if self.taken > 0 {
            self.handle.channel.free_slots::<CHAINED>(self.head, self.taken);
        }
    }
}
