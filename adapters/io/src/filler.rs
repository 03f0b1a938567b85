//! What all writers have in common: where the next bytes go.

use crate::{
    gather::Gather,
    numbers::Fresh,
    store::{Open, Store},
};

/// How many slots are filled before they are published.
const AT_ONCE: usize = 8;

/// A writer's slot that it may fill further, if there is one.
#[derive(Debug)]
pub(crate) struct Filler {
    store: Store,
    open: Option<Open>,
}

impl Clone for Filler {
    /// The clone has no slot yet.
    fn clone(&self) -> Self {
        Self::new(self.store.clone())
    }
}

impl Filler {
    pub(crate) fn new(store: Store) -> Self {
        Self { store, open: None }
    }

    pub(crate) fn slot_size(&self) -> usize {
        self.store.size()
    }

    /// Fills the open slot further: with all the bytes, or with none if they would all fit into a fresh one, or else with as
    /// many as there is room for. Gives how many.
    #[inline]
    pub(crate) fn append(&mut self, input: &mut impl Gather) -> usize {
        let Some(open) = &mut self.open else { return 0 };
        let (wanted, room) = (input.remaining(), open.room(&self.store));
        if wanted > room && wanted <= self.store.size() {
            return 0;
        }
        let len = wanted.min(room);
        let appended = self.store.append(open, len, |bytes| input.take(bytes));
        if !appended || len == room {
            self.open = None;
        }
        if appended { len } else { 0 }
    }

    /// Fills a fresh slot, and as many of `further` as it takes and can be had, [`AT_ONCE`] in all at most; then publishes them. Gives
    /// how many bytes went into them.
    ///
    /// The reader is woken when all is there: woken by the first slot, it would begin on another core while this one goes on, and
    /// each would wait for the other's caches.
    #[inline]
    pub(crate) fn fill<'a>(
        &mut self,
        fresh: Fresh<'a>,
        further: impl FnMut() -> Option<Fresh<'a>>,
        input: &mut impl Gather,
    ) -> usize {
        let len = self.fill_one(&fresh, input);
        if input.remaining() == 0 {
            self.publish(fresh, len);
            return len;
        }
        len + self.fill_several(fresh, len, further, input)
    }

    /// Gives how many bytes went into the further slots.
    fn fill_several<'a>(
        &mut self,
        first: Fresh<'a>,
        first_len: usize,
        mut further: impl FnMut() -> Option<Fresh<'a>>,
        input: &mut impl Gather,
    ) -> usize {
        let mut filled = [const { None }; AT_ONCE];
        filled[0] = Some((first, first_len));
        let mut written = 0;
        for place in &mut filled[1..] {
            if input.remaining() == 0 {
                break;
            }
            let Some(fresh) = further() else { break };
            let len = self.fill_one(&fresh, input);
            written += len;
            *place = Some((fresh, len));
        }
        Rest { filler: self, filled: filled.into_iter() }.publish();
        written
    }

    fn fill_one(&self, fresh: &Fresh<'_>, input: &mut impl Gather) -> usize {
        let len = input.remaining().min(self.store.size());
        // SAFETY: the permit for this slot is ours.
        unsafe { self.store.fill(fresh.get(), len, |bytes| input.take(bytes)) };
        len
    }

    fn publish(&mut self, fresh: Fresh<'_>, len: usize) {
        let slot = fresh.get();
        // SAFETY: the permit for this slot is ours, and it was filled that far.
        self.open = unsafe { self.store.open(slot, len, || fresh.send()) };
    }
}

/// Slots that are filled and not published. All are in the end, also if a waker panics at one: a reader would miss their bytes.
struct Rest<'f, 'a> {
    filler: &'f mut Filler,
    filled: core::array::IntoIter<Option<(Fresh<'a>, usize)>, AT_ONCE>,
}

impl Rest<'_, '_> {
    fn publish(&mut self) {
        while let Some(Some((fresh, len))) = self.filled.next() {
            self.filler.publish(fresh, len);
        }
    }
}

impl Drop for Rest<'_, '_> {
    fn drop(&mut self) {
        self.publish();
    }
}
