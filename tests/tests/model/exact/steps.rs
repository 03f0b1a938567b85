//! What each step does to the model.

use core::task::Poll;

use super::*;

fn choose(among: usize, which: usize) -> Option<usize> {
    which.checked_rem(among)
}

fn refusal(refused: Refused) -> Outcome {
    match refused {
        Refused::Full => Outcome::Full,
        Refused::Closed => Outcome::Closed,
    }
}

impl Exact {
    pub(crate) fn step(&mut self, op: Op) -> Outcome {
        self.try_step(op).unwrap_or(Outcome::Nothing)
    }

    /// None: nothing to work on.
    fn try_step(&mut self, op: Op) -> Option<Outcome> {
        match op {
            Op::TrySend(who)
            | Op::Fill(who, _)
            | Op::TryReserve(who)
            | Op::TryReserveMany(who, _)
            | Op::TryReserveOwned(who)
            | Op::Clone(who)
            | Op::DropSender(who)
            | Op::Downgrade(who)
            | Op::NewPoller(who) => {
                choose(self.senders, who)?;
                Some(self.with_sender(op))
            }
            Op::Start(who, start) => {
                choose(self.senders, who)?;
                let message = (start == Start::Send).then(|| self.id());
                let left = if let Start::SendIter(n) | Start::SendIterUnsized(n) = start { n } else { 0 };
                let (waiter, flags) = (self.new_waiter(), self.new_flags());
                self.strong += 1;
                self.futures.push(Future { start, waiter, flags, left, sent: 0, message });
                Some(self.poll(self.futures.len() - 1, 0))
            }
            Op::Poll(which, second) => {
                let at = choose(self.futures.len(), which)?;
                Some(self.poll(at, usize::from(second)))
            }
            Op::Cancel(which) => {
                let future = self.futures.remove(choose(self.futures.len(), which)?);
                self.cancel(future.waiter);
                self.drop_sender();
                Some(Outcome::Done)
            }
            Op::ForgetFuture(which) => {
                let future = self.futures.remove(choose(self.futures.len(), which)?);
                self.leaked += usize::from(future.message.is_some());
                Some(Outcome::Done)
            }
            Op::SendPermit(which) | Op::ReleasePermit(which) | Op::DropPermit(which) | Op::ForgetPermit(which) => {
                let permit = self.permits.remove(choose(self.permits.len(), which)?);
                Some(self.use_permit(op, permit))
            }
            Op::PollReady(which, _)
            | Op::StartSend(which)
            | Op::Abort(which)
            | Op::ClosePoller(which)
            | Op::DropPoller(which) => {
                let at = choose(self.pollers.len(), which)?;
                self.poller(op, at)
            }
            Op::Upgrade(which) => {
                choose(self.weaks, which)?;
                let upgraded = self.strong > 0;
                self.senders += usize::from(upgraded);
                self.strong += usize::from(upgraded);
                Some(Outcome::Was(upgraded))
            }
            Op::DropWeak(which) => {
                choose(self.weaks, which)?;
                self.weaks -= 1;
                Some(Outcome::Done)
            }
            _ => self.receiver.then(|| self.with_receiver(op)),
        }
    }

    fn with_sender(&mut self, op: Op) -> Outcome {
        match op {
            Op::Fill(_, n) => {
                let sent = (0..n).filter(|_| {
                    let id = self.id();
                    self.take(1).is_ok_and(|()| {
                        self.fill(id);
                        true
                    })
                });
                return Outcome::Sent(sent.count());
            }
            Op::TrySend(_) => {
                let id = self.id();
                return match self.take(1) {
                    Ok(()) => {
                        self.fill(id);
                        Outcome::Sent(1)
                    }
                    Err(refused) => refusal(refused),
                };
            }
            Op::TryReserveMany(_, n) if n > self.capacity => return Outcome::Full,
            Op::TryReserve(_) | Op::TryReserveOwned(_) | Op::TryReserveMany(..) => {
                let (n, permit) = match op {
                    Op::TryReserve(_) => (1, Permit::One),
                    Op::TryReserveMany(_, n) => (n, Permit::Many(n)),
                    _ => (1, Permit::Owned),
                };
                return match self.take(n) {
                    Ok(()) => {
                        self.strong += 1;
                        self.permits.push(permit);
                        Outcome::Got(n)
                    }
                    Err(refused) => refusal(refused),
                };
            }
            Op::Clone(_) => (self.senders, self.strong) = (self.senders + 1, self.strong + 1),
            Op::DropSender(_) => {
                self.senders -= 1;
                self.drop_sender();
            }
            Op::Downgrade(_) => self.weaks += 1,
            _ => {
                self.strong += 1;
                let (waiter, flags) = (self.new_waiter(), self.new_flags());
                self.pollers.push(Poller { stage: Stage::Idle, waiter, flags });
            }
        }
        Outcome::Done
    }

    /// What `acquire` of the crate does: at once, or waiting.
    fn acquire(&mut self, waiter: usize, n: usize, waker: usize) -> Poll<Result<(), ()>> {
        if self.waiters[waiter].state == State::Idle && self.take(n).is_ok() {
            return Poll::Ready(Ok(()));
        }
        self.poll_waiter(waiter, n, waker)
    }

    fn poll(&mut self, at: usize, second: usize) -> Outcome {
        let Future { start, waiter, flags, message, .. } = self.futures[at];
        let waker = flags + second;
        let outcome = match start {
            Start::Send => self.acquire(waiter, 1, waker).map(|result| match result {
                Ok(()) => {
                    self.fill(message.expect("made with the future"));
                    Outcome::Sent(1)
                }
                Err(()) => Outcome::SentThenClosed(0),
            }),
            Start::Reserve | Start::ReserveOwned => {
                let permit = if start == Start::Reserve { Permit::One } else { Permit::Owned };
                self.acquire(waiter, 1, waker).map(|result| self.permit(result, permit, 1))
            }
            Start::ReserveMany(n) if n > self.capacity => Poll::Ready(Outcome::Closed),
            Start::ReserveMany(n) => {
                self.acquire(waiter, n, waker).map(|result| self.permit(result, Permit::Many(n), n))
            }
            Start::SendIter(_) | Start::SendIterUnsized(_) => self.iterate(at, waker),
            Start::Closed => {
                if self.closed {
                    Poll::Ready(Outcome::Done)
                } else {
                    if self.waiters[waiter].state == State::Idle {
                        self.waiters[waiter].state = State::Queued;
                        self.listeners.push(waiter);
                    }
                    self.waiters[waiter].waker = waker;
                    Poll::Pending
                }
            }
        };
        let Poll::Ready(outcome) = outcome else { return Outcome::Pending };
        self.futures.remove(at);
        if !matches!(outcome, Outcome::Got(_)) {
            self.drop_sender();
        }
        outcome
    }

    /// The sender of the future goes over into the permit.
    fn permit(&mut self, result: Result<(), ()>, permit: Permit, n: usize) -> Outcome {
        match result {
            Ok(()) => {
                self.permits.push(permit);
                Outcome::Got(n)
            }
            Err(()) => Outcome::Closed,
        }
    }

    /// One message after the other.
    fn iterate(&mut self, at: usize, waker: usize) -> Poll<Outcome> {
        loop {
            let Future { start, waiter, left, sent, .. } = self.futures[at];
            if left == 0 && matches!(start, Start::SendIter(_)) {
                return Poll::Ready(Outcome::Sent(sent));
            }
            match self.acquire(waiter, 1, waker) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Err(())) => return Poll::Ready(Outcome::SentThenClosed(sent)),
                Poll::Ready(Ok(())) if left == 0 => {
                    self.release(1);
                    return Poll::Ready(Outcome::Sent(sent));
                }
                Poll::Ready(Ok(())) => {
                    let id = self.id();
                    self.fill(id);
                    let future = &mut self.futures[at];
                    (future.left, future.sent) = (left - 1, sent + 1);
                }
            }
        }
    }

    fn use_permit(&mut self, op: Op, permit: Permit) -> Outcome {
        let n = if let Permit::Many(n) = permit { n } else { 1 };
        match (op, permit) {
            (Op::SendPermit(_), Permit::Many(n)) => {
                if n > 0 {
                    let id = self.id();
                    self.fill(id);
                }
                self.permits.push(Permit::Many(n.saturating_sub(1)));
                return Outcome::Sent(n.min(1));
            }
            (Op::SendPermit(_), _) => {
                let id = self.id();
                self.fill(id);
            }
            (Op::ForgetPermit(_), Permit::Owned) => return Outcome::Done,
            (Op::ForgetPermit(_), _) => {}
            _ => self.release(n),
        }
        if permit == Permit::Owned && matches!(op, Op::SendPermit(_) | Op::ReleasePermit(_)) {
            self.senders += 1;
        } else {
            self.drop_sender();
        }
        Outcome::Done
    }

    fn poller(&mut self, op: Op, at: usize) -> Option<Outcome> {
        let Poller { stage, waiter, flags } = self.pollers[at];
        let outcome = match op {
            Op::PollReady(_, second) => {
                let outcome = match stage {
                    Stage::Closed => return Some(Outcome::Closed),
                    Stage::Reserved => return Some(Outcome::Got(1)),
                    Stage::Idle => self.acquire(waiter, 1, flags + usize::from(second)),
                    Stage::Waiting => self.poll_waiter(waiter, 1, flags + usize::from(second)),
                };
                let (stage, outcome) = match outcome {
                    Poll::Pending => (Stage::Waiting, Outcome::Pending),
                    Poll::Ready(Ok(())) => (Stage::Reserved, Outcome::Got(1)),
                    Poll::Ready(Err(())) => (Stage::Idle, Outcome::Closed),
                };
                self.pollers[at].stage = stage;
                outcome
            }
            Op::StartSend(_) => {
                if stage != Stage::Reserved {
                    return None;
                }
                let id = self.id();
                self.fill(id);
                self.pollers[at].stage = Stage::Idle;
                if self.receiver { Outcome::Sent(1) } else { Outcome::SentThenClosed(0) }
            }
            Op::Abort(_) => Outcome::Was(self.abort(at)),
            _ => {
                self.abort(at);
                let stage = core::mem::replace(&mut self.pollers[at].stage, Stage::Closed);
                if stage != Stage::Closed {
                    self.drop_sender();
                }
                if matches!(op, Op::DropPoller(_)) {
                    self.pollers.remove(at);
                }
                Outcome::Done
            }
        };
        Some(outcome)
    }

    fn abort(&mut self, at: usize) -> bool {
        let Poller { stage, waiter, .. } = self.pollers[at];
        match stage {
            Stage::Reserved => self.release(1),
            Stage::Waiting => self.cancel(waiter),
            Stage::Idle | Stage::Closed => return false,
        }
        self.pollers[at].stage = Stage::Idle;
        true
    }

    fn with_receiver(&mut self, op: Op) -> Outcome {
        let look = match op {
            Op::TryRecv | Op::TryPeek if !self.buffer.is_empty() => Some(true),
            Op::TryRecv | Op::TryPeek if self.is_finished() => Some(false),
            Op::TryRecv | Op::TryPeek => return Outcome::Empty,
            Op::RecvMany(0, _) => return Outcome::Received(vec![]),
            Op::Recv(second) | Op::RecvMany(_, second) | Op::Peek(second) => self.look(usize::from(second)),
            Op::Close => {
                self.close();
                return Outcome::Done;
            }
            _ => {
                self.close();
                (self.receiver, self.parked) = (false, None);
                self.buffer.clear();
                return Outcome::Done;
            }
        };
        match (look, op) {
            (None, _) => Outcome::Pending,
            (Some(false), _) => Outcome::End,
            (Some(true), Op::TryPeek | Op::Peek(_)) => Outcome::Peeked(self.buffer[0]),
            (Some(true), Op::RecvMany(limit, _)) => Outcome::Received(self.receive(limit)),
            (Some(true), _) => Outcome::Received(self.receive(1)),
        }
    }
}
