//! The executor: a row of borrowed tasks, polled by their flags.

use core::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use crate::{
    flags::{Claim, InUse, WakeFlags},
    waker::waker,
};

/// A task that lives outside the executor.
type Task<'a> = Pin<&'a mut (dyn Future<Output = ()> + 'a)>;

/// Drives up to `N` tasks on the thread, or in the main loop, that owns it.
pub struct Executor<'a, const N: usize> {
    claim: Claim<N>,
    tasks: [Option<Task<'a>>; N],
    polls: usize,
}

impl<'a, const N: usize> Executor<'a, N> {
    /// Makes an executor without tasks that wakes by `flags`.
    ///
    /// # Panics
    ///
    /// If all of `flags` is in use by other executors.
    #[must_use]
    #[track_caller]
    pub fn new<const SETS: usize>(flags: &'static WakeFlags<N, SETS>) -> Self {
        match Self::try_new(flags) {
            Ok(executor) => executor,
            Err(error) => panic!("{error}"),
        }
    }

    /// Makes an executor without tasks that wakes by `flags`, unless they are in use.
    ///
    /// # Errors
    ///
    /// If all of `flags` is in use by other executors.
    pub fn try_new<const SETS: usize>(flags: &'static WakeFlags<N, SETS>) -> Result<Self, InUse> {
        Ok(Self { claim: flags.claim()?, tasks: [const { None }; N], polls: 0 })
    }

    /// Adds a task, to be polled in the next round, and returns its place.
    ///
    /// The place of a task that has completed is used again.
    ///
    /// # Errors
    ///
    /// If there are `N` tasks that have not completed.
    pub fn spawn(&mut self, task: Pin<&'a mut (dyn Future<Output = ()> + 'a)>) -> Result<usize, Full> {
        let place = self.tasks.iter().position(Option::is_none).ok_or(Full)?;
        self.tasks[place] = Some(task);
        self.claim.flags()[place].raise();
        Ok(place)
    }

    /// Polls until every task has completed, and calls `idle` whenever no task is woken.
    ///
    /// A wake may come just before `idle` is called, so `idle` must not wait for one that it could have
    /// missed: it may yield, spin, or sleep for a bounded time. To sleep until an interrupt, write the
    /// loop around [`poll_round`](Self::poll_round), and mask interrupts from the check of
    /// [`is_woken`](Self::is_woken) to the instruction that sleeps.
    pub fn run(&mut self, mut idle: impl FnMut()) {
        while self.pending() > 0 {
            if self.poll_round() == 0 {
                idle();
            }
        }
    }

    /// Polls until no task is woken, and returns how many tasks have not completed.
    pub fn run_until_stalled(&mut self) -> usize {
        while self.poll_round() > 0 {}
        self.pending()
    }

    /// Polls each woken task once, and returns how many were polled.
    pub fn poll_round(&mut self) -> usize {
        (0..N).filter(|&place| self.poll_if_woken(place)).count()
    }

    /// Whether a task waits to be polled.
    #[must_use]
    pub fn is_woken(&self) -> bool {
        let mut flags = self.tasks.iter().zip(self.claim.flags());
        flags.any(|(task, flag)| task.is_some() && flag.is_raised())
    }

    /// How many tasks have not completed.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.tasks.iter().flatten().count()
    }

    /// How many polls were made since the executor was made.
    #[must_use]
    pub fn polls(&self) -> usize {
        self.polls
    }

    /// How often wakers were woken since the executor was made, those of completed tasks included.
    ///
    /// Several wakes of a task lead to one poll if it does not run in between. A task's first poll needs
    /// no wake.
    #[must_use]
    pub fn wakes(&self) -> u32 {
        let counts = self.claim.flags().iter().map(|flag| flag.wakes());
        counts.fold(0, u32::wrapping_add)
    }

    fn poll_if_woken(&mut self, place: usize) -> bool {
        let Some(task) = &mut self.tasks[place] else {
            return false;
        };
        let flag = &self.claim.flags()[place];
        if !flag.take() {
            return false;
        }
        self.polls += 1;
        if let Poll::Ready(()) = task.as_mut().poll(&mut Context::from_waker(&waker(flag))) {
            self.tasks[place] = None;
        }
        true
    }
}

impl<const N: usize> fmt::Debug for Executor<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Executor")
            .field("pending", &self.pending())
            .field("polls", &self.polls())
            .field("wakes", &self.wakes())
            .finish_non_exhaustive()
    }
}

/// The error of [`Executor::spawn`] on an executor that has no place for another task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the executor has no place for another task")
    }
}

impl core::error::Error for Full {}
