//! A sender that uses all calls there are, by chance, and gives up many of them.

use core::{
    future::poll_fn,
    pin::pin,
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    task::{Context, Poll, Waker},
    time::Duration,
};
use std::{
    sync::Arc,
    task::Wake,
    thread::{self, Thread},
};

use futures_util::future::{Either, select};
use sakia::mpsc::{PollSender, Sender, errors::SendError};
use sakia_tests::{FlagWaker, poll_once, yield_now};

/// The `n`th message of a sender. It counts as alive until it is dropped.
#[derive(Debug)]
pub(crate) struct Number {
    pub(crate) sender: u32,
    pub(crate) n: u32,
    alive: Arc<AtomicUsize>,
}

impl Number {
    fn new(sender: u32, n: u32, alive: &Arc<AtomicUsize>) -> Self {
        alive.fetch_add(1, SeqCst);
        Self { sender, n, alive: alive.clone() }
    }
}

impl Drop for Number {
    fn drop(&mut self) {
        assert!(self.alive.fetch_sub(1, SeqCst) > 0, "dropped twice");
    }
}

/// Numbers that look random, each thread its own.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

struct Sending<'a> {
    sender: &'a Sender<Number>,
    name: u32,
    /// The number of messages sent, which is the next one's.
    n: u32,
    messages: u32,
    alive: &'a Arc<AtomicUsize>,
    random: Random,
}

/// The channel is closed.
struct Closed;

/// Sends messages in their order, until there are so many or the channel is closed. Gives the number sent.
pub(crate) fn send_all(sender: &Sender<Number>, name: u32, messages: u32, alive: &Arc<AtomicUsize>) -> u32 {
    let random = Random(u64::from(name) * 1_000_003 + 7);
    let mut sending = Sending { sender, name, n: 0, messages, alive, random };
    while sending.n < messages {
        if sending.step().is_err() {
            assert!(sender.is_closed());
            break;
        }
    }
    sending.n
}

impl Sending<'_> {
    fn number(&self) -> Number {
        Number::new(self.name, self.n, self.alive)
    }

    /// Sends one message or several, or none.
    fn step(&mut self) -> Result<(), Closed> {
        let sends = match self.random.below(10) {
            0 | 1 => {
                self.sender.blocking_send(self.number()).map_err(|SendError(back)| self.is_back(&back))?;
                true
            }
            2 => match self.sender.try_send(self.number()) {
                Ok(()) => true,
                Err(error) if error.is_full() => {
                    self.is_back(&error.into_inner());
                    thread::yield_now();
                    false
                }
                Err(_) => return Err(Closed),
            },
            3 => {
                let timeout = Duration::from_micros(self.random.below(100));
                match self.sender.blocking_send_timeout(self.number(), timeout) {
                    Ok(()) => true,
                    Err(error) if error.is_timeout() => {
                        self.is_back(&error.into_inner());
                        false
                    }
                    Err(_) => return Err(Closed),
                }
            }
            4 => self.send_for_a_while()?,
            5 => self.poll_once_and_drop()?,
            6 => return self.send_batch(),
            7 => return self.send_permits(),
            8 => self.send_owned()?,
            _ => self.send_polled()?,
        };
        self.n += u32::from(sends);
        Ok(())
    }

    /// What was not sent comes back, unharmed.
    fn is_back(&self, number: &Number) -> Closed {
        assert_eq!((number.sender, number.n), (self.name, self.n));
        Closed
    }

    /// A future that is dropped if it has to wait for more than a few turns of its thread.
    fn send_for_a_while(&mut self) -> Result<bool, Closed> {
        let turns = self.random.below(4);
        let patience = async {
            for _ in 0..turns {
                thread::yield_now();
                yield_now().await;
            }
        };
        match block_on(select(pin!(self.sender.send(self.number())), pin!(patience))) {
            Either::Left((Ok(()), _)) => Ok(true),
            Either::Left((Err(SendError(back)), _)) => Err(self.is_back(&back)),
            Either::Right(_) => Ok(false),
        }
    }

    /// A future that is left when it has perhaps just been granted its slot.
    fn poll_once_and_drop(&mut self) -> Result<bool, Closed> {
        let flag = FlagWaker::new();
        let mut reserve = pin!(self.sender.reserve());
        for _ in 0..2 {
            match poll_once(reserve.as_mut(), &flag.waker()) {
                Poll::Ready(Ok(permit)) => {
                    // Half of the permits are given back.
                    let sends = self.random.below(2) == 0;
                    if sends {
                        permit.send(self.number());
                    }
                    return Ok(sends);
                }
                Poll::Ready(Err(SendError(()))) => return Err(Closed),
                Poll::Pending => thread::yield_now(),
            }
        }
        Ok(false)
    }

    fn send_batch(&mut self) -> Result<(), Closed> {
        let last = self.messages.min(self.n + self.random.below(40) as u32);
        let mut numbers = (self.n..last).map(|n| Number::new(self.name, n, self.alive));
        let result = if self.random.below(4) == 0 {
            // Dropped in the middle: what was pulled was sent.
            let _ = poll_once(pin!(self.sender.send_iter(&mut numbers)), &FlagWaker::new().waker());
            None
        } else {
            Some(block_on(self.sender.send_iter(&mut numbers)))
        };
        let sent = (last - self.n) - numbers.len() as u32;
        self.n += sent;
        match result {
            Some(Ok(all)) => assert_eq!((all, numbers.len()), (sent as usize, 0)),
            Some(Err(error)) => {
                assert_eq!(error.sent, sent as usize);
                return Err(Closed);
            }
            None => {}
        }
        Ok(())
    }

    fn send_permits(&mut self) -> Result<(), Closed> {
        let most = self.sender.max_capacity().min(5) as u64;
        let (n, left) = (1 + self.random.below(most), self.messages - self.n);
        let permits = block_on(self.sender.reserve_many(n as usize)).map_err(|SendError(())| Closed)?;
        assert_eq!(permits.len(), n as usize);
        // The rest is given back.
        let used = self.random.below(n + 1).min(u64::from(left));
        for permit in permits.take(used as usize) {
            permit.send(self.number());
            self.n += 1;
        }
        Ok(())
    }

    fn send_owned(&mut self) -> Result<bool, Closed> {
        let permit = block_on(self.sender.clone().reserve_owned()).map_err(|SendError(())| Closed)?;
        assert!(permit.same_channel_as_sender(self.sender));
        Ok(match self.random.below(3) {
            0 => {
                drop(permit.release());
                false
            }
            1 => {
                drop(permit);
                false
            }
            _ => {
                drop(permit.send(self.number()));
                true
            }
        })
    }

    fn send_polled(&mut self) -> Result<bool, Closed> {
        let mut sender = pin!(PollSender::new(self.sender.clone()));
        let flag = FlagWaker::new();
        let mut impatient = Context::from_waker(Waker::noop());
        match self.random.below(3) {
            // Gives up, waiting or ready.
            0 => {
                let _ = sender.as_mut().poll_ready(&mut impatient);
                thread::yield_now();
                sender.as_mut().abort();
                Ok(false)
            }
            // Dropped with its place in the queue, or its slot.
            1 => {
                let _ = sender.as_mut().poll_ready(&mut Context::from_waker(&flag.waker()));
                Ok(false)
            }
            _ => {
                block_on(poll_fn(|context| sender.as_mut().poll_ready(context))).map_err(|SendError(())| Closed)?;
                sender.as_mut().start_send(self.number()).map_err(|SendError(back)| self.is_back(&back))?;
                Ok(true)
            }
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Runs a future on this thread, with a new waker.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Arc::new(Unpark(thread::current())).into();
    loop {
        if let Poll::Ready(output) = poll_once(future.as_mut(), &waker) {
            return output;
        }
        thread::park();
    }
}
