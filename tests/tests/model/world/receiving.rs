//! The receiver's steps, and the end of all.

use super::*;

impl World {
    pub(super) fn receive(&mut self, op: Op) -> Outcome {
        let Some(receiver) = &mut self.receiver else { return Outcome::Nothing };
        let waker = |second: bool| self.flags[usize::from(second)].waker();
        match op {
            Op::TryRecv => received(receiver.try_recv().map(|message| vec![message.id])),
            Op::TryPeek => match receiver.try_peek() {
                Ok(message) => Outcome::Peeked(message.id),
                Err(error) => received(Err(error)),
            },
            Op::Recv(second) => match poll_once(pin!(receiver.recv()), &waker(second)) {
                Poll::Ready(Some(message)) => Outcome::Received(vec![message.id]),
                Poll::Ready(None) => Outcome::End,
                Poll::Pending => Outcome::Pending,
            },
            Op::RecvMany(limit, second) => {
                let mut buffer = vec![];
                let polled = poll_once(pin!(receiver.recv_many(&mut buffer, limit)), &waker(second));
                match polled {
                    Poll::Ready(n) => {
                        assert!(n == buffer.len() && n <= limit);
                        if n == 0 && limit > 0 {
                            return Outcome::End;
                        }
                        Outcome::Received(buffer.iter().map(|message| message.id).collect())
                    }
                    Poll::Pending => Outcome::Pending,
                }
            }
            Op::Peek(second) => match poll_once(pin!(receiver.peek()), &waker(second)) {
                Poll::Ready(Some(message)) => Outcome::Peeked(message.id),
                Poll::Ready(None) => Outcome::End,
                Poll::Pending => Outcome::Pending,
            },
            Op::Close => {
                receiver.close();
                Outcome::Done
            }
            _ => unreachable!("not a step of the receiver: {op:?}"),
        }
    }

    /// Drops everything, in an order that the program's length decides. Gives the messages that still exist and the
    /// wakers that somebody still holds.
    pub(crate) fn end(self, order: usize) -> (usize, usize) {
        let Self { source, flags, futures, permits, pollers, senders, weaks, receiver, home, .. } = self;
        match order % 3 {
            0 => {
                drop((futures, permits, pollers));
                drop((senders, weaks));
                drop(receiver);
            }
            1 => {
                drop(receiver);
                drop((senders, futures));
                drop((pollers, permits, weaks));
            }
            _ => {
                drop((senders, permits));
                drop((weaks, pollers));
                drop((receiver, futures));
            }
        }
        drop(home);
        let kept = flags.iter().map(FlagWaker::wakers).sum();
        (source.alive.0.borrow().len(), kept)
    }
}

fn received(result: Result<Vec<u64>, TryRecvError>) -> Outcome {
    match result {
        Ok(ids) => Outcome::Received(ids),
        Err(TryRecvError::Empty) => Outcome::Empty,
        Err(TryRecvError::Closed) => Outcome::End,
    }
}
