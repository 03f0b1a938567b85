//! The channel: credits, the queue, the receiver's waker.

use core::task::Poll;

use super::*;

impl Exact {
    pub(super) fn free(&self) -> usize {
        self.capacity - self.buffer.len() - self.reserved
    }

    /// A message number for each message that is made.
    pub(super) fn id(&mut self) -> u64 {
        self.next += 1;
        self.next - 1
    }

    pub(super) fn new_waiter(&mut self) -> usize {
        self.waiters.push(Waiter { state: State::Idle, missing: 0, held: 0, waker: 0 });
        self.waiters.len() - 1
    }

    pub(super) fn new_flags(&mut self) -> usize {
        self.wakes.extend([0, 0]);
        self.wakes.len() - 2
    }

    /// Takes credits, by one who doesn't wait.
    pub(super) fn take(&mut self, n: usize) -> Result<(), Refused> {
        if self.closed {
            return Err(Refused::Closed);
        }
        if n > 0 && (!self.queue.is_empty() || self.free() < n) {
            return Err(Refused::Full);
        }
        self.reserved += n;
        Ok(())
    }

    /// Turns a credit into a message.
    pub(super) fn fill(&mut self, id: u64) {
        self.reserved -= 1;
        if self.receiver {
            self.buffer.push_back(id);
            self.wake_receiver();
        }
    }

    fn wake_receiver(&mut self) {
        if let Some(waker) = self.parked.take() {
            self.wakes[waker] += 1;
        }
    }

    /// Deals out credits: to those who wait in their order, and the rest to anybody.
    pub(super) fn release(&mut self, mut n: usize) {
        while n > 0
            && let Some(&first) = self.queue.front()
        {
            let waiter = &mut self.waiters[first];
            let given = waiter.missing.min(n);
            n -= given;
            (waiter.held, waiter.missing) = (waiter.held + given, waiter.missing - given);
            if waiter.missing == 0 {
                waiter.state = State::Granted;
                self.wakes[waiter.waker] += 1;
                self.queue.pop_front();
            }
        }
        self.reserved -= n;
        if n > 0 && self.closed && self.reserved == 0 {
            self.wake_receiver();
        }
    }

    /// Takes messages out, and deals their credits out when all are taken.
    pub(super) fn receive(&mut self, n: usize) -> Vec<u64> {
        let n = n.min(self.buffer.len());
        let received = self.buffer.drain(..n).collect();
        self.reserved += n;
        self.release(n);
        received
    }

    /// None: pending.
    pub(super) fn look(&mut self, waker: usize) -> Option<bool> {
        if !self.buffer.is_empty() {
            return Some(true);
        }
        if self.is_finished() {
            return Some(false);
        }
        self.parked = Some(waker);
        None
    }

    pub(super) fn is_finished(&self) -> bool {
        self.buffer.is_empty() && (self.strong == 0 || self.closed && self.reserved == 0)
    }

    pub(super) fn drop_sender(&mut self) {
        let finished = self.is_finished();
        self.strong -= 1;
        if self.strong == 0 {
            if finished {
                self.doubtful = self.parked.take();
            }
            self.wake_receiver();
        }
    }

    pub(super) fn close(&mut self) {
        self.closed = true;
        for waiter in core::mem::take(&mut self.queue) {
            let waiter = &mut self.waiters[waiter];
            waiter.state = State::Closed;
            self.wakes[waiter.waker] += 1;
        }
        for waiter in core::mem::take(&mut self.listeners) {
            let waiter = &mut self.waiters[waiter];
            waiter.state = State::Closed;
            self.wakes[waiter.waker] += 1;
        }
    }

    /// Waits for credits.
    pub(super) fn poll_waiter(&mut self, at: usize, n: usize, waker: usize) -> Poll<Result<(), ()>> {
        match self.waiters[at].state {
            State::Idle if self.closed => return Poll::Ready(Err(())),
            State::Idle => {
                let held = if self.queue.is_empty() { self.free().min(n) } else { 0 };
                self.reserved += held;
                if held == n {
                    return Poll::Ready(Ok(()));
                }
                self.waiters[at] = Waiter { state: State::Queued, missing: n - held, held, waker };
                self.queue.push_back(at);
            }
            State::Queued => self.waiters[at].waker = waker,
            State::Granted if !self.closed => {
                self.waiters[at].state = State::Idle;
                return Poll::Ready(Ok(()));
            }
            State::Granted | State::Closed => {
                self.cancel(at);
                return Poll::Ready(Err(()));
            }
        }
        Poll::Pending
    }

    /// Ends waiting, in any state.
    pub(super) fn cancel(&mut self, at: usize) {
        let state = core::mem::replace(&mut self.waiters[at].state, State::Idle);
        if state == State::Idle {
            return;
        }
        self.queue.retain(|&waiter| waiter != at);
        self.listeners.retain(|&waiter| waiter != at);
        let held = core::mem::take(&mut self.waiters[at].held);
        self.release(held);
    }
}
