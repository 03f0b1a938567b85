//! Many sending tasks, one receiving task.

use core::hint::black_box;

use super::Measured;
use crate::flavours::{Flavour, Written};
use crate::runtimes::Runtime;

/// `senders` tasks that send, and one that receives.
pub(super) fn fan_in<F: Flavour, R: Runtime, T: Written>(
    senders: usize,
    capacity: usize,
    messages: u64,
) -> Option<Measured> {
    let (tx, rx) = F::channel(capacity, senders)?;
    let each = messages.div_ceil(senders as u64);
    let total = each * senders as u64;
    let main = async move {
        let sending = spawn_producers::<F, R, T>(tx, senders, each);
        assert_eq!(drain::<F, T>(rx).await, total);
        for task in sending {
            task.await;
        }
    };
    Some(Measured::time(total, || R::run(main)))
}

/// Spawns `senders` tasks that send `each` messages.
pub(super) fn spawn_producers<F: Flavour, R: Runtime, T: Written>(
    tx: F::Tx<T>,
    senders: usize,
    each: u64,
) -> Vec<impl Future<Output = ()> + Send> {
    // `repeat_n` gives the handle itself away as the last, so that there are exactly `senders`.
    core::iter::repeat_n(tx, senders).map(|tx| R::spawn(produce::<F, T>(tx, each))).collect()
}

/// Sends `count` messages.
pub(super) async fn produce<F: Flavour, T: Written>(mut tx: F::Tx<T>, count: u64) {
    for i in 0..count {
        assert!(F::send_written(&mut tx, i).await);
    }
}

/// Receives until all senders are gone, and counts.
pub(super) async fn drain<F: Flavour, T: Written>(mut rx: F::Rx<T>) -> u64 {
    let mut count = 0;
    while let Some(read) = F::recv_read(&mut rx).await {
        black_box(read);
        count += 1;
    }
    count
}
