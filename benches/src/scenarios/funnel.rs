//! Tachyobench's funnel: many channels at once, each with more senders than it can serve.

use super::Measured;
use super::senders::{drain, spawn_producers};
use crate::flavours::Flavour;
use crate::runtimes::Runtime;

const CHANNELS: u64 = 61;
const SENDERS: usize = 13;

/// 61 channels, each with 13 sending tasks that send as fast as they can and one receiving task.
pub(super) fn funnel<F: Flavour, R: Runtime>(capacity: usize, messages: u64) -> Option<Measured> {
    let channels = (0..CHANNELS).map(|_| F::channel(capacity, SENDERS)).collect::<Option<Vec<_>>>()?;
    let each = messages.div_ceil(CHANNELS * SENDERS as u64);
    let main = async move {
        let mut sending = Vec::new();
        let mut receiving = Vec::new();
        for (tx, rx) in channels {
            sending.extend(spawn_producers::<F, R, u64>(tx, SENDERS, each));
            receiving.push(R::spawn(drain::<F, u64>(rx)));
        }
        for task in receiving {
            assert_eq!(task.await, each * SENDERS as u64);
        }
        for task in sending {
            task.await;
        }
    };
    Some(Measured::time(each * SENDERS as u64 * CHANNELS, || R::run(main)))
}
