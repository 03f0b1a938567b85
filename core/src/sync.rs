//! The one file that names `core`, `portable-atomic`, `critical-section` or loom: atomics, cells, the lock, and what a
//! thread does while it waits for another to finish a few instructions.

#[cfg(not(any(sakia_loom, feature = "portable-atomic")))]
pub(crate) use core::sync::atomic;
#[cfg(sakia_loom)]
pub(crate) use loom::sync::atomic;
#[cfg(all(feature = "portable-atomic", not(sakia_loom)))]
pub(crate) use portable_atomic as atomic;

pub(crate) use cell::UnsafeCell;
pub(crate) use lock::Lock;

/// Declares a function that is `const`, but for loom, whose types have no `const` constructors.
macro_rules! const_unless_loom {
    ($(#[$meta:meta])* $vis:vis fn $($rest:tt)*) => {
        #[cfg(not(sakia_loom))]
        $(#[$meta])* $vis const fn $($rest)*
        #[cfg(sakia_loom)]
        $(#[$meta])* $vis fn $($rest)*
    };
}
pub(crate) use const_unless_loom;

#[cfg(sakia_loom)]
mod cell {
    pub(crate) use loom::cell::UnsafeCell;
}

#[cfg(not(sakia_loom))]
mod cell {
    /// `core`'s cell with loom's way in: the pointer is lent to a closure, whose extent loom checks for races.
    #[derive(Debug)]
    #[repr(transparent)]
    pub(crate) struct UnsafeCell<T: ?Sized>(core::cell::UnsafeCell<T>);

    impl<T> UnsafeCell<T> {
        pub(crate) const fn new(value: T) -> Self {
            Self(core::cell::UnsafeCell::new(value))
        }
    }

    impl<T: ?Sized> UnsafeCell<T> {
        #[inline(always)]
        pub(crate) fn with<R>(&self, f: impl FnOnce(*const T) -> R) -> R {
            f(self.0.get())
        }

        #[inline(always)]
        pub(crate) fn with_mut<R>(&self, f: impl FnOnce(*mut T) -> R) -> R {
            f(self.0.get())
        }
    }
}

/// How often a caller looks again for what another thread is about to finish, before it gives up its turn.
#[cfg(not(sakia_loom))]
const SPINS: usize = 32;
#[cfg(sakia_loom)]
const SPINS: usize = 1;

/// One turn of a bounded spin.
#[inline]
pub(crate) fn spin() {
    #[cfg(not(sakia_loom))]
    core::hint::spin_loop();
    #[cfg(sakia_loom)]
    loom::thread::yield_now();
}

/// Gives up the rest of this thread's time slice, where there are threads.
#[inline]
#[cfg(feature = "std")]
pub(crate) fn yield_thread() {
    #[cfg(not(sakia_loom))]
    std::thread::yield_now();
    #[cfg(sakia_loom)]
    loom::thread::yield_now();
}

/// Looks a few times again whether a sender that is between claiming and publishing is done: a few instructions, unless it
/// was suspended there.
pub(crate) fn spin_for(mut done: impl FnMut() -> bool) -> bool {
    (0..SPINS).any(|_| {
        spin();
        done()
    })
}

/// Another thread was faster at a word that many change. It keeps the word's line for a while, which is faster for both than to
/// have it back at once.
#[cold]
#[inline(never)]
pub(crate) fn back_off() {
    #[cfg(not(sakia_loom))]
    for _ in 0..BACK_OFF {
        core::hint::spin_loop();
    }
}

/// The same, and then what the word is by then: it was `found`.
#[inline]
pub(crate) fn back_off_from<T>(found: T, look_again: impl FnOnce() -> T) -> T {
    // For loom, which has no time, one look is as good as the other, and one less to try out.
    if cfg!(sakia_loom) {
        return found;
    }
    back_off();
    look_again()
}

/// A microsecond or a part of it, as the core has it: several messages of the other thread.
#[cfg(not(sakia_loom))]
const BACK_OFF: u32 = 32;

/// Waits longer for the same, where there are threads to give way to. Bounded.
pub(crate) fn wait_for(mut done: impl FnMut() -> bool) -> bool {
    let found = spin_for(&mut done);
    #[cfg(feature = "std")]
    if !found && !cfg!(sakia_loom) {
        return (0..1_000).any(|_| {
            yield_thread();
            done()
        });
    }
    found
}

/// Puts a thread to sleep, and wakes it.
#[cfg(feature = "std")]
#[derive(Debug)]
pub(crate) struct Bed {
    #[cfg(not(sakia_loom))]
    thread: std::thread::Thread,
    // Loom's `unpark` would also wake a thread that waits for something else.
    #[cfg(sakia_loom)]
    notify: loom::sync::Notify,
}

#[cfg(all(feature = "std", not(sakia_loom)))]
impl Bed {
    /// For the thread that calls.
    pub(crate) fn new() -> Self {
        Self { thread: std::thread::current() }
    }

    /// Sleeps until woken, for `timeout` at most; or ends earlier, for no reason.
    pub(crate) fn sleep(&self, timeout: Option<core::time::Duration>) {
        match timeout {
            None => std::thread::park(),
            Some(timeout) => std::thread::park_timeout(timeout),
        }
    }

    pub(crate) fn wake(&self) {
        self.thread.unpark();
    }
}

#[cfg(all(feature = "std", sakia_loom))]
impl Bed {
    pub(crate) fn new() -> Self {
        Self { notify: loom::sync::Notify::new() }
    }

    /// Loom has no time: a sleep with a timeout may end at any moment.
    pub(crate) fn sleep(&self, timeout: Option<core::time::Duration>) {
        match timeout {
            None => self.notify.wait(),
            Some(_) => loom::thread::yield_now(),
        }
    }

    pub(crate) fn wake(&self) {
        self.notify.notify();
    }
}

/// True if this thread is unwinding, where that can be told.
#[inline]
pub(crate) fn is_unwinding() -> bool {
    #[cfg(feature = "std")]
    return std::thread::panicking();
    #[cfg(not(feature = "std"))]
    false
}

/// Ends the process, since a counter is about to overflow and to go on would be unsound.
#[cold]
pub(crate) fn abort(reason: &str) -> ! {
    #[cfg(feature = "std")]
    {
        std::eprintln!("sakia: {reason}");
        std::process::abort();
    }
    #[cfg(not(feature = "std"))]
    {
        // Without an operating system, a panic while panicking is what ends the program.
        struct Bomb<'a>(&'a str);
        impl Drop for Bomb<'_> {
            fn drop(&mut self) {
                panic!("sakia: {}", self.0);
            }
        }
        let _bomb = Bomb(reason);
        panic!("sakia: {reason}");
    }
}

/// Does something when it is dropped: also if what comes before panics.
#[derive(Debug)]
pub(crate) struct OnDrop<F: FnMut()>(pub(crate) F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// A lock held for pointer moves only: no waker and no message is touched under it.
#[cfg(any(sakia_loom, feature = "std"))]
mod lock {
    #[cfg(sakia_loom)]
    use loom::sync::Mutex;
    #[cfg(not(sakia_loom))]
    use std::sync::Mutex;

    #[derive(Debug)]
    pub(crate) struct Lock<T>(Mutex<T>);

    impl<T> Lock<T> {
        super::const_unless_loom! {
            pub(crate) fn new(value: T) -> Self {
                Self(Mutex::new(value))
            }
        }

        #[inline]
        pub(crate) fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
            // Nothing under the lock panics, so a poisoned one is whole.
            f(&mut self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
        }
    }
}

/// A lock that masks interrupts, so that a call in an interrupt never meets it taken by the code it interrupted.
#[cfg(all(feature = "critical-section", not(any(sakia_loom, feature = "std"))))]
mod lock {
    use core::cell::UnsafeCell;

    #[derive(Debug)]
    pub(crate) struct Lock<T>(UnsafeCell<T>);

    // SAFETY: the value is reached only inside a critical section, one at a time.
    unsafe impl<T: Send> Sync for Lock<T> {}

    impl<T> Lock<T> {
        pub(crate) const fn new(value: T) -> Self {
            Self(UnsafeCell::new(value))
        }

        #[inline]
        pub(crate) fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
            // SAFETY: critical sections exclude each other, and `f` never enters this lock again.
            critical_section::with(|_| f(unsafe { &mut *self.0.get() }))
        }
    }
}

/// A spin lock, for systems with several threads and no `std`.
#[cfg(not(any(sakia_loom, feature = "std", feature = "critical-section")))]
mod lock {
    use super::atomic::{AtomicBool, Ordering};
    use core::cell::UnsafeCell;

    #[derive(Debug)]
    pub(crate) struct Lock<T> {
        taken: AtomicBool,
        value: UnsafeCell<T>,
    }

    // SAFETY: the value is reached only by who holds `taken`, one at a time.
    unsafe impl<T: Send> Sync for Lock<T> {}

    impl<T> Lock<T> {
        pub(crate) const fn new(value: T) -> Self {
            Self { taken: AtomicBool::new(false), value: UnsafeCell::new(value) }
        }

        #[inline]
        pub(crate) fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
            // Acquire pairs with the Release store below: what the last holder wrote is seen.
            while self.taken.compare_exchange_weak(false, true, Ordering::Acquire, Ordering::Relaxed).is_err() {
                super::spin();
            }
            // SAFETY: `taken` was false and is ours now, and `f` never enters this lock again.
            let result = f(unsafe { &mut *self.value.get() });
            // Release pairs with the Acquire exchange above. `f` does not panic.
            self.taken.store(false, Ordering::Release);
            result
        }
    }
}
