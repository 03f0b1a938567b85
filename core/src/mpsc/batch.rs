//! Sending the messages of an iterator: one reservation and one claim for a run of them.

use super::acquire::acquire;
use crate::{
    channel::{Channel, Closed},
    handle::Handle,
    sync::OnDrop,
};
use core::mem::MaybeUninit;

/// How many small messages are sent in one run.
const RUN: usize = 16;
/// What counts as small, in bytes: a run of them is gathered on the stack.
const SMALL: usize = 128;

/// How many credits to ask for; None when the iterator says that it is at its end.
pub(super) fn wanted<I: Iterator>(messages: &I) -> Option<usize> {
    let most = if size_of::<I::Item>() <= SMALL { RUN } else { 1 };
    match messages.size_hint().1 {
        Some(0) => None,
        left => Some(left.map_or(most, |left| left.min(most))),
    }
}

/// Takes up to `wanted` credits if there are some, and waits for one if not.
pub(super) async fn acquire_some(channel: &Channel, wanted: usize) -> Result<usize, Closed> {
    let free = channel.ledger.free().min(wanted);
    if free > 1 && channel.reserve(free).is_ok() {
        return Ok(free);
    }
    acquire(channel, 1).await.map(|()| 1)
}

/// Pulls and sends up to `credits` messages. Gives their number, and whether the iterator has ended.
pub(super) fn pull<T>(handle: &Handle<T>, credits: usize, messages: &mut impl Iterator<Item = T>) -> (usize, bool) {
    if credits == 1 {
        Run::<T, 1>::new(handle, 1).pull(messages)
    } else {
        Run::<T, RUN>::new(handle, credits).pull(messages)
    }
}

/// Messages pulled and not yet sent. Dropped, it sends them and gives back the credits that are left: so neither is lost
/// if the iterator panics.
struct Run<'a, T, const N: usize> {
    handle: &'a Handle<T>,
    credits: usize,
    values: [MaybeUninit<T>; N],
    /// The first `len` values are initialised.
    len: usize,
}

impl<'a, T, const N: usize> Run<'a, T, N> {
    fn new(handle: &'a Handle<T>, credits: usize) -> Self {
        debug_assert!(credits <= N);
        Self { handle, credits, values: [const { MaybeUninit::uninit() }; N], len: 0 }
    }

    fn pull(mut self, messages: &mut impl Iterator<Item = T>) -> (usize, bool) {
        while self.len < self.credits {
            let Some(value) = messages.next() else { return (self.len, true) };
            self.values[self.len].write(value);
            self.len += 1;
        }
        (self.len, false)
    }
}

impl<T, const N: usize> Drop for Run<'_, T, N> {
    fn drop(&mut self) {
        let len = core::mem::take(&mut self.len);
        let rest = self.credits - len;
        // SAFETY: the first `len` values are initialised, and with `len` at 0 none is read again.
        let values = self.values.iter().take(len).map(|value| unsafe { value.assume_init_read() });
        let _after = OnDrop(|| self.handle.channel.give_back(rest));
        if len > 0 {
            self.handle.fill_reserved(len, values);
        }
    }
}
