//! Whether who has to wait looks again for a while first: where that has paid off of late.
//!
//! Two tasks that run on two threads at the same time and wait for each other in turn are done sooner if neither goes to sleep:
//! to sleep and to be woken takes hundreds of instructions and several contended words, and many a runtime brings the two to
//! one thread by it, beside one that is idle. Where they share a thread, to look again is time lost. Nothing tells the one
//! from the other but trying:
//!
//! | `luck` | `skip` | who has to wait looks again | found | in vain |
//! |---|---|---|---|---|
//! | 0 | above 0 | not at all; `skip` less 1 | | |
//! | 0 | 0 | for 16 pauses | `luck` 1 | `gap` more by 1, up to 12; `skip` is 2^`gap` - 2 |
//! | above 0 | 0 | for 16 pauses by each bit of luck | `luck` more by 1, up to 15; from the fifth on, `gap` 1 | the same, and `luck` 0 |
//!
//! So what is lost by looking in vain is in proportion to what was won, or to the waits without a look before. Between two
//! looks are the more pauses the more room there is: the other end, left alone for a while, has more than one message or
//! place ready then, and its cache to itself until then.
//!
//! A wait on another thread than the last says that there are several: then a look comes after 62 waits at the latest. On a runtime
//! of one thread the gap grows to 12, where a look costs a thousandth of a wait.
//!
//! Who finds something is Ready, so that the tasks beside it wait. After 128 finds on a thread, who is to look next yields instead:
//! it wakes its task itself, and is Pending.
//!
//! Both ends of a channel share the state, as they look only to some purpose if both do. It changes with the luck, so as long as
//! that lasts nobody writes here. Without `std`, where there may be no other thread, nobody looks again; nor in models, but for those
//! of the cfg `sakia_patient`, in which everybody looks once.

use core::task::{Context, Poll};

#[cfg(all(feature = "std", not(sakia_loom)))]
mod adaptive;

#[cfg(all(feature = "std", not(sakia_loom)))]
pub(crate) use adaptive::Patience;
#[cfg(all(test, feature = "std", not(sakia_loom)))]
pub(crate) use adaptive::{MAX_FOUND, has_found_much};
#[cfg(not(all(feature = "std", not(sakia_loom))))]
pub(crate) use fixed::Patience;

/// What came of looking again.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Again<T> {
    Found(T),
    Nothing,
    /// It is the turn of other tasks.
    #[cfg_attr(
        any(sakia_loom, not(feature = "std")),
        expect(dead_code, reason = "who looks once at most never yields")
    )]
    Yield,
}

impl<T> Again<T> {
    /// What that comes to in a poll; None: it is for the caller to wait.
    pub(crate) fn poll(self, context: &Context<'_>) -> Option<Poll<T>> {
        match self {
            Self::Found(found) => Some(Poll::Ready(found)),
            Self::Nothing => None,
            Self::Yield => {
                context.waker().wake_by_ref();
                Some(Poll::Pending)
            }
        }
    }
}

/// Nobody looks again, or everybody does, once.
#[cfg(not(all(feature = "std", not(sakia_loom))))]
mod fixed {
    use super::Again;

    /// See the module's documentation.
    #[derive(Debug)]
    pub(crate) struct Patience;

    impl Patience {
        pub(crate) const fn new(_bound: usize) -> Self {
            Self
        }

        pub(crate) const fn lost() -> Self {
            Self
        }

        #[cfg(feature = "alloc")]
        pub(crate) fn lose(&self) {}

        #[inline(always)]
        pub(crate) fn pass_over(&self) {}

        #[inline(always)]
        pub(crate) fn is_due(&self) -> bool {
            cfg!(sakia_patient)
        }

        pub(crate) fn look_again<T>(&self, mut look: impl FnMut() -> Option<T>) -> Again<T> {
            look().map_or(Again::Nothing, Again::Found)
        }
    }
}
