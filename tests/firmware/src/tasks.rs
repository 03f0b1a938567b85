//! Helpers for tasks.

/// Checks that what each of two producers sent comes in order; counts them.
#[derive(Default)]
pub struct Arrivals {
    next: [u32; 2],
    /// Messages received, of each producer.
    pub counts: [u32; 2],
}

impl Arrivals {
    /// A message arrives.
    pub fn note(&mut self, (producer, number): (usize, u32)) {
        assert!(number >= self.next[producer], "{} of producer {} came late", number, producer);
        self.next[producer] = number + 1;
        self.counts[producer] += 1;
    }
}
