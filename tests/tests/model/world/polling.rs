//! Futures, permits, and senders that are polled.

use core::task::Context;

use sakia::mpsc::errors::SendError;

use super::*;

/// A future that owns all it needs.
fn future(sender: Sender<Message>, start: Start, source: Source) -> impl core::future::Future<Output = Output> {
    let sender = Box::new(sender);
    // Made with the future, as an argument is.
    let message = (start == Start::Send).then(|| source.message());
    async move {
        // SAFETY: the box is in this future, and dropped after what borrows it; or it is kept with what does.
        let unbound = unsafe { unbound(&sender) };
        match start {
            Start::Send => {
                let message = message.expect("made above");
                let id = message.id;
                let result = unbound.send(message).await.map_err(|SendError(message)| assert_eq!(message.id, id));
                Output::Sent(result.map(|()| source.is_sent(id)))
            }
            Start::Reserve => match unbound.reserve().await {
                Ok(permit) => Output::Permits(Some(Held { kind: Kind::One(permit), sender: Some(sender) }), 1),
                Err(SendError(())) => Output::Permits(None, 0),
            },
            Start::ReserveMany(n) => match unbound.reserve_many(n).await {
                Ok(permits) => {
                    assert_eq!(permits.len(), n);
                    Output::Permits(Some(Held { kind: Kind::Many(permits), sender: Some(sender) }), n)
                }
                Err(SendError(())) => Output::Permits(None, 0),
            },
            Start::ReserveOwned => match sender.reserve_owned().await {
                Ok(permit) => Output::Permits(Some(Held { kind: Kind::Owned(permit), sender: None }), 1),
                Err(SendError(())) => Output::Permits(None, 0),
            },
            Start::SendIter(n) => {
                let mut messages = (0..n).map(|_| pulled(&source));
                let result = unbound.send_iter(&mut messages).await;
                let sent = result.unwrap_or_else(|error| error.sent);
                assert_eq!(messages.len(), n - sent, "the rest is still there");
                Output::Iterated(result.map_err(|error| error.sent))
            }
            Start::SendIterUnsized(n) => {
                let mut left = n;
                let mut messages = core::iter::from_fn(|| {
                    left = left.checked_sub(1)?;
                    Some(pulled(&source))
                });
                Output::Iterated(unbound.send_iter(&mut messages).await.map_err(|error| error.sent))
            }
            Start::Closed => {
                unbound.closed().await;
                Output::Closed
            }
        }
    }
}

/// A message that an iterator gives: it is sent for certain.
fn pulled(source: &Source) -> Message {
    let message = source.message();
    source.is_sent(message.id);
    message
}

impl World {
    /// Made for a permit, so it is sent if there is a receiver.
    fn permitted(&self) -> Message {
        let message = self.source.message();
        if self.receiver.is_some() {
            self.source.is_sent(message.id);
        }
        message
    }

    pub(super) fn start(&mut self, who: usize, start: Start) -> Outcome {
        let Some(at) = choose(&self.senders, who) else { return Outcome::Nothing };
        let future = Box::pin(future(self.senders[at].clone(), start, self.source.clone()));
        let flags = self.new_flags();
        self.futures.push(Future { future, start, flags, seen: [0; 2] });
        self.poll(self.futures.len() - 1, false)
    }

    pub(super) fn poll(&mut self, which: usize, waker: bool) -> Outcome {
        let Some(at) = choose(&self.futures, which) else { return Outcome::Nothing };
        let flags = self.futures[at].flags;
        let before = self.wakes(flags);
        let waker = self.flags[flags + usize::from(waker)].waker();
        let Poll::Ready(output) = poll_once(self.futures[at].future.as_mut(), &waker) else {
            self.futures[at].seen = [before, self.wakes(flags)];
            return Outcome::Pending;
        };
        self.futures.remove(at);
        match output {
            Output::Sent(Ok(())) => Outcome::Sent(1),
            Output::Sent(Err(())) => Outcome::SentThenClosed(0),
            Output::Permits(Some(held), n) => {
                self.permits.push(held);
                Outcome::Got(n)
            }
            Output::Permits(None, _) => Outcome::Closed,
            Output::Iterated(Ok(n)) => Outcome::Sent(n),
            Output::Iterated(Err(n)) => Outcome::SentThenClosed(n),
            Output::Closed => Outcome::Done,
        }
    }

    pub(super) fn use_permit(&mut self, op: Op, held: Held) -> Outcome {
        let Held { kind, sender } = held;
        match (op, kind) {
            (Op::SendPermit(_), Kind::One(permit)) => permit.send(self.permitted()),
            (Op::SendPermit(_), Kind::Many(mut permits)) => {
                let permit = permits.next();
                let sent = permit.is_some();
                if let Some(permit) = permit {
                    permit.send(self.permitted());
                }
                self.permits.push(Held { kind: Kind::Many(permits), sender });
                return if sent { Outcome::Sent(1) } else { Outcome::Sent(0) };
            }
            (Op::SendPermit(_), Kind::Owned(permit)) => {
                let sender = permit.send(self.permitted());
                self.senders.push(sender);
            }
            (Op::ReleasePermit(_), Kind::One(permit)) => permit.release(),
            (Op::ReleasePermit(_), Kind::Owned(permit)) => self.senders.push(permit.release()),
            (Op::ForgetPermit(_), kind) => {
                self.forgotten += if let Kind::Many(permits) = &kind { permits.len() } else { 1 };
                core::mem::forget(kind);
            }
            (_, kind) => drop(kind),
        }
        drop(sender);
        Outcome::Done
    }

    pub(super) fn poller(&mut self, op: Op) -> Outcome {
        let (Op::PollReady(which, _)
        | Op::StartSend(which)
        | Op::Abort(which)
        | Op::ClosePoller(which)
        | Op::DropPoller(which)) = op
        else {
            unreachable!()
        };
        let Some(at) = choose(&self.pollers, which) else { return Outcome::Nothing };
        if let Op::PollReady(_, second) = op {
            return self.poll_ready(at, second);
        }
        let Poller { sender, waiting, ready, .. } = &mut self.pollers[at];
        match op {
            Op::StartSend(_) if !*ready => Outcome::Nothing,
            Op::StartSend(_) => {
                *ready = false;
                let message = self.source.message();
                let id = message.id;
                match sender.as_mut().start_send(message) {
                    Ok(()) => {
                        self.source.is_sent(id);
                        Outcome::Sent(1)
                    }
                    Err(SendError(message)) => {
                        assert_eq!(message.id, id);
                        Outcome::SentThenClosed(0)
                    }
                }
            }
            Op::Abort(_) => {
                (*ready, *waiting) = (false, false);
                Outcome::Was(sender.as_mut().abort())
            }
            Op::ClosePoller(_) => {
                (*ready, *waiting) = (false, false);
                sender.as_mut().close();
                assert!(sender.sender().is_none());
                Outcome::Done
            }
            _ => {
                self.pollers.remove(at);
                Outcome::Done
            }
        }
    }
    fn poll_ready(&mut self, at: usize, second: bool) -> Outcome {
        let flags = self.pollers[at].flags;
        let (before, waker) = (self.wakes(flags), self.flags[flags + usize::from(second)].waker());
        let outcome = self.pollers[at].sender.as_mut().poll_ready(&mut Context::from_waker(&waker));
        let seen = [before, self.wakes(flags)];
        let poller = &mut self.pollers[at];
        (poller.seen, poller.waiting) = (seen, outcome.is_pending());
        match outcome {
            Poll::Pending => Outcome::Pending,
            Poll::Ready(Ok(())) => {
                poller.ready = true;
                Outcome::Got(1)
            }
            Poll::Ready(Err(SendError(()))) => Outcome::Closed,
        }
    }
}
