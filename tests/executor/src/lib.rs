//! A minimal executor for tests and firmware: no std, no allocator, no dependency.
//!
//! Tasks are borrowed, from the stack or from a `static`. Each has a [wake flag](WakeFlags), and a task is
//! polled only while its flag is raised, so an idle executor makes no poll at all. A waker holds nothing
//! but a `&'static` reference to its flag: it may outlive the task and the executor, and a wake that comes
//! too late costs at most one spurious poll of the task that got the flag next.
//!
//! # Examples
//!
//! ```
//! use core::{cell::Cell, pin::pin};
//!
//! let sum = Cell::new(0);
//! let mut one = pin!(async { sum.set(sum.get() + 1) });
//! let mut two = pin!(async { sum.set(sum.get() + 2) });
//!
//! let mut executor = sakia_executor::executor!(2);
//! executor.spawn(one.as_mut()).unwrap();
//! executor.spawn(two.as_mut()).unwrap();
//! executor.run(std::thread::yield_now);
//! assert_eq!(sum.get(), 3);
//! ```

#![no_std]

mod atomic;
mod block_on;
mod executor;
mod flags;
mod waker;
mod yield_now;

pub use block_on::block_on;
pub use executor::{Executor, Full};
pub use flags::{InUse, WakeFlags};
pub use yield_now::{YieldNow, yield_now};

/// Makes an [`Executor`] for up to `$n` tasks, with wake flags in a `static` of its own.
///
/// `$n` is a constant expression. Up to 64 executors made at one place in the source can live at the same
/// time.
///
/// # Panics
///
/// If 64 executors made at this place are alive.
#[macro_export]
macro_rules! executor {
    ($n:expr) => {{
        static FLAGS: $crate::WakeFlags<{ $n }, 64> = $crate::WakeFlags::new();
        $crate::Executor::<{ $n }>::new(&FLAGS)
    }};
}
