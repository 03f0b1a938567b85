//! Messages that are counted, and the counts.

use core::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::Arc;

/// Counts of one round.
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) made: AtomicU64,
    pub(crate) sent: AtomicU64,
    pub(crate) received: AtomicU64,
    pub(crate) returned: AtomicU64,
    pub(crate) cancelled: AtomicU64,
    pub(crate) dropped: AtomicU64,
}

/// What came of messages.
#[derive(Debug, Default)]
pub(crate) struct Account {
    pub(crate) made: u64,
    pub(crate) sent: u64,
    pub(crate) received: u64,
    /// Given back in an error.
    pub(crate) returned: u64,
    /// Dropped with the future that was to send them.
    pub(crate) cancelled: u64,
    /// Dropped by a receiver that went.
    pub(crate) left: u64,
}

impl Account {
    pub(crate) fn add(&mut self, other: Self) {
        self.made += other.made;
        self.sent += other.sent;
        self.received += other.received;
        self.returned += other.returned;
        self.cancelled += other.cancelled;
        self.left += other.left;
    }
}

impl Counts {
    /// The balance, once nothing of the channel is left. `drained`: the receiver has received to the end.
    pub(crate) fn balance(&self, drained: bool) -> Account {
        let [made, sent, received, returned, cancelled, dropped] =
            [&self.made, &self.sent, &self.received, &self.returned, &self.cancelled, &self.dropped]
                .map(|count| count.load(SeqCst));
        assert_eq!(dropped, made, "each message is dropped once");
        assert_eq!(sent + returned + cancelled, made, "each was sent, returned or cancelled");
        let left = sent.checked_sub(received).expect("no message is received twice");
        assert!(!drained || left == 0, "{left} messages lost");
        Account { made, sent, received, returned, cancelled, left }
    }
}

/// The `n`th message of a task.
pub(crate) struct Counted {
    pub(crate) task: usize,
    pub(crate) n: u64,
    counts: Arc<Counts>,
}

impl Counted {
    pub(crate) fn new(task: usize, n: u64, counts: &Arc<Counts>) -> Self {
        counts.made.fetch_add(1, SeqCst);
        Self { task, n, counts: counts.clone() }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.counts.dropped.fetch_add(1, SeqCst);
    }
}
