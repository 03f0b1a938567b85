//! What the bodies share.

use core::{
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::atomic::{AtomicUsize, Ordering},
    task::{Context, Poll, Waker},
};
use std::{
    panic::catch_unwind,
    sync::{Arc, Mutex},
    task::Wake,
};

/// Counts its wakes.
pub(crate) struct Flag(AtomicUsize);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Flag {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(AtomicUsize::new(0)))
    }

    /// How many wakes there were.
    pub(crate) fn wakes(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    pub(crate) fn poll<F: Future + ?Sized>(self: &Arc<Self>, future: Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(&self.clone().into()))
    }

    pub(crate) fn with<T>(self: &Arc<Self>, body: impl FnOnce(&mut Context<'_>) -> T) -> T {
        body(&mut Context::from_waker(&Waker::from(self.clone())))
    }
}

/// A receiver's task: whether it waits, and was woken since. A wake that comes after it was Ready is of no use to it, so
/// whether there is one is not compared.
pub(crate) struct Task {
    flag: Arc<Flag>,
    /// The wakes when it began to wait.
    waits: Option<usize>,
}

impl Task {
    pub(crate) fn new() -> Self {
        Self { flag: Flag::new(), waits: None }
    }

    pub(crate) fn poll<T>(&mut self, body: impl FnOnce(&mut Context<'_>) -> Poll<T>) -> Poll<T> {
        let before = self.flag.wakes();
        let polled = self.flag.with(body);
        self.waits = polled.is_pending().then_some(before);
        polled
    }

    /// It does something else than wait.
    pub(crate) fn acts(&mut self) {
        self.waits = None;
    }

    /// None: it does not wait.
    pub(crate) fn is_woken(&self) -> Option<bool> {
        self.waits.map(|before| self.flag.wakes() > before)
    }
}

/// Polls once.
pub(crate) fn now<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls once what must be ready.
pub(crate) fn ready<F: Future>(future: F) -> F::Output {
    match now(core::pin::pin!(future)) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it has to wait"),
    }
}

/// Polls once and drops the future.
pub(crate) fn is_pending<F: Future>(future: F) -> bool {
    now(core::pin::pin!(future)).is_pending()
}

/// A panic's message and the file it blames.
pub(crate) fn panic_of<T>(body: impl FnOnce() -> T) -> Option<(String, String)> {
    static HOOK: Mutex<()> = Mutex::new(());
    static FILE: Mutex<String> = Mutex::new(String::new());
    let _one_at_a_time = HOOK.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let before = std::panic::take_hook();
    let thread = std::thread::current().id();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().id() == thread {
            *FILE.lock().unwrap() = info.location().map_or(String::new(), |location| location.file().to_owned());
        }
    }));
    let caught = catch_unwind(AssertUnwindSafe(body)).err();
    std::panic::set_hook(before);
    let payload = caught?;
    let message = payload.downcast_ref::<String>().cloned();
    let message = message.or_else(|| payload.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default();
    Some((message, FILE.lock().unwrap().clone()))
}

/// A generator of numbers: splitmix64.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5a5a)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
}
