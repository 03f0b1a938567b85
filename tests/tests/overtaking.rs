//! How many may overtake a sender that waits: as many as the channel says, and not one more.
//!
//! Each test counts against `Receiver::overtaking`, since a target may have strict channels only.
#![cfg(not(sakia_loom))]

mod behaviour;

use core::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    time::Duration,
};
use std::thread;

use behaviour::{Polled, drain, now, parked};
use sakia::mpsc::{Builder, Receiver, Sender, channel, errors::TrySendError};
use sakia_tests::with_watchdog;

const LIMIT: Duration = Duration::from_secs(120);
const LIMITS: [u32; 6] = [0, 1, 2, 5, 64, 1_000];
/// With room for two who wait and are not polled.
const CAPACITIES: [usize; 4] = [2, 3, 8, 100];

/// The messages of those who wait; newcomers send smaller ones.
const WAITED: usize = 1_000_000;

/// A full channel in which senders wait, and its limit. The first of them will be granted the first slot that is freed,
/// and may be left unpolled, so that slots are open to newcomers.
struct Scene {
    sender: Sender<usize>,
    receiver: Receiver<usize>,
    waiting: Vec<Polled<'static, bool>>,
    /// How many have begun to wait, and how many have been served here.
    began: usize,
    served: usize,
    limit: usize,
}

fn scene(capacity: usize, overtaking: u32, waiting: usize) -> Scene {
    let (sender, receiver) = Builder::new(capacity).overtaking(overtaking).channel();
    let limit = receiver.overtaking() as usize;
    assert!(limit <= overtaking as usize);
    (0..capacity).for_each(|_| sender.try_send(0).unwrap());
    let mut scene = Scene { sender, receiver, waiting: vec![], began: 0, served: 0, limit };
    (0..waiting).for_each(|_| scene.wait());
    scene
}

impl Scene {
    /// One more sender begins to wait.
    fn wait(&mut self) {
        let (sender, message) = (self.sender.clone(), WAITED + self.began);
        self.began += 1;
        self.waiting.push(parked(async move { sender.send(message).await.is_ok() }));
    }

    /// The first that waits gets through.
    fn serve_first(&mut self) {
        assert!(self.waiting.remove(0).ready());
        self.served += 1;
    }

    /// Frees slots and lets a newcomer try each time, until the last sender that waits is woken or `most` have passed.
    /// Gives the number that have.
    fn passes(&mut self, most: usize) -> usize {
        let mut passed = 0;
        // With the last that may pass, what is freed goes to those who wait.
        for _ in 0..2 * self.limit + self.waiting.len() + 1 {
            if passed == most {
                return passed;
            }
            self.receiver.try_recv().unwrap();
            if self.waiting.last_mut().is_some_and(|last| last.wakes() > 0) {
                return passed;
            }
            match self.sender.try_send(1) {
                Ok(()) => passed += 1,
                Err(error) => assert_eq!(error, TrySendError::Full(1)),
            }
        }
        panic!("the last is never woken")
    }

    /// All that wait get through, in their order, and the channel is as empty as before.
    fn finish(mut self) {
        let mut received = vec![];
        for sender in &mut self.waiting {
            while sender.poll().is_pending() {
                received.extend(self.receiver.try_recv());
            }
        }
        received.extend(drain(&mut self.receiver));
        received.retain(|&message| message >= WAITED);
        assert!(received.len() == self.waiting.len() + self.served && received.is_sorted());
        assert_eq!(self.receiver.capacity(), self.receiver.max_capacity());
    }
}

#[test]
fn one_who_waits_is_passed_by_exactly_as_many_as_the_limit_says() {
    for capacity in CAPACITIES {
        for overtaking in LIMITS {
            let mut scene = scene(capacity, overtaking, 2);
            let passed = scene.passes(usize::MAX);
            assert_eq!(passed, scene.limit, "capacity {capacity}, limit {overtaking}");
            scene.finish();
        }
    }
}

#[test]
fn all_kinds_of_newcomers_count() {
    let kinds: [fn(&Sender<usize>); 7] = [
        |sender| sender.try_send(1).unwrap(),
        |sender| now(sender.send(1)).unwrap(),
        |sender| sender.try_reserve().unwrap().send(1),
        |sender| now(sender.reserve()).unwrap().send(1),
        |sender| drop(sender.clone().try_reserve_owned().unwrap().send(1)),
        |sender| now(sender.reserve_many(1)).unwrap().for_each(|permit| permit.send(1)),
        |sender| assert_eq!(now(sender.send_iter(&mut [1].into_iter())), Ok(1)),
    ];
    for overtaking in LIMITS {
        let mut scene = scene(4, overtaking, 2);
        assert_eq!(scene.receiver.try_recv(), Ok(0));
        assert_eq!(scene.waiting[0].wakes(), 1);
        for n in 0..scene.limit {
            scene.receiver.try_recv().unwrap();
            kinds[n % kinds.len()](&scene.sender);
        }
        assert_eq!(scene.waiting[1].wakes(), 0, "there was no slot for it");
        // The next one it gets, though the first, which should see to it, has not run.
        scene.receiver.try_recv().unwrap();
        assert_eq!(scene.waiting[1].wakes(), 1, "limit {overtaking}");
        scene.finish();
    }
}

#[test]
fn no_kind_of_newcomer_passes_beyond_the_limit() {
    for overtaking in LIMITS {
        // Three wait and do not run, so that the queue is not empty when slots are freed.
        let mut scene = scene(4, overtaking, 3);
        scene.receiver.try_recv().unwrap();
        assert_eq!(scene.passes(scene.limit), scene.limit);
        scene.receiver.try_recv().unwrap();
        assert!(scene.sender.try_send(1).unwrap_err().is_full());
        assert!(scene.sender.try_reserve().unwrap_err().is_full());
        assert!(scene.sender.try_reserve_many(1).unwrap_err().is_full());
        assert!(scene.sender.clone().try_reserve_owned().unwrap_err().is_full());
        let sender = scene.sender.clone();
        let newcomer = parked(sender.send(1));
        scene.receiver.try_recv().unwrap();
        assert_eq!(scene.waiting.iter().map(Polled::wakes).sum::<usize>() + newcomer.wakes(), 3);
        drop(newcomer);
        scene.finish();
    }
}

#[test]
fn the_default_limit_is_kept_whatever_the_capacity() {
    for capacity in [2, 8, 100, 1_000] {
        let (sender, receiver) = channel::<usize>(capacity);
        let overtaking = receiver.overtaking();
        drop((sender, receiver));
        let mut scene = scene(capacity, overtaking, 2);
        assert_eq!(scene.passes(usize::MAX), overtaking as usize, "capacity {capacity}");
        scene.finish();
    }
}

#[test]
fn the_first_in_the_queue_waits_for_nobody() {
    for overtaking in LIMITS {
        let mut scene = scene(3, overtaking, 1);
        assert_eq!(scene.passes(usize::MAX), 0, "the first slot is its own");
        scene.finish();
    }
}

#[test]
fn many_who_began_to_wait_together_are_passed_by_the_limit_together() {
    for capacity in [20, 21, 100] {
        for overtaking in LIMITS {
            let mut scene = scene(capacity, overtaking, 20);
            // None of them runs until the last is woken.
            let passed = scene.passes(usize::MAX);
            assert_eq!(passed, scene.limit, "capacity {capacity}, limit {overtaking}");
            scene.finish();
        }
    }
}

#[test]
fn each_is_counted_for_from_when_it_began_to_wait() {
    for overtaking in LIMITS {
        for before in [0, 1, 3, 60] {
            let mut scene = scene(4, overtaking, 2);
            scene.passes(before.min(scene.limit));
            scene.wait();
            // After the limit of the second is reached, it is the third's that counts.
            assert_eq!(scene.passes(usize::MAX), scene.limit, "limit {overtaking}");
            scene.finish();
        }
    }
}

#[test]
fn one_who_leaves_leaves_its_count_behind() {
    for overtaking in LIMITS {
        let mut scene = scene(4, overtaking, 2);
        let before = scene.passes(scene.limit.min(3));
        scene.wait();
        let after = scene.passes((scene.limit - before).min(2));
        // The second gives up its turn; the third has been passed by those after it alone.
        drop(scene.waiting.remove(1));
        let rest = scene.passes(usize::MAX);
        assert_eq!(after + rest, scene.limit, "limit {overtaking}");
        scene.finish();
    }
}

#[test]
fn a_batch_of_newcomers_may_not_pass_the_limit_halfway() {
    let mut scene = scene(8, 5, 2);
    if scene.limit < 5 {
        return;
    }
    // One slot for the first, and four that are open.
    (0..5).for_each(|_| assert_eq!(scene.receiver.try_recv(), Ok(0)));
    assert_eq!(scene.sender.capacity(), 4);
    let sender = scene.sender.clone();
    let four = sender.try_reserve_many(4).unwrap();
    // Two more are freed, and one may still pass.
    (0..2).for_each(|_| assert_eq!(scene.receiver.try_recv(), Ok(0)));
    assert_eq!(scene.sender.capacity(), 2);
    assert!(sender.try_reserve_many(2).unwrap_err().is_full());
    let one = sender.try_reserve_many(1).unwrap();
    // It was the last that may: the slot that is left is for the one who waits, though the first has not run.
    assert_eq!((scene.waiting[1].wakes(), scene.sender.capacity()), (1, 0));
    scene.serve_first();
    scene.serve_first();
    drop((four, one));
    scene.finish();
}

#[test]
fn the_single_slot_of_a_channel_is_never_open_while_anybody_waits() {
    for overtaking in LIMITS {
        let (sender, mut receiver) = Builder::new(1).overtaking(overtaking).channel();
        sender.try_send(0).unwrap();
        let mut waiting: Vec<_> = (1..=10).map(|n| parked(sender.send(n))).collect();
        for (n, next) in waiting.iter_mut().enumerate() {
            assert_eq!(receiver.try_recv(), Ok(n), "limit {overtaking}");
            assert_eq!(sender.try_send(100), Err(TrySendError::Full(100)));
            assert_eq!(next.wakes(), 1);
            assert_eq!(next.ready(), Ok(()));
        }
        assert_eq!(receiver.try_recv(), Ok(10));
    }
}

#[test]
fn newcomers_on_other_threads_pass_as_often_as_the_limit_says() {
    const ROUNDS: usize = if cfg!(miri) { 1 } else { 40 };
    with_watchdog(LIMIT, || {
        for (capacity, overtaking) in [(3, 0), (3, 1), (3, 64), (4, 5), (8, 64), (100, 1_000)] {
            for _ in 0..ROUNDS {
                pass_on_threads(scene(capacity, overtaking, 3));
            }
        }
    });
}

/// Three threads are newcomers, over and over, while this one frees slots and none of those who wait runs.
fn pass_on_threads(mut scene: Scene) {
    const AFTER: usize = 20;
    let (passed, done) = (AtomicUsize::new(0), AtomicBool::new(false));
    let tries = [const { AtomicUsize::new(0) }; 3];
    let wait_for = |count: &AtomicUsize, least: usize| {
        while count.load(SeqCst) < least {
            thread::yield_now();
        }
    };
    thread::scope(|scope| {
        for tries in &tries {
            let (sender, passed, done) = (scene.sender.clone(), &passed, &done);
            scope.spawn(move || {
                while !done.load(SeqCst) {
                    // With a permit by turns, so that both ways to take a slot race.
                    let sends = if tries.fetch_add(1, SeqCst) % 2 == 0 {
                        sender.try_send(1).is_ok()
                    } else {
                        sender.try_reserve().map(|permit| permit.send(1)).is_ok()
                    };
                    passed.fetch_add(usize::from(sends), SeqCst);
                    thread::yield_now();
                }
            });
        }
        assert_eq!(scene.receiver.try_recv(), Ok(0));
        assert_eq!(scene.waiting[0].wakes(), 1);
        for n in 1..=scene.limit {
            scene.receiver.try_recv().unwrap();
            wait_for(&passed, n);
        }
        // One more slot, for which all of them are too late.
        scene.receiver.try_recv().unwrap();
        for tries in &tries {
            wait_for(tries, tries.load(SeqCst) + AFTER);
        }
        assert_eq!(scene.waiting[2].wakes(), 0, "the third waits");
        done.store(true, SeqCst);
    });
    assert_eq!(passed.into_inner(), scene.limit);
    scene.finish();
}
