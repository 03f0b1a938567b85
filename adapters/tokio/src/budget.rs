//! Being a good neighbour in a tokio runtime: its cooperative budget, and its ban on blocking.
//!
//! Without the `rt` feature there is neither, as in tokio itself.

#[cfg(feature = "rt")]
pub(crate) use with_runtime::{forbid_in_runtime, poll_proceed, proceed, try_proceed};
#[cfg(not(feature = "rt"))]
pub(crate) use without_runtime::{forbid_in_runtime, poll_proceed, proceed, try_proceed};

#[cfg(feature = "rt")]
mod with_runtime {
    use core::{
        future::poll_fn,
        task::{Context, Poll, Waker},
    };
    use tokio::{sync::RwLock, task::coop::RestoreOnPending};

    /// Takes a unit of the task's budget, which comes back unless [`RestoreOnPending::made_progress`] is called. Pending:
    /// there is none left in this turn, and the task will be woken for the next.
    #[inline]
    pub(crate) fn poll_proceed(context: &mut Context<'_>) -> Poll<RestoreOnPending> {
        tokio::task::coop::poll_proceed(context)
    }

    /// As [`poll_proceed`], for who goes on without a unit: nobody is woken.
    #[inline]
    pub(crate) fn try_proceed() -> Option<RestoreOnPending> {
        // Asked first, lest the runtime is given a waker of nobody.
        if !tokio::task::coop::has_budget_remaining() {
            return None;
        }
        match poll_proceed(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(unit) => Some(unit),
            Poll::Pending => None,
        }
    }

    /// Spends a unit of the task's budget, in its next turn if need be.
    pub(crate) async fn proceed() {
        if try_proceed().map(|unit| unit.made_progress()).is_none() {
            poll_fn(|context| poll_proceed(context).map(|unit| unit.made_progress())).await;
        }
    }

    /// Panics where tokio forbids to block the thread: where it drives tasks, but not in `spawn_blocking`.
    ///
    /// Only tokio can tell the two apart, so it is asked by one of its own blocking calls, which never blocks: nobody ever
    /// writes.
    #[track_caller]
    pub(crate) fn forbid_in_runtime() {
        static NEVER_WRITTEN: RwLock<()> = RwLock::const_new(());
        drop(NEVER_WRITTEN.blocking_read());
    }
}

#[cfg(not(feature = "rt"))]
mod without_runtime {
    use core::task::{Context, Poll};

    /// Stands for a unit of a budget that has no end.
    pub(crate) struct Unlimited;

    impl Unlimited {
        #[inline]
        pub(crate) fn made_progress(self) {}
    }

    #[inline]
    pub(crate) fn poll_proceed(_context: &mut Context<'_>) -> Poll<Unlimited> {
        Poll::Ready(Unlimited)
    }

    #[inline]
    pub(crate) fn try_proceed() -> Option<Unlimited> {
        Some(Unlimited)
    }

    pub(crate) async fn proceed() {}

    pub(crate) fn forbid_in_runtime() {}
}
