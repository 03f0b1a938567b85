//! What is made, recycled and dropped when, counted; also when the policy or a message panics.
#![cfg(not(sakia_loom))]

mod behaviour;

use core::sync::atomic::{
    AtomicBool, AtomicIsize, AtomicUsize,
    Ordering::{Relaxed, SeqCst},
};
use std::sync::Arc;

use behaviour::panic_of;
use sakia::{
    mpsc::{
        recycled::{self, OwnedRecvRef, Receiver, RecvRef, Sender},
        with_recycle,
    },
    queue::Queue,
    recycling::{DefaultRecycle, Recycle, WithCapacity},
};

/// Counts what is asked of it, and panics if told to.
#[derive(Default)]
struct Counts {
    made: AtomicUsize,
    recycled: AtomicUsize,
    /// Elements that are there.
    alive: AtomicIsize,
    panic_in_new: AtomicBool,
    panic_in_recycle: AtomicBool,
    panic_in_drop: AtomicBool,
}

impl Counts {
    /// Made, recycled, alive.
    fn all(&self) -> (usize, usize, isize) {
        (self.made.load(SeqCst), self.recycled.load(SeqCst), self.alive.load(SeqCst))
    }

    fn element(self: &Arc<Self>) -> Element {
        self.alive.fetch_add(1, SeqCst);
        Element { counts: self.clone(), text: String::new() }
    }
}

struct Element {
    counts: Arc<Counts>,
    text: String,
}

impl Drop for Element {
    fn drop(&mut self) {
        assert!(self.counts.alive.fetch_sub(1, SeqCst) > 0, "dropped twice");
        assert!(!self.counts.panic_in_drop.swap(false, SeqCst), "in drop");
    }
}

struct Policy(Arc<Counts>);

impl Recycle<Element> for Policy {
    fn new_element(&self) -> Element {
        assert!(!self.0.panic_in_new.load(Relaxed), "in new_element");
        self.0.made.fetch_add(1, SeqCst);
        self.0.element()
    }

    fn recycle(&self, element: &mut Element) {
        assert!(!self.0.panic_in_recycle.swap(false, Relaxed), "in recycle");
        self.0.recycled.fetch_add(1, SeqCst);
        element.text.clear();
    }
}

/// As [`Policy`], but lazy.
struct LazyPolicy(Arc<Counts>);

impl Recycle<u32> for LazyPolicy {
    fn new_element(&self) -> u32 {
        self.0.made.fetch_add(1, SeqCst);
        0
    }

    fn recycle(&self, element: &mut u32) {
        assert!(!self.0.panic_in_recycle.swap(false, Relaxed), "in recycle");
        self.0.recycled.fetch_add(1, SeqCst);
        *element = 0;
    }

    fn is_lazy(&self) -> bool {
        true
    }
}

fn channel(capacity: usize) -> (Sender<Element, Policy>, Receiver<Element, Policy>, Arc<Counts>) {
    let counts = Arc::<Counts>::default();
    let (sender, receiver) = with_recycle(capacity, Policy(counts.clone()));
    (sender, receiver, counts)
}

#[test]
fn elements_are_made_at_first_use_and_recycled_when_released() {
    let (sender, mut receiver, counts) = channel(2);
    assert_eq!(counts.all(), (0, 0, 0), "made: none");
    for n in 0..5 {
        let mut slot = sender.try_send_ref().unwrap();
        assert!(slot.text.is_empty());
        slot.text.push('x');
        drop(slot);
        assert_eq!(counts.all(), (1, n, 1));
        let message = receiver.try_recv_ref().unwrap();
        assert_eq!(counts.all(), (1, n, 1));
        drop(message);
        assert_eq!(counts.all(), (1, n + 1, 1), "recycled when it is released");
    }
    sender.try_send_ref().unwrap().abort();
    sender.try_reserve_ref().unwrap().release();
    assert_eq!(counts.all(), (1, 7, 1));
    drop((sender, receiver));
    assert_eq!(counts.all(), (1, 7, 0));
}

#[test]
fn a_lazy_policy_recycles_when_an_element_is_next_written() {
    let counts = Arc::<Counts>::default();
    let (sender, mut receiver) = with_recycle(1, LazyPolicy(counts.clone()));
    for n in 0..5 {
        let mut slot = sender.try_send_ref().unwrap();
        assert_eq!((*slot, counts.all()), (0, (1, n, 0)));
        *slot = 7;
        drop(slot);
        assert_eq!(*receiver.try_recv_ref().unwrap(), 7);
        assert_eq!(counts.all(), (1, n, 0), "not when it is released");
    }
    *sender.try_reserve_ref().unwrap() = 7;
    assert_eq!(counts.all(), (1, 5, 0));
    *sender.clone().try_send_ref_owned().unwrap() = 8;
    assert_eq!((receiver.try_recv(), counts.all()), (Ok(8), (1, 6, 0)), "what was given up unsent as well");
    assert_eq!((sender.try_send(9), receiver.try_recv(), counts.all()), (Ok(()), Ok(9), (1, 6, 0)), "by value: none");
    assert_eq!((*sender.try_reserve_ref().unwrap(), counts.all()), (0, (2, 6, 0)), "taken out by value, made anew");

    counts.panic_in_recycle.store(true, Relaxed);
    assert_eq!(panic_of(|| drop(sender.try_send_ref())).unwrap().message, "in recycle");
    assert_eq!((sender.capacity(), *sender.try_send_ref().unwrap(), counts.all()), (1, 0, (3, 6, 0)));

    let queue = Queue::with_recycle(1, LazyPolicy(counts.clone()));
    for n in 0..3 {
        *queue.push_ref().unwrap() = 7;
        assert_eq!((*queue.pop_ref().unwrap(), counts.all()), (7, (4, 6 + n, 0)));
    }
    counts.panic_in_recycle.store(true, Relaxed);
    assert_eq!(panic_of(|| drop(queue.push_ref())).unwrap().message, "in recycle");
    assert_eq!((queue.remaining(), *queue.push_ref().unwrap(), counts.all()), (1, 0, (5, 8, 0)));
}

#[test]
fn the_default_policy_is_lazy_with_elements_that_hold_nothing() {
    fn is_lazy<T>(policy: impl Recycle<T>) -> bool {
        policy.is_lazy()
    }
    assert!(is_lazy::<[u8; 4]>(DefaultRecycle::new()) && is_lazy::<u32>(&Arc::new(DefaultRecycle::new())));
    assert!(!is_lazy::<String>(DefaultRecycle::new()) && !is_lazy::<Vec<u8>>(&WithCapacity::new()));
    assert!(is_lazy(Arc::new(LazyPolicy(Arc::default()))) && !is_lazy(Policy(Arc::default())));

    let (sender, mut receiver) = recycled::channel::<[u8; 2]>(1);
    for _ in 0..3 {
        let mut slot = sender.try_send_ref().unwrap();
        assert_eq!(*slot, [0, 0], "as new");
        slot[1] = 1;
        drop(slot);
        assert_eq!(*receiver.try_recv_ref().unwrap(), [0, 1]);
    }
}

#[test]
fn by_value_the_policy_is_not_asked() {
    let (sender, mut receiver, counts) = channel(2);
    for _ in 0..5 {
        sender.try_send(counts.element()).map_err(drop).unwrap();
        drop(receiver.try_recv().unwrap());
    }
    assert_eq!(counts.all(), (0, 0, 0));
    // What is idle is dropped for a value; what was taken out is made anew.
    drop(sender.try_send_ref().unwrap());
    drop(receiver.try_recv_ref().unwrap());
    assert_eq!(counts.all(), (1, 1, 1));
    sender.try_send(counts.element()).map_err(drop).unwrap();
    assert_eq!(counts.all(), (1, 1, 1));
    drop(RecvRef::into_inner(receiver.try_recv_ref().unwrap()));
    assert_eq!(counts.all(), (1, 1, 0));
    drop(sender.try_send_ref().unwrap());
    drop(OwnedRecvRef::into_inner(receiver.try_recv_ref_owned().unwrap()));
    assert_eq!(counts.all(), (2, 1, 0));
}

#[test]
fn each_element_is_dropped_once_and_in_time() {
    let (sender, mut receiver, counts) = channel(5);
    for _ in 0..4 {
        drop(sender.try_send_ref().unwrap());
    }
    let held = receiver.try_recv_ref_owned().unwrap();
    drop(receiver.try_recv_ref().unwrap());
    let writing = sender.try_reserve_ref().unwrap();
    let late = sender.clone().try_send_ref_owned().unwrap();
    let made = counts.all().0 as isize;
    drop(receiver);
    assert_eq!(counts.all().2, made - 2, "the two that were queued");
    drop(late);
    assert_eq!(counts.all().2, made - 3, "published to nobody");
    drop(held);
    assert_eq!(counts.all().2, made - 4, "with its reference");
    drop(writing);
    drop(sender);
    assert_eq!(counts.all().2, 0, "what was idle");
}

#[test]
fn a_panic_in_new_element_gives_the_slot_back() {
    let (sender, mut receiver, counts) = channel(1);
    counts.panic_in_new.store(true, Relaxed);
    for _ in 0..5 {
        assert_eq!(panic_of(|| drop(sender.try_send_ref())).unwrap().message, "in new_element");
        assert_eq!(panic_of(|| drop(sender.blocking_reserve_ref())).unwrap().message, "in new_element");
        assert_eq!(panic_of(|| drop(sender.clone().try_send_ref_owned())).unwrap().message, "in new_element");
        assert_eq!((sender.capacity(), sender.strong_count()), (1, 1));
    }
    counts.panic_in_new.store(false, Relaxed);
    sender.try_send_ref().unwrap().text.push('x');
    assert_eq!(receiver.try_recv_ref().unwrap().text, "x");
}

#[test]
fn a_panic_in_recycle_drops_the_element_and_gives_the_slot_back() {
    let (sender, mut receiver, counts) = channel(2);
    for n in 1..5 {
        drop(sender.try_send_ref().unwrap());
        let message = receiver.try_recv_ref().unwrap();
        counts.panic_in_recycle.store(true, Relaxed);
        assert_eq!(panic_of(|| drop(message)).unwrap().message, "in recycle");
        let slot = sender.try_send_ref().unwrap();
        counts.panic_in_recycle.store(true, Relaxed);
        assert_eq!(panic_of(|| slot.abort()).unwrap().message, "in recycle");
        drop(sender.try_send_ref().unwrap());
        let message = receiver.try_recv_ref_owned().unwrap();
        counts.panic_in_recycle.store(true, Relaxed);
        assert_eq!(panic_of(|| drop(message)).unwrap().message, "in recycle");
        drop(sender.try_send_ref().unwrap());
        drop(sender.try_send_ref().unwrap());
        let batch = receiver.try_recv_many_ref(2).unwrap();
        counts.panic_in_recycle.store(true, Relaxed);
        assert_eq!(panic_of(|| drop(batch)).unwrap().message, "in recycle");
        assert_eq!((sender.capacity(), receiver.len()), (2, 0), "round {n}");
    }
    drop((sender, receiver));
    assert_eq!(counts.all().2, 0);
}

#[test]
fn a_message_whose_drop_panics_keeps_nothing_of_the_others() {
    let (sender, receiver, counts) = channel(3);
    (0..3).for_each(|_| drop(sender.try_send_ref().unwrap()));
    counts.panic_in_drop.store(true, Relaxed);
    assert_eq!(panic_of(|| drop(receiver)).unwrap().message, "in drop");
    assert_eq!(counts.all().2, 0);
    assert!(sender.is_closed() && sender.try_send_ref().is_err());

    let (sender, mut receiver, counts) = channel(3);
    (0..3).for_each(|_| drop(sender.try_send_ref().unwrap()));
    receiver.try_iter_ref().for_each(drop);
    drop(receiver);
    counts.panic_in_drop.store(true, Relaxed);
    assert_eq!(panic_of(|| drop(sender)).unwrap().message, "in drop");
    assert_eq!(counts.all().2, 0, "idle ones too");
}

#[test]
fn the_queue_recycles_alike() {
    let counts = Arc::<Counts>::default();
    let queue = Queue::with_recycle(2, Policy(counts.clone()));
    for n in 0..5 {
        queue.push_ref().unwrap().text.push('x');
        assert_eq!(counts.all(), (1, 2 * n, 1));
        assert_eq!(queue.pop_ref().unwrap().text, "x");
        queue.push_ref().unwrap().abort();
        assert_eq!(counts.all(), (1, 2 * (n + 1), 1));
    }
    drop(queue.push(counts.element()));
    drop(queue.pop());
    assert_eq!(counts.all(), (1, 10, 0), "by value, the policy is not asked");
    counts.panic_in_new.store(true, Relaxed);
    assert_eq!(panic_of(|| drop(queue.push_ref())).unwrap().message, "in new_element");
    counts.panic_in_new.store(false, Relaxed);
    assert_eq!(panic_of(|| queue.push_with(|_| panic!("writing"))).unwrap().message, "writing");
    drop(queue.push_ref().unwrap());
    counts.panic_in_recycle.store(true, Relaxed);
    assert_eq!(panic_of(|| drop(queue.pop_ref())).unwrap().message, "in recycle");
    assert_eq!((queue.remaining(), queue.len(), counts.all().2), (2, 0, 0));
    drop(queue.push_ref().unwrap());
    drop(queue);
    assert_eq!(counts.all().2, 0);
}
