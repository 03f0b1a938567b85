//! A channel in a `static`, split between a driver and a task, without an allocator: as it is done in firmware.

use core::pin::pin;

use sakia::mpsc::{StaticChannel, StaticReceiver, StaticSender};
use sakia_examples::allocations::{CountingAllocator, count, total};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

static BYTES: StaticChannel<u8, 4> = StaticChannel::new();

/// What the device's interrupt calls. It never waits: a byte for which there is no room is lost, and that is told.
fn interrupt(sender: &StaticSender<u8>, byte: u8) -> bool {
    sender.try_send(byte).is_ok()
}

/// The task that the bytes are for.
async fn add_up(mut receiver: StaticReceiver<u8>) -> u32 {
    let mut sum = 0;
    while let Some(byte) = receiver.recv().await {
        sum += u32::from(byte);
    }
    sum
}

/// Lets bytes come in, three before the task runs, then six, then four. Gives the sum of those received, and how many
/// were lost.
fn run() -> (u32, usize) {
    let (sender, receiver) = BYTES.split();
    let (mut sum, mut lost) = (0, 0);
    {
        let mut task = pin!(async { sum = add_up(receiver).await });
        let mut executor = sakia_executor::executor!(1);
        executor.spawn(task.as_mut()).expect("there is a place for one task");

        for burst in [1..=3, 4..=9, 10..=13] {
            lost += burst.filter(|&byte| !interrupt(&sender, byte)).count();
            executor.run_until_stalled();
        }
        drop(sender);
        executor.run_until_stalled();
    }
    (sum, lost)
}

fn main() {
    let (sum, lost) = count(run);
    println!("sum {sum}, lost {lost}, allocations {}", total());
}
