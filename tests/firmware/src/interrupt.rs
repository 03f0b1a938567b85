//! By value: an interrupt that tries and a task that waits send to one receiver. All that was accepted arrives, in order.

use core::{
    pin::pin,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
};

use sakia::mpsc::{StaticChannel, StaticReceiver, StaticSender};
use sakia_executor::{executor, yield_now};

use crate::{
    tasks::Arrivals,
    ticker::{Handed, Ticker},
};

const TICKS: u32 = 500;
const SENT: u32 = 2_000;

/// First come, first served: then `try_send` takes no lock.
static READINGS: StaticChannel<(usize, u32), 4> = StaticChannel::with_overtaking(0);
static SENDER: Handed<StaticSender<(usize, u32)>> = Handed::new();
static TICK: AtomicU32 = AtomicU32::new(0);
static REFUSED: AtomicU32 = AtomicU32::new(0);

/// One reading a tick. With the last one, the interrupt's sender is gone.
fn tick() -> bool {
    let sender = SENDER.take();
    let tick = TICK.load(Relaxed);
    TICK.store(tick + 1, Relaxed);
    // Now and then by a permit.
    let result = if tick % 3 == 0 {
        sender.try_reserve().map(|permit| permit.send((1, tick))).is_ok()
    } else {
        sender.try_send((1, tick)).is_ok()
    };
    if !result {
        REFUSED.store(REFUSED.load(Relaxed) + 1, Relaxed);
    }
    let done = tick + 1 == TICKS;
    if !done {
        SENDER.put(sender);
    }
    done
}

async fn produce(sender: StaticSender<(usize, u32)>) {
    for number in 0..SENT {
        match number % 5 {
            0 => sender.reserve().await.expect("open").send((0, number)),
            _ => sender.send((0, number)).await.expect("open"),
        }
        if number % 7 == 0 {
            yield_now().await;
        }
    }
}

async fn consume(mut receiver: StaticReceiver<(usize, u32)>) -> Arrivals {
    let mut arrivals = Arrivals::default();
    loop {
        let Some(message) = receiver.recv().await else { return arrivals };
        arrivals.note(message);
        if let Ok(message) = receiver.try_recv() {
            arrivals.note(message);
        }
    }
}

/// The check. It can be made again: the handles are gone then.
pub fn check(ticker: &mut Ticker) {
    TICK.store(0, Relaxed);
    REFUSED.store(0, Relaxed);
    let (sender, receiver) = READINGS.split();
    assert!(READINGS.try_split().is_none(), "split twice");
    SENDER.put(sender.clone());

    let mut arrivals = Arrivals::default();
    let polls;
    {
        let mut producing = pin!(produce(sender));
        let mut consuming = pin!(async { arrivals = consume(receiver).await });
        let mut executor = executor!(2);
        executor.spawn(producing.as_mut()).expect("a place");
        executor.spawn(consuming.as_mut()).expect("a place");
        ticker.run(&mut executor, Some(tick));
        polls = executor.polls() as u32;
    }
    assert_eq!(arrivals.counts, [SENT, TICKS - REFUSED.load(Relaxed)], "messages lost");
    assert!(arrivals.counts[1] > 0, "no reading of the interrupt was taken");
    // Each task is polled for a reason: a message that came, room that came, or its own yield.
    let reasons = 2 * (SENT + TICKS) + SENT / 7 + 4;
    assert!(polls <= reasons, "{} polls, for which there were {} reasons", polls, reasons);
}
