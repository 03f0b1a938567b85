//! What the policies that come with the library make and keep, and the queue with all of them.
#![cfg(not(sakia_loom))]

use sakia::{
    queue::{Full, Queue, StaticQueue},
    recycling::{DefaultRecycle, Recycle, WithCapacity},
};
use std::{
    collections::{BinaryHeap, HashMap, HashSet, VecDeque},
    sync::Arc,
};

const POLICY: WithCapacity = WithCapacity::new().with_min_capacity(16).with_max_capacity(100);

/// An element begins with the least capacity; grown beyond the largest, it is emptied and shrunk.
fn keeps_to_its_bounds<C: core::fmt::Debug>(
    policy: impl Recycle<C>,
    grow: impl Fn(&mut C),
    state: impl Fn(&C) -> (usize, usize),
) {
    let mut element = policy.new_element();
    let (len, capacity) = state(&element);
    assert!(len == 0 && capacity >= 16, "{element:?}");
    grow(&mut element);
    let (len, grown) = state(&element);
    assert!(len > 100 && grown >= len, "{element:?}");
    policy.recycle(&mut element);
    let (len, capacity) = state(&element);
    assert!(len == 0 && capacity < grown, "{element:?}");
}

#[test]
fn collections_keep_to_their_bounds() {
    let range = || 0..1_000_u32;
    keeps_to_its_bounds::<Vec<u32>>(POLICY, |vec| vec.extend(range()), |vec| (vec.len(), vec.capacity()));
    keeps_to_its_bounds::<String>(
        &POLICY,
        |text| text.extend(range().map(|_| 'a')),
        |text| (text.len(), text.capacity()),
    );
    keeps_to_its_bounds::<VecDeque<u32>>(
        Arc::new(POLICY),
        |queue| queue.extend(range()),
        |queue| (queue.len(), queue.capacity()),
    );
    keeps_to_its_bounds::<BinaryHeap<u32>>(POLICY, |heap| heap.extend(range()), |heap| (heap.len(), heap.capacity()));
    keeps_to_its_bounds::<HashSet<u32>>(POLICY, |set| set.extend(range()), |set| (set.len(), set.capacity()));
    keeps_to_its_bounds::<HashMap<u32, u32>>(
        POLICY,
        |map| map.extend(range().zip(range())),
        |map| (map.len(), map.capacity()),
    );
}

#[test]
fn a_buffer_is_emptied_or_replaced() {
    let mut buffer: bytes::BytesMut = POLICY.new_element();
    assert!(buffer.is_empty() && buffer.capacity() >= 16);
    buffer.extend_from_slice(b"short");
    let place = buffer.as_ptr();
    POLICY.recycle(&mut buffer);
    assert!(buffer.is_empty() && buffer.capacity() >= 16 && buffer.as_ptr() == place, "kept");
    buffer.extend_from_slice(&[1; 1_000]);
    POLICY.recycle(&mut buffer);
    assert!(buffer.is_empty() && (16..=100).contains(&buffer.capacity()), "too large");
    buffer.extend_from_slice(&[2; 16]);
    let shared = buffer.split();
    POLICY.recycle(&mut buffer);
    assert!(buffer.is_empty() && buffer.capacity() >= 16 && shared[..] == [2; 16], "what was split off stays");
}

#[test]
fn a_policy_says_its_bounds_and_refuses_others() {
    assert_eq!((POLICY.min_capacity(), POLICY.max_capacity()), (16, 100));
    assert_eq!((WithCapacity::default().min_capacity(), WithCapacity::default().max_capacity()), (0, usize::MAX));
    assert!(std::panic::catch_unwind(|| POLICY.with_min_capacity(101)).is_err());
    assert!(std::panic::catch_unwind(|| POLICY.with_max_capacity(15)).is_err());
}

#[test]
fn the_default_keeps_an_allocation() {
    let mut text = String::from("a text");
    let capacity = text.capacity();
    DefaultRecycle::new().recycle(&mut text);
    assert_eq!((text.as_str(), text.capacity()), ("", capacity));
    assert_eq!(Recycle::<u8>::new_element(&DefaultRecycle::new()), 0);
}

#[test]
fn a_static_queue_call_by_call() {
    static QUEUE: StaticQueue<String, 2, WithCapacity> = StaticQueue::with_recycle(POLICY);
    assert_eq!((QUEUE.capacity(), QUEUE.remaining(), QUEUE.is_empty()), (2, 2, true));
    QUEUE.push("a".into()).unwrap();
    assert_eq!(QUEUE.push_with(|slot| slot.push('b')), Ok(()));
    assert_eq!(QUEUE.push("c".into()).map_err(Full::into_inner), Err("c".into()));
    assert!(QUEUE.push_ref().is_err_and(|full| full.to_string() == "the queue is full"));
    assert_eq!((QUEUE.len(), QUEUE.pop_with(|text| text.clone())), (2, Some("a".into())));
    let taken = QUEUE.pop_ref().map(sakia::queue::PopRef::into_inner);
    assert_eq!((taken, QUEUE.pop()), (Some("b".into()), None));
    QUEUE.push_ref().unwrap().abort();
    QUEUE.push_ref().unwrap().send();
    assert_eq!(QUEUE.pop_ref().map(|text| text.len()), Some(0));
    assert_eq!(QUEUE.remaining(), 2);
    assert!(format!("{QUEUE:?}").contains("StaticQueue"));
}

#[test]
fn queues_are_made_with_each_policy() {
    let queue: StaticQueue<u8, 3> = StaticQueue::default();
    queue.push(1).unwrap();
    let on_the_heap = Queue::<u8>::new(1);
    on_the_heap.push(2).unwrap();
    let full = on_the_heap.push(3).unwrap_err();
    assert!(format!("{full:?}").contains("Full"));
    assert_eq!((queue.pop(), on_the_heap.pop()), (Some(1), Some(2)));
    assert!(format!("{on_the_heap:?}").contains("Queue"));
}
