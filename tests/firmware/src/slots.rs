//! In place: frames written into recycled slots by a task and by an interrupt, some of them given up.

use core::{
    pin::pin,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
};

use sakia::mpsc::recycled::{StaticChannel, StaticReceiver, StaticSender};
use sakia_executor::{executor, yield_now};

use crate::{
    tasks::Arrivals,
    ticker::{Handed, Ticker},
};

const TICKS: u32 = 300;
const WRITTEN: u32 = 1_000;

#[derive(Clone, Copy, Default)]
struct Frame {
    producer: usize,
    number: u32,
    bytes: [u8; 32],
}

impl Frame {
    fn write(&mut self, producer: usize, number: u32) {
        assert_eq!((self.number, self.bytes), (0, [0; 32]), "a slot that was not recycled");
        *self = Self { producer, number, bytes: [number as u8; 32] };
    }

    fn read(&self) -> (usize, u32) {
        assert_eq!(self.bytes, [self.number as u8; 32], "a torn frame");
        (self.producer, self.number)
    }
}

static FRAMES: StaticChannel<Frame, 3> = StaticChannel::new().overtaking(0);
static SENDER: Handed<StaticSender<Frame>> = Handed::new();
static TICK: AtomicU32 = AtomicU32::new(0);
static WRITES: AtomicU32 = AtomicU32::new(0);

/// A frame a tick, every fourth given up half written.
fn tick() -> bool {
    let sender = SENDER.take();
    let tick = TICK.load(Relaxed);
    TICK.store(tick + 1, Relaxed);
    if let Ok(mut slot) = sender.try_send_ref() {
        slot.write(1, tick);
        if tick % 4 == 0 {
            slot.abort();
        } else {
            drop(slot);
            WRITES.store(WRITES.load(Relaxed) + 1, Relaxed);
        }
    }
    let done = tick + 1 == TICKS;
    if !done {
        SENDER.put(sender);
    }
    done
}

/// Gives the number of frames sent.
async fn write(sender: StaticSender<Frame>) -> u32 {
    let mut sent = 0;
    for number in 0..WRITTEN {
        match number % 4 {
            // Held across an await, then sent.
            0 => {
                let mut slot = sender.reserve_ref().await.expect("open");
                yield_now().await;
                slot.write(0, number);
                slot.send();
            }
            // Given up.
            1 => {
                let mut slot = sender.reserve_ref().await.expect("open");
                slot.write(0, number);
                continue;
            }
            2 => sender.send_ref().await.expect("open").write(0, number),
            _ => match sender.try_send_ref() {
                Ok(mut slot) => slot.write(0, number),
                Err(_) => continue,
            },
        }
        sent += 1;
    }
    sent
}

async fn read(mut receiver: StaticReceiver<Frame>) -> Arrivals {
    let mut arrivals = Arrivals::default();
    loop {
        let Some(frame) = receiver.recv_ref().await else { return arrivals };
        arrivals.note(frame.read());
        drop(frame);
        // One that is kept while the next is received.
        if let Ok(kept) = receiver.try_recv_ref_owned() {
            let next = receiver.try_recv_ref().map(|frame| frame.read());
            arrivals.note(kept.read());
            if let Ok(next) = next {
                arrivals.note(next);
            }
        }
    }
}

/// The check.
pub fn check(ticker: &mut Ticker) {
    let (sender, receiver) = FRAMES.split();
    SENDER.put(sender.clone());
    let (mut sent, mut arrivals) = (0, Arrivals::default());
    {
        let mut writing = pin!(async { sent = write(sender).await });
        let mut reading = pin!(async { arrivals = read(receiver).await });
        let mut executor = executor!(2);
        executor.spawn(writing.as_mut()).expect("a place");
        executor.spawn(reading.as_mut()).expect("a place");
        ticker.run(&mut executor, Some(tick));
        let reasons = 3 * (WRITTEN + TICKS) as usize + 4;
        assert!(executor.polls() <= reasons, "{} polls, for which there were {} reasons", executor.polls(), reasons);
    }
    assert_eq!(arrivals.counts, [sent, WRITES.load(Relaxed)], "frames lost");
    assert!(sent > WRITTEN / 2 && arrivals.counts[1] > 0, "no frames to speak of");
    assert!(FRAMES.try_split().is_some(), "every handle is gone");
}
