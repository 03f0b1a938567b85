//! A queue and its model.

use std::collections::VecDeque;

use sakia::queue::{PopRef, PushRef, Queue};

/// Runs a program on a queue, and holds it against the model.
pub(crate) fn run(queue: &Queue<u32>, steps: impl IntoIterator<Item = (u8, usize)>) {
    let mut model = VecDeque::new();
    let mut pushing: Vec<PushRef<'_, u32>> = Vec::new();
    let mut popping: Vec<(PopRef<'_, u32>, u32)> = Vec::new();
    for (n, (step, which)) in (0..).zip(steps) {
        let room = model.len() + pushing.len() + popping.len() < queue.capacity();
        match step {
            0 => {
                assert_eq!(queue.push(n).map_err(|full| full.into_inner()), if room { Ok(()) } else { Err(n) });
                model.extend(room.then_some(n));
            }
            1 => {
                let slot = queue.push_ref();
                assert_eq!(slot.is_ok(), room);
                pushing.extend(slot);
            }
            2 if which < pushing.len() => {
                *pushing[which] = n;
                pushing.swap_remove(which).send();
                model.push_back(n);
            }
            3 if which < pushing.len() => pushing.swap_remove(which).abort(),
            4 => assert_eq!(queue.pop(), model.pop_front()),
            5 => {
                let expected = model.pop_front();
                let element = queue.pop_ref();
                assert_eq!(element.as_deref().copied(), expected);
                popping.extend(element.zip(expected));
            }
            6 if which < popping.len() => {
                let (element, expected) = popping.swap_remove(which);
                assert_eq!(*element, expected);
            }
            _ => {}
        }
        let used = model.len() + pushing.len() + popping.len();
        assert_eq!(
            (queue.len(), queue.remaining(), queue.is_empty()),
            (model.len(), queue.capacity() - used, model.is_empty())
        );
    }
    pushing.into_iter().for_each(PushRef::abort);
}
