//! The receive loop, written once: finding out whether the next message is there, or parking until it is.

use crate::{
    ledger::View,
    mpsc::errors::TryRecvError,
    patience::Patience,
    position::Position,
    receiver_waker::{LayOut, ReceiverWaker},
    ring::MARKED,
    sync::{self, spin_for},
};
use core::{
    pin::Pin,
    task::{Context, Poll},
};

/// What the loop needs of a channel. The methods are for its receiver alone.
pub(crate) trait Source {
    /// Where the receiver stands.
    fn head(&self) -> Position;

    /// The message at `head` may be taken.
    fn is_published(&self, head: Position) -> bool;

    /// Asks the sender that is about to publish at `head` to wake the receiver. False: it has published.
    fn mark(&self, head: Position) -> bool;

    /// What there is at `head`.
    fn look(&self, head: Position) -> View;

    /// Sees to senders whose turn is late. True: look again soon.
    fn relieve(&self) -> bool;

    /// The cell for the receiver's waker.
    fn waker(&self) -> &ReceiverWaker;

    /// Whether the receiver looks again before it parks.
    fn patience(&self) -> &Patience;

    /// Announces that the waker is laid out, and looks at the same moment.
    fn park(&self, head: Position) -> View;

    /// Withdraws that. False: somebody else was faster.
    fn unpark(&self) -> bool;
}

/// The position of the next message, if that is published.
#[inline(always)]
pub(crate) fn try_look(source: &impl Source) -> Result<Position, TryRecvError> {
    let head = source.head();
    if source.is_published(head) { Ok(head) } else { try_look_again(source, head) }
}

#[cold]
fn try_look_again(source: &impl Source, head: Position) -> Result<Position, TryRecvError> {
    match source.look(head) {
        View::Finished => Err(TryRecvError::Closed),
        View::Empty => {
            source.relieve();
            Err(TryRecvError::Empty)
        }
        View::Claimed => {
            let published = || source.is_published(head);
            let found = spin_for(published);
            // The sender is between two instructions; with threads to give way to, it will run.
            #[cfg(feature = "std")]
            while !published() {
                sync::yield_thread();
            }
            if found || cfg!(feature = "std") { Ok(head) } else { Err(TryRecvError::Empty) }
        }
    }
}

/// The position of the next message; `None` if there will never be one.
#[inline(always)]
pub(crate) fn poll_look(source: &impl Source, context: &mut Context<'_>) -> Poll<Option<Position>> {
    let head = source.head();
    if source.is_published(head) { Poll::Ready(Some(head)) } else { poll_look_again(source, context, head) }
}

/// Waits for the next message, and is Ready with what `then` has made of its position; None: there will never be one.
#[derive(Debug)]
pub(crate) struct Look<'a, S, F> {
    source: &'a S,
    then: F,
}

impl<S, F> Unpin for Look<'_, S, F> {}

impl<'a, S: Source, F> Look<'a, S, F> {
    /// The caller is the receiver, which is borrowed for `'a`, and mutably.
    #[inline]
    pub(crate) fn new(source: &'a S, then: F) -> Self {
        Self { source, then }
    }
}

impl<S: Source, O, F: FnMut(Option<Position>) -> O> Future for Look<'_, S, F> {
    type Output = O;

    // Inlined, what it gives stays in registers: copied through memory it costs more than all the rest.
    #[inline(always)]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<O> {
        poll_look(self.source, context).map(&mut self.then)
    }
}

#[inline(never)]
fn poll_look_again(source: &impl Source, context: &mut Context<'_>, head: Position) -> Poll<Option<Position>> {
    let published = || source.is_published(head);
    // First, as the next look is at a word that senders write.
    if source.patience().is_due()
        && let Some(poll) = source.patience().look_again(|| published().then_some(Some(head))).poll(context)
    {
        return poll;
    }
    match source.look(head) {
        View::Finished => return Poll::Ready(None),
        View::Empty if source.relieve() => return yield_now(context),
        View::Empty => {}
        View::Claimed if spin_for(published) => return Poll::Ready(Some(head)),
        View::Claimed if MARKED => {}
        View::Claimed => return yield_now(context),
    }
    unpark(source);
    // SAFETY: this is the receiver, and PARKED is clear.
    match unsafe { source.waker().lay_out(context.waker()) } {
        LayOut::Done => {}
        LayOut::Same => return Poll::Pending,
        LayOut::Other => return yield_now(context),
    }
    match source.park(head) {
        View::Empty => Poll::Pending,
        // The sender that publishes here finds the mark and wakes.
        View::Claimed if MARKED && source.mark(head) => Poll::Pending,
        view => {
            unpark(source);
            match view {
                View::Finished => Poll::Ready(None),
                _ if spin_for(published) => Poll::Ready(Some(head)),
                _ => yield_now(context),
            }
        }
    }
}

/// Lets others run, among them a sender that is about to be done.
#[cold]
fn yield_now(context: &Context<'_>) -> Poll<Option<Position>> {
    sync::spin();
    context.waker().wake_by_ref();
    Poll::Pending
}

/// Makes PARKED clear, and the waker ours again unless a sender is just taking it.
fn unpark(source: &impl Source) {
    if source.waker().is_out() && source.unpark() {
        source.waker().take_home();
    }
}

#[cfg(all(test, feature = "std", not(sakia_loom)))]
mod tests {
    use super::*;
    use crate::patience::MAX_FOUND;
    use core::{
        cell::Cell,
        sync::atomic::{AtomicU32, Ordering},
        task::Waker,
    };
    use std::sync::Arc;

    /// Has nothing at the first look, and a message at the second.
    struct Fed {
        looks: Cell<u32>,
        patience: Patience,
        waker: ReceiverWaker,
    }

    impl Source for Fed {
        fn head(&self) -> Position {
            0
        }

        fn is_published(&self, _: Position) -> bool {
            self.looks.replace(self.looks.get() + 1) > 0
        }

        fn mark(&self, _: Position) -> bool {
            false
        }

        fn look(&self, _: Position) -> View {
            View::Empty
        }

        fn relieve(&self) -> bool {
            false
        }

        fn waker(&self) -> &ReceiverWaker {
            &self.waker
        }

        fn patience(&self) -> &Patience {
            &self.patience
        }

        fn park(&self, _: Position) -> View {
            View::Empty
        }

        fn unpark(&self) -> bool {
            true
        }
    }

    struct Wakes(AtomicU32);

    impl std::task::Wake for Wakes {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_receiver_that_always_finds_something_yields_now_and_then() {
        let fed = Fed { looks: Cell::new(0), patience: Patience::new(1), waker: ReceiverWaker::new() };
        let wakes = Arc::new(Wakes(AtomicU32::new(0)));
        let waker = Waker::from(wakes.clone());
        let found_by_a_poll = || {
            fed.looks.set(0);
            poll_look(&fed, &mut Context::from_waker(&waker)).is_ready()
        };
        assert!((0..30).all(|_| !found_by_a_poll()), "the first waits do not look");
        for turn in 0..4 {
            assert!((0..MAX_FOUND).all(|_| found_by_a_poll()));
            assert_eq!(wakes.0.load(Ordering::Relaxed), turn);
            assert!(!found_by_a_poll());
        }
        assert_eq!(wakes.0.load(Ordering::Relaxed), 4, "it wakes itself");
    }
}
