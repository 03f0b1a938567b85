//! The one file that names `core`'s atomics and cells, `portable-atomic` or loom.

#[cfg(not(any(sakia_loom, feature = "portable-atomic")))]
pub(crate) use core::sync::atomic;
#[cfg(sakia_loom)]
pub(crate) use loom::sync::atomic;
#[cfg(all(feature = "portable-atomic", not(sakia_loom)))]
pub(crate) use portable_atomic as atomic;

#[cfg(not(sakia_loom))]
pub(crate) use cell::UnsafeCell;
#[cfg(sakia_loom)]
pub(crate) use loom::cell::UnsafeCell;

#[cfg(not(sakia_loom))]
mod cell {
    /// `core`'s cell with loom's way in: the pointer is lent to a closure, whose extent loom checks for races.
    #[derive(Debug)]
    pub(crate) struct UnsafeCell<T>(core::cell::UnsafeCell<T>);

    impl<T> UnsafeCell<T> {
        pub(crate) const fn new(value: T) -> Self {
            Self(core::cell::UnsafeCell::new(value))
        }

        pub(crate) fn with_mut<R>(&self, f: impl FnOnce(*mut T) -> R) -> R {
            f(self.0.get())
        }
    }
}

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

/// How often the reader looks again for what a writer is just copying, before it lays itself to sleep.
#[cfg(not(sakia_loom))]
const SPINS: usize = 32;
#[cfg(sakia_loom)]
const SPINS: usize = 1;

/// Looks a few times again.
pub(crate) fn spin_for(mut done: impl FnMut() -> bool) -> bool {
    (0..SPINS).any(|_| {
        #[cfg(not(sakia_loom))]
        core::hint::spin_loop();
        #[cfg(sakia_loom)]
        loom::thread::yield_now();
        done()
    })
}

/// What loom is told of the bytes: a cell for each, so that it finds two that touch the same byte at once. Outside of
/// loom, nothing.
#[cfg(sakia_loom)]
#[derive(Debug)]
pub(crate) struct Touched(alloc::boxed::Box<[loom::cell::UnsafeCell<()>]>);

// SAFETY: the cells hold nothing; loom looks at who reaches them.
#[cfg(sakia_loom)]
unsafe impl Sync for Touched {}

#[cfg(sakia_loom)]
impl Touched {
    pub(crate) fn new(bytes: usize) -> Self {
        Self((0..bytes).map(|_| loom::cell::UnsafeCell::new(())).collect())
    }

    pub(crate) fn read(&self, bytes: core::ops::Range<usize>) {
        self.0[bytes].iter().for_each(|byte| byte.with(|_| ()));
    }

    pub(crate) fn write(&self, bytes: core::ops::Range<usize>) {
        self.0[bytes].iter().for_each(|byte| byte.with_mut(|_| ()));
    }
}
