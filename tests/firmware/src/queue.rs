//! The queue for many consumers: an interrupt pushes and pops, and so does the main program.

use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

use sakia::queue::StaticQueue;
use sakia_executor::{executor, yield_now};

use crate::ticker::Ticker;

const TICKS: u32 = 300;

static QUEUE: StaticQueue<u32, 4> = StaticQueue::new();
static TICK: AtomicU32 = AtomicU32::new(0);
static PUSHED: AtomicU32 = AtomicU32::new(0);
static POPPED: AtomicU32 = AtomicU32::new(0);

/// Each number pushed is added there, each popped here. In the end they are the same.
fn exchange(number: u32) {
    let add = |sum: &AtomicU32, number| {
        critical_section::with(|_| sum.store(sum.load(Relaxed).wrapping_add(number), Relaxed));
    };
    if QUEUE.push(number).is_ok() {
        add(&PUSHED, number);
    }
    if number % 3 != 0
        && let Some(number) = QUEUE.pop()
    {
        add(&POPPED, number);
    }
}

fn tick() -> bool {
    let tick = TICK.load(Relaxed);
    TICK.store(tick + 1, Relaxed);
    exchange(1_000_000 + tick);
    tick + 1 == TICKS
}

/// The check.
pub fn check(ticker: &mut Ticker) {
    let mut exchanging = core::pin::pin!(async {
        let mut number = 0;
        while TICK.load(Relaxed) < TICKS {
            exchange(number);
            number += 1;
            if number % 64 == 0 {
                yield_now().await;
            }
        }
    });
    let mut executor = executor!(1);
    executor.spawn(exchanging.as_mut()).expect("a place");
    ticker.run(&mut executor, Some(tick));
    let rest = core::iter::from_fn(|| QUEUE.pop()).fold(0, u32::wrapping_add);
    assert_eq!(PUSHED.load(Relaxed), POPPED.load(Relaxed).wrapping_add(rest), "elements lost or doubled");
    assert_eq!(QUEUE.remaining(), QUEUE.capacity());
}
