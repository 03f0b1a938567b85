//! A thread that waits: it polls the same future as a task does, with a waker that unparks it.

use crate::sync::{
    Bed,
    atomic::{AtomicBool, Ordering},
};
use alloc::{sync::Arc, task::Wake};
use core::{
    cell::Cell,
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};
use std::time::Instant;

/// Rounds of looking again, each twice as long as the last. None in models, where they are but more steps.
const SPINS: u32 = if cfg!(sakia_loom) { 0 } else { 5 };
/// Rounds of looking again after other threads have run.
const YIELDS: u32 = if cfg!(sakia_loom) { 0 } else { 10 };
/// How many waits in a row may end while the thread gives way, before one is slept through instead.
///
/// Threads that share a core would share it on and on by giving way, also beside an idle one: a scheduler looks for a core for
/// a thread when that is woken.
const MAX_YIELDED: u32 = 32;

/// Unparks its thread.
#[derive(Debug)]
struct Parker {
    bed: Bed,
    woken: AtomicBool,
}

impl Wake for Parker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // Release pairs with the Acquire in `wait`: what the waker did is seen by the poll that follows.
        if !self.woken.swap(true, Ordering::Release) {
            self.bed.wake();
        }
    }
}

impl Parker {
    fn new() -> Arc<Self> {
        Arc::new(Self { bed: Bed::new(), woken: AtomicBool::new(false) })
    }

    /// Parks until woken; false if the deadline came first.
    fn wait(&self, deadline: Option<Instant>) -> bool {
        // Acquire: see `wake_by_ref`.
        if self.woken.swap(false, Ordering::Acquire) {
            // Woken already, perhaps by itself, to wait for a sender that has to run first.
            crate::sync::yield_thread();
            return true;
        }
        if let Some(in_time) = self.is_woken_soon(deadline) {
            return in_time;
        }
        YIELDED.set(0);
        while !self.woken.swap(false, Ordering::Acquire) {
            match deadline {
                None => self.bed.sleep(None),
                Some(deadline) => match remaining(deadline) {
                    Some(rest) => self.bed.sleep(Some(rest)),
                    None => return false,
                },
            }
        }
        true
    }

    /// True: woken. False: the deadline came first.
    fn is_woken_soon(&self, deadline: Option<Instant>) -> Option<bool> {
        find_soon(|| {
            // Relaxed: a look that saves the exchange. Acquire: see `wake_by_ref`.
            let woken = self.woken.load(Ordering::Relaxed) && self.woken.swap(false, Ordering::Acquire);
            let late = || deadline.is_some_and(|deadline| remaining(deadline).is_none());
            if woken { Some(true) } else { late().then_some(false) }
        })
    }
}

/// Looks for something again and again for a few microseconds, which is less than it takes to sleep and to be woken; then after
/// other threads have run, a few times, as what is looked for may be theirs. After that it is better to sleep.
pub(crate) fn find_soon<T>(mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let spun = (0..SPINS).find_map(|round| {
        (0..1 << round).for_each(|_| crate::sync::spin());
        look()
    });
    if spun.is_some() {
        YIELDED.set(0);
        return spun;
    }
    let yields = if YIELDED.get() < MAX_YIELDED { YIELDS } else { 0 };
    let found = (0..yields).find_map(|_| {
        crate::sync::yield_thread();
        look()
    });
    if found.is_some() {
        YIELDED.set(YIELDED.get() + 1);
    }
    found
}

fn remaining(deadline: Instant) -> Option<Duration> {
    deadline.checked_duration_since(Instant::now()).filter(|rest| !rest.is_zero())
}

std::thread_local! {
    /// How many waits of this thread in a row have ended while it gave way.
    static YIELDED: Cell<u32> = const { Cell::new(0) };
}

#[cfg(not(sakia_loom))]
std::thread_local! {
    /// The parker of this thread, made once; taken out while in use, since a waker's code may block again in itself.
    static PARKER: Cell<Option<Arc<Parker>>> = const { Cell::new(None) };
}

/// Gives `f` a parker of this thread.
fn with_parker<R>(f: impl FnOnce(&Arc<Parker>) -> R) -> R {
    #[cfg(not(sakia_loom))]
    {
        let kept = PARKER.try_with(Cell::take).ok().flatten();
        let parker = kept.unwrap_or_else(Parker::new);
        let result = f(&parker);
        // Where the thread is ending, there is no place to keep it.
        let _ = PARKER.try_with(|cell| cell.set(Some(parker)));
        result
    }
    #[cfg(sakia_loom)]
    f(&Parker::new())
}

/// Blocks this thread until `future` is done.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    match block_until(future, None) {
        Some(output) => output,
        None => unreachable!("no deadline was given"),
    }
}

/// Blocks this thread until `future` is done, or until `deadline`: then the future is dropped, which unlinks it.
pub(crate) fn block_until<F: Future>(future: F, deadline: Option<Instant>) -> Option<F::Output> {
    let mut future = pin!(future);
    with_parker(|parker| {
        let waker = Waker::from(parker.clone());
        let mut context = Context::from_waker(&waker);
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                return Some(output);
            }
            if !parker.wait(deadline) {
                return None;
            }
        }
    })
}

/// When a wait of this length that begins now ends; None for one that is too long to be told from endless.
pub(crate) fn deadline(timeout: Duration) -> Option<Instant> {
    Instant::now().checked_add(timeout)
}
