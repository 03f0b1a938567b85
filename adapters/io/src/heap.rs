//! The memory of a pipe on the heap.

use crate::store::{Common, Store, Word};
use alloc::{boxed::Box, sync::Arc, vec};
use core::ptr::NonNull;

/// All that a pipe's stores reach.
#[derive(Debug)]
pub(crate) struct Heap {
    common: Common,
    words: Box<[Word]>,
    /// Owned: made from a box, as long as `len`.
    bytes: NonNull<[u8]>,
    #[cfg(sakia_loom)]
    touched: crate::sync::Touched,
}

// SAFETY: the bytes are plain memory, which stores reach as the table above says.
unsafe impl Send for Heap {}
// SAFETY: as above.
unsafe impl Sync for Heap {}

impl Heap {
    /// Makes the memory for `slots` slots of `size` bytes, zeros, and the store that has it.
    pub(crate) fn store(slots: usize, size: usize) -> Store {
        let bytes = vec![0_u8; slots * size].into_boxed_slice();
        let heap = Arc::new(Self {
            common: Common::new(),
            words: (0..slots).map(|_| Word::new()).collect(),
            bytes: NonNull::from(Box::leak(bytes)),
            #[cfg(sakia_loom)]
            touched: crate::sync::Touched::new(slots * size),
        });
        let (common, words) = (NonNull::from(&heap.common), NonNull::from(&*heap.words).cast());
        // SAFETY: the heap is kept by the store, and as long as it and its clones are; `words` and `bytes` have `slots` slots.
        let store = unsafe { Store::new(common, words, heap.bytes.cast(), size) };
        store.owned_by(heap)
    }

    #[cfg(sakia_loom)]
    pub(crate) fn touched(&self) -> &crate::sync::Touched {
        &self.touched
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        // SAFETY: made by `Box::leak` and freed here alone, when the last store is gone.
        drop(unsafe { Box::from_raw(self.bytes.as_ptr()) });
    }
}
