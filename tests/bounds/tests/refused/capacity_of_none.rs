//! A channel, a queue and a pipe without room.

use sakia::{mpsc, queue};

static CHANNEL: mpsc::StaticChannel<u8, 0> = mpsc::StaticChannel::new();
static RECYCLED: mpsc::recycled::StaticChannel<u8, 0> = mpsc::recycled::StaticChannel::new();
static QUEUE: queue::StaticQueue<u8, 0> = queue::StaticQueue::new();
static PIPE: sakia_io::StaticPipe<0, 16> = sakia_io::StaticPipe::new();

fn main() {
    let _ = (&CHANNEL, &RECYCLED, &QUEUE, &PIPE);
}
