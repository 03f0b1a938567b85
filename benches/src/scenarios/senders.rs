//! Many sending tasks, one receiving task.

use core::fmt::Write;
use core::hint::black_box;

use super::Measured;
use crate::flavours::{Flavour, Message};
use crate::runtimes::Runtime;

/// `senders` tasks that send numbers.
pub(super) fn numbers<F: Flavour, R: Runtime>(senders: usize, capacity: usize, messages: u64) -> Option<Measured> {
    fan_in::<F, R, u64>(senders, capacity, messages, |i| i)
}

/// Four tasks that send strings of 300 bytes, each newly formatted.
pub(super) fn strings<F: Flavour, R: Runtime>(messages: u64) -> Option<Measured> {
    fan_in::<F, R, String>(4, 100, messages, text)
}

/// A string of 300 bytes that begins with `i`, in one allocation. Padding by the formatter would
/// cost several times as much as the channel.
fn text(i: u64) -> String {
    let mut text = String::with_capacity(FILLER.len());
    write!(text, "{i}").expect("a String takes everything");
    text.push_str(&FILLER[text.len()..]);
    text
}

const FILLER: &str = match str::from_utf8(&[b'.'; 300]) {
    Ok(text) => text,
    Err(_) => unreachable!(),
};

fn fan_in<F: Flavour, R: Runtime, T: Message>(
    senders: usize,
    capacity: usize,
    messages: u64,
    make: fn(u64) -> T,
) -> Option<Measured> {
    let (tx, rx) = F::channel(capacity, senders)?;
    let each = messages.div_ceil(senders as u64);
    let total = each * senders as u64;
    let main = async move {
        let sending = spawn_producers::<F, R, T>(tx, senders, each, make);
        assert_eq!(drain::<F, T>(rx).await, total);
        for task in sending {
            task.await;
        }
    };
    Some(Measured::time(total, || R::run(main)))
}

/// Spawns `senders` tasks that send `each` messages.
pub(super) fn spawn_producers<F: Flavour, R: Runtime, T: Message>(
    tx: F::Tx<T>,
    senders: usize,
    each: u64,
    make: fn(u64) -> T,
) -> Vec<impl Future<Output = ()> + Send> {
    // `repeat_n` gives the handle itself away as the last, so that there are exactly `senders`.
    core::iter::repeat_n(tx, senders).map(|tx| R::spawn(produce::<F, T>(tx, each, make))).collect()
}

/// Sends `count` messages.
pub(super) async fn produce<F: Flavour, T: Message>(mut tx: F::Tx<T>, count: u64, make: fn(u64) -> T) {
    for i in 0..count {
        assert!(F::send(&mut tx, make(i)).await);
    }
}

/// Receives until all senders are gone, and counts.
pub(super) async fn drain<F: Flavour, T: Message>(mut rx: F::Rx<T>) -> u64 {
    let mut count = 0;
    while let Some(message) = F::recv(&mut rx).await {
        black_box(message);
        count += 1;
    }
    count
}
