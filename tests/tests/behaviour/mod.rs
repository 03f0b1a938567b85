//! What the tests of behaviour share: futures polled by hand, messages whose drops are counted, and panics caught with
//! their place.
#![allow(dead_code, reason = "each test file uses its part")]

pub(crate) mod strings;
pub(crate) mod wakers;

use core::{
    cell::RefCell,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    task::{Context, Poll, Waker},
};
use std::{
    panic::catch_unwind,
    sync::{Arc, Once},
};

use sakia::mpsc::{Builder, Receiver, Sender};
use sakia_tests::FlagWaker;

/// Overtaking limits for what holds with any: strict, the smallest, and one that is not reached.
pub(crate) const LIMITS: [u32; 3] = [0, 1, 1_000];

/// A channel in which nobody overtakes.
pub(crate) fn strict<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    Builder::new(capacity).overtaking(0).channel()
}

/// A future polled by hand, with a waker of its own that counts.
pub(crate) struct Polled<'a, T> {
    future: Pin<Box<dyn Future<Output = T> + 'a>>,
    flag: Arc<FlagWaker>,
}

impl<'a, T> Polled<'a, T> {
    pub(crate) fn new(future: impl Future<Output = T> + 'a) -> Self {
        Self { future: Box::pin(future), flag: FlagWaker::new() }
    }

    /// Polls.
    pub(crate) fn poll(&mut self) -> Poll<T> {
        self.poll_with(&self.flag.waker())
    }

    /// Polls with another waker.
    pub(crate) fn poll_with(&mut self, waker: &Waker) -> Poll<T> {
        self.future.as_mut().poll(&mut Context::from_waker(waker))
    }

    /// Polls, and must be Pending.
    #[track_caller]
    pub(crate) fn assert_pending(&mut self) {
        assert!(self.poll().is_pending(), "the future is ready");
    }

    /// Polls, and must be Ready.
    #[track_caller]
    pub(crate) fn ready(&mut self) -> T {
        match self.poll() {
            Poll::Ready(output) => output,
            Poll::Pending => panic!("the future is pending"),
        }
    }

    /// Wakes since the last call of this.
    pub(crate) fn wakes(&self) -> usize {
        self.flag.take()
    }

    /// Wakers that the channel keeps of this.
    pub(crate) fn wakers(&self) -> usize {
        self.flag.wakers()
    }

    /// Leaks the future, as a task does that is never polled or dropped again.
    pub(crate) fn forget(self) {
        core::mem::forget(self.future);
    }
}

/// A future that was polled once and is Pending.
#[track_caller]
pub(crate) fn parked<'a, T>(future: impl Future<Output = T> + 'a) -> Polled<'a, T> {
    let mut polled = Polled::new(future);
    polled.assert_pending();
    polled
}

/// The output of a future that is ready at the first poll.
#[track_caller]
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    Polled::new(future).ready()
}

/// `poll_recv` with a waker of this counter.
pub(crate) fn poll_recv<T>(receiver: &mut Receiver<T>, flag: &Arc<FlagWaker>) -> Poll<Option<T>> {
    receiver.poll_recv(&mut Context::from_waker(&flag.waker()))
}

/// Everything that is in the channel.
pub(crate) fn drain<T>(receiver: &mut Receiver<T>) -> Vec<T> {
    receiver.try_iter().collect()
}

/// Counts drops of the messages it makes.
#[derive(Clone, Default)]
pub(crate) struct Drops(Arc<AtomicUsize>);

impl Drops {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn message(&self, n: u32) -> Message {
        Message { n, panics: false, drops: self.clone() }
    }

    /// A message whose drop counts and then panics.
    pub(crate) fn panicking(&self, n: u32) -> Message {
        Message { n, panics: true, drops: self.clone() }
    }

    pub(crate) fn count(&self) -> usize {
        self.0.load(SeqCst)
    }
}

/// A message that counts its drop.
pub(crate) struct Message {
    pub(crate) n: u32,
    panics: bool,
    drops: Drops,
}

impl Drop for Message {
    fn drop(&mut self) {
        self.drops.0.fetch_add(1, SeqCst);
        assert!(!self.panics, "a message's drop panics");
    }
}

/// A panic that was caught.
#[derive(Debug)]
pub(crate) struct Panic {
    pub(crate) message: String,
    pub(crate) file: String,
    pub(crate) line: u32,
}

std::thread_local! {
    /// Panics of this thread that are not printed but kept, while it is `Some`.
    static KEPT: RefCell<Option<Vec<Panic>>> = const { RefCell::new(None) };
}

/// Runs `body` and gives its panic, which is not printed.
pub(crate) fn panic_of<T>(body: impl FnOnce() -> T) -> Option<Panic> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let location = info.location().expect("a panic has a place");
            let payload = info.payload();
            let text = payload.downcast_ref::<&str>().copied();
            let message =
                text.or_else(|| payload.downcast_ref::<String>().map(|text| &**text)).unwrap_or_default().to_owned();
            let panic = Panic { message, file: location.file().to_owned(), line: location.line() };
            let kept = KEPT.with_borrow_mut(|kept| kept.as_mut().map(|kept| kept.push(panic)).is_some());
            if !kept {
                before(info);
            }
        }));
    });
    KEPT.set(Some(Vec::new()));
    let result = catch_unwind(AssertUnwindSafe(|| drop(body())));
    let kept = KEPT.take().unwrap_or_default();
    result.err().map(|_| kept.into_iter().next().expect("the hook has seen it"))
}

/// What a channel says of an overtaking limit that was asked for: in the narrow packing, all are strict.
pub(crate) fn overtaking(asked: u32) -> u32 {
    if cfg!(any(sakia_narrow, not(target_has_atomic = "64"))) { 0 } else { asked }
}
