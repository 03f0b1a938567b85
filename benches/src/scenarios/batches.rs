//! Messages sent and received 32 at a time.

use core::hint::black_box;

use super::Measured;
use crate::block_on::block_on;
use crate::flavours::Flavour;
use crate::runtimes::Runtime;

const BATCH: u64 = 32;

/// Room for four batches.
const CAPACITY: usize = 128;

/// Sends and receives batches in turn within one task: neither ever waits.
pub(super) fn ready<F: Flavour>(messages: u64) -> Option<Measured> {
    let (mut tx, mut rx) = F::channel::<u64>(CAPACITY, 1)?;
    let rounds = messages.div_ceil(BATCH);
    let mut buffer = Vec::with_capacity(BATCH as usize);
    Some(Measured::time(rounds * BATCH, || {
        block_on(async {
            for _ in 0..rounds {
                assert!(F::send_batch(&mut tx, black_box(0..BATCH)).await);
                while buffer.len() < BATCH as usize {
                    let missing = BATCH as usize - buffer.len();
                    assert!(F::recv_batch(&mut rx, &mut buffer, missing).await > 0);
                }
                black_box(&mut buffer).clear();
            }
        });
    }))
}

/// `senders` tasks that send batches, and one that receives as many as there are, up to a batch.
pub(super) fn fan_in<F: Flavour, R: Runtime>(senders: usize, capacity: usize, messages: u64) -> Option<Measured> {
    let (tx, rx) = F::channel::<u64>(capacity, senders)?;
    let rounds = messages.div_ceil(senders as u64 * BATCH);
    let total = rounds * senders as u64 * BATCH;
    let main = async move {
        let sending: Vec<_> = core::iter::repeat_n(tx, senders).map(|tx| R::spawn(produce::<F>(tx, rounds))).collect();
        assert_eq!(drain::<F>(rx).await, total);
        for task in sending {
            task.await;
        }
    };
    Some(Measured::time(total, || R::run(main)))
}

async fn produce<F: Flavour>(mut tx: F::Tx<u64>, rounds: u64) {
    for _ in 0..rounds {
        assert!(F::send_batch(&mut tx, black_box(0..BATCH)).await);
    }
}

async fn drain<F: Flavour>(mut rx: F::Rx<u64>) -> u64 {
    let mut count = 0;
    let mut buffer = Vec::with_capacity(BATCH as usize);
    while F::recv_batch(&mut rx, &mut buffer, BATCH as usize).await > 0 {
        count += buffer.len() as u64;
        black_box(&mut buffer).clear();
    }
    count
}
