//! Wakers, messages and iterators whose code uses the channel that is just using them.

use core::{
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    task::{Context, Poll, Waker},
    time::Duration,
};
use std::sync::{Arc, Mutex};

use sakia::mpsc::{Builder, Receiver, Sender, WeakSender, channel};
use sakia_tests::{FlagWaker, with_watchdog};

use crate::{
    assert_whole,
    behaviour::{
        LIMITS, Polled, drain, now, parked, poll_recv,
        wakers::{Hooks, hooked},
    },
};

const WATCHDOG: Duration = Duration::from_secs(60);

/// Runs it for every limit, with a full channel of two.
fn with_full(body: impl Fn(Sender<u32>, Receiver<u32>)) {
    with_watchdog(WATCHDOG, || {
        for limit in LIMITS {
            let (sender, receiver) = Builder::new(2).overtaking(limit).channel();
            (0..2).for_each(|n| sender.try_send(n).unwrap());
            body(sender, receiver);
        }
    });
}

/// A waker that runs this once, when it is cloned.
fn on_clone(act: impl FnOnce() + Send + 'static) -> Waker {
    let act = Mutex::new(Some(act));
    let clone = move || {
        let act = act.lock().unwrap().take();
        if let Some(act) = act {
            act();
        }
    };
    hooked(Hooks { clone: Some(Box::new(clone)), ..Hooks::default() })
}

/// A receiver that a hook may reach.
type Shared = Arc<Mutex<Option<Receiver<u32>>>>;

fn shared(receiver: Receiver<u32>) -> Shared {
    Arc::new(Mutex::new(Some(receiver)))
}

#[test]
fn room_that_is_made_while_a_sender_begins_to_wait_is_seen() {
    with_full(|sender, receiver| {
        let receiver = shared(receiver);
        let in_hook = receiver.clone();
        let waker = on_clone(move || {
            assert!(in_hook.lock().unwrap().as_mut().unwrap().try_recv().is_ok());
        });
        let mut sending = Polled::new(sender.send(2));
        assert_eq!(sending.poll_with(&waker), Poll::Ready(Ok(())), "it was cloned before the queue was joined");
        let mut receiver = receiver.lock().unwrap().take().unwrap();
        assert_eq!(drain(&mut receiver), [1, 2]);
        assert_whole(&sender, &mut receiver);
    });
}

#[test]
fn a_channel_closed_while_a_sender_begins_to_wait_is_seen() {
    for drops in [false, true] {
        with_full(|sender, receiver| {
            let receiver = shared(receiver);
            let in_hook = receiver.clone();
            let waker = on_clone(move || {
                let mut receiver = in_hook.lock().unwrap();
                receiver.as_mut().unwrap().close();
                if drops {
                    *receiver = None;
                }
            });
            assert!(is_refused(&Polled::new(sender.send(2)).poll_with(&waker)));
            let mut closed = Polled::new(sender.closed());
            assert!(closed.poll_with(&waker).is_ready());
        });
    }
}

/// Ready, since the channel is closed.
fn is_refused<T, E>(outcome: &Poll<Result<T, E>>) -> bool {
    matches!(outcome, Poll::Ready(Err(_)))
}

#[test]
fn another_that_begins_to_wait_meanwhile_is_before_it() {
    with_full(|sender, mut receiver| {
        let others = Arc::new(Mutex::new(vec![]));
        let (in_hook, other) = (others.clone(), sender.clone());
        let waker = on_clone(move || {
            let mut sending = Box::pin(async move { other.send(2).await.is_ok() });
            assert!(sending.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            in_hook.lock().unwrap().push(sending as core::pin::Pin<Box<dyn Future<Output = bool> + Send>>);
        });
        let flag = FlagWaker::new();
        let mut sending = Polled::new(sender.send(3));
        assert!(sending.poll_with(&waker).is_pending());
        assert!(sending.poll_with(&flag.waker()).is_pending());
        receiver.try_recv().unwrap();
        assert_eq!(flag.wakes(), 0, "the other was first");
        let mut other = others.lock().unwrap().pop().unwrap();
        assert_eq!(other.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(true));
        receiver.try_recv().unwrap();
        assert_eq!(sending.ready(), Ok(()));
        assert_eq!(drain(&mut receiver), [2, 3]);
    });
}

#[test]
fn a_message_that_is_sent_while_the_receiver_parks_is_not_missed() {
    for hangs_up in [false, true] {
        let (sender, mut receiver) = channel(2);
        let sender = Arc::new(Mutex::new(Some(sender)));
        let in_hook = sender.clone();
        let waker = on_clone(move || {
            let mut sender = in_hook.lock().unwrap();
            sender.as_ref().unwrap().try_send(1).unwrap();
            if hangs_up {
                *sender = None;
            }
        });
        assert_eq!(receiver.poll_recv(&mut Context::from_waker(&waker)), Poll::Ready(Some(1)));
        assert_eq!(poll_recv(&mut receiver, &FlagWaker::new()).is_pending(), !hangs_up);
    }
}

#[test]
fn a_woken_task_may_do_all_that_ends_the_channel() {
    // Close, drop the receiver, take all messages, or send again: within the wake.
    let acts: [fn(&Shared, &Sender<u32>); 4] = [
        |receiver, _| receiver.lock().unwrap().as_mut().unwrap().close(),
        |receiver, _| drop(receiver.lock().unwrap().take()),
        |receiver, _| receiver.lock().unwrap().as_mut().unwrap().try_iter().for_each(drop),
        |_, sender| _ = Polled::new(sender.send(9)).poll(),
    ];
    for act in acts {
        with_full(|sender, receiver| {
            let permit = {
                let mut receiver = receiver;
                receiver.try_recv().unwrap();
                let permit = sender.clone().try_reserve_owned().unwrap();
                (permit, shared(receiver))
            };
            let (permit, receiver) = permit;
            let (in_hook, other, woken) = (receiver.clone(), sender.clone(), Arc::new(AtomicUsize::new(0)));
            let count = woken.clone();
            let wake = move || {
                count.fetch_add(1, SeqCst);
                act(&in_hook, &other);
            };
            let waker = hooked(Hooks { wake: Some(Box::new(wake)), ..Hooks::default() });
            let mut first = Polled::new(sender.send(2));
            assert!(first.poll_with(&waker).is_pending());
            let mut second = parked(sender.send(3));
            // Nobody holds the lock on the receiver, so the hook can.
            drop(permit);
            assert_eq!(woken.load(SeqCst), 1);
            let outcomes = [first.poll(), second.poll()];
            let left = receiver.lock().unwrap().take();
            if let Some(mut receiver) = left
                && !receiver.is_closed()
            {
                let mut received = drain(&mut receiver);
                drop(first);
                if outcomes[1].is_pending() {
                    assert_eq!(second.ready(), Ok(()));
                }
                received.extend(drain(&mut receiver));
                assert!(received.ends_with(&[2, 3]));
                drop(second);
                assert_whole(&sender, &mut receiver);
            } else {
                assert!(outcomes.iter().all(is_refused));
            }
        });
    }
}

#[test]
fn a_waker_may_use_the_channel_when_it_is_dropped() {
    with_full(|sender, receiver| {
        let receiver = shared(receiver);
        let (in_hook, other, dropped) = (receiver.clone(), sender.clone(), Arc::new(AtomicUsize::new(0)));
        let count = dropped.clone();
        let act = move || {
            count.fetch_add(1, SeqCst);
            let _ = Polled::new(other.send(9)).poll();
            if let Ok(mut receiver) = in_hook.try_lock()
                && let Some(receiver) = receiver.as_mut()
            {
                let _ = receiver.try_recv();
            }
        };
        let waker = hooked(Hooks { drop: Some(Box::new(act)), ..Hooks::default() });
        let mut waiting = Polled::new(sender.send(2));
        assert!(waiting.poll_with(&waker).is_pending());
        // Replaced, and then cancelled: each drops a clone that the queue held.
        let before = dropped.load(SeqCst);
        let _ = waiting.poll_with(Waker::noop());
        assert_eq!(dropped.load(SeqCst), before + 1);
        drop(waiting);
        let mut closed = Polled::new(sender.closed());
        assert!(closed.poll_with(&waker).is_pending());
        let before = dropped.load(SeqCst);
        drop(closed);
        assert_eq!(dropped.load(SeqCst), before + 1);
        let mut receiver = receiver.lock().unwrap().take().unwrap();
        drain(&mut receiver);
        // The receiver's own waker, replaced by another.
        assert!(receiver.poll_recv(&mut Context::from_waker(&waker)).is_pending());
        let before = dropped.load(SeqCst);
        assert!(poll_recv(&mut receiver, &FlagWaker::new()).is_ready() || dropped.load(SeqCst) == before + 1);
        drop(waker);
        drain(&mut receiver);
        assert_whole(&sender, &mut receiver);
    });
}

/// Runs something when it is dropped.
struct Acting(Option<Box<dyn FnOnce() + Send>>);

impl Acting {
    fn new(act: impl FnOnce() + Send + 'static) -> Self {
        Self(Some(Box::new(act)))
    }
}

impl Drop for Acting {
    fn drop(&mut self) {
        if let Some(act) = self.0.take() {
            act();
        }
    }
}

/// All that a message may do with its channel while that drops it.
fn act(weak: &WeakSender<Acting>, acted: &AtomicUsize) {
    acted.fetch_add(1, SeqCst);
    if let Some(sender) = weak.upgrade() {
        assert!(sender.is_closed());
        // Sent back, and dropped in its turn.
        assert!(sender.try_send(Acting(None)).is_err_and(|error| error.is_closed()));
        assert!(now(sender.send(Acting(None))).is_err());
        assert!(sender.try_reserve().is_err());
        now(sender.closed());
        drop(sender.clone());
        assert!(sender.len() <= 3 && sender.capacity() <= 3);
    }
}

#[test]
fn messages_may_use_the_channel_when_the_receiver_drops_them() {
    with_watchdog(WATCHDOG, || {
        for limit in LIMITS {
            let (sender, receiver) = Builder::new(3).overtaking(limit).channel();
            let (weak, acted) = (sender.downgrade(), Arc::new(AtomicUsize::new(0)));
            let message = || {
                let (weak, acted) = (weak.clone(), acted.clone());
                Acting::new(move || act(&weak, &acted))
            };
            (0..2).for_each(|_| assert!(sender.try_send(message()).is_ok()));
            let permit = sender.try_reserve().unwrap();
            let mut waiting = parked(sender.send(message()));
            drop(receiver);
            assert_eq!((acted.load(SeqCst), waiting.wakes()), (2, 1));
            // The receiver is gone: this one is dropped where it is sent.
            permit.send(message());
            assert_eq!(acted.load(SeqCst), 3);
            assert!(waiting.ready().is_err());
            assert_eq!((acted.load(SeqCst), sender.capacity()), (4, 3));
        }
    });
}

#[test]
fn a_message_may_hold_the_last_sender_of_its_own_channel() {
    for received in [false, true] {
        let (sender, mut receiver) = channel(2);
        let weak = sender.downgrade();
        let inside = sender.clone();
        assert!(sender.try_send(Acting::new(move || drop(inside))).is_ok());
        drop(sender);
        assert_eq!(weak.strong_count(), 1);
        if received {
            // Dropped while the receiver waits for more.
            drop(receiver.try_recv());
            assert!(now(receiver.recv()).is_none());
        }
        drop(receiver);
        assert_eq!(weak.strong_count(), 0);
    }
}

#[test]
fn a_message_may_wait_and_give_up_where_it_is_dropped() {
    with_watchdog(WATCHDOG, || {
        for limit in LIMITS {
            let (sender, mut receiver) = Builder::new(1).overtaking(limit).channel();
            let (other, acted) = (sender.clone(), Arc::new(AtomicUsize::new(0)));
            let count = acted.clone();
            let message = Acting::new(move || {
                // The slot is free again when the message is dropped, and is filled again.
                assert!(other.try_send(Acting(None)).is_ok());
                assert!(Polled::new(other.send(Acting(None))).poll().is_pending());
                count.fetch_add(1, SeqCst);
            });
            assert!(sender.try_send(message).is_ok());
            assert!(receiver.try_recv().is_ok(), "and dropped here");
            assert_eq!((acted.load(SeqCst), receiver.len()), (1, 1));
            drop(drain(&mut receiver));
            assert_eq!(receiver.capacity(), 1);
        }
    });
}

#[test]
fn an_iterator_may_use_the_channel_that_it_is_sent_into() {
    with_full(|sender, receiver| {
        let receiver = shared(receiver);
        drain(receiver.lock().unwrap().as_mut().unwrap());
        let mut n = 10;
        let mut messages = core::iter::from_fn(|| {
            n += 1;
            // It makes the room itself, and uses some up.
            let mut receiver = receiver.lock().unwrap();
            let _ = receiver.as_mut().unwrap().try_recv();
            let _ = sender.try_send(n + 100);
            (n < 20).then_some(n)
        });
        let mut sending = Polled::new(sender.send_iter(&mut messages));
        let mut polls = 0;
        let sent = loop {
            match sending.poll() {
                Poll::Ready(result) => break result.unwrap(),
                Poll::Pending => drop(drain(receiver.lock().unwrap().as_mut().unwrap())),
            }
            polls += 1;
            assert!(polls < 100);
        };
        assert_eq!(sent, 9);
        drop(sending);
        let mut receiver = receiver.lock().unwrap().take().unwrap();
        drain(&mut receiver);
        assert_whole(&sender, &mut receiver);
    });
}
