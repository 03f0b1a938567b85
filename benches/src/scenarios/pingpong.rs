//! Two tasks that wait for each other in turn.

use super::Measured;
use crate::flavours::Flavour;
use crate::runtimes::Runtime;

/// A number goes to the other task and back, over two channels of capacity 1. Each way is a
/// message.
pub(super) fn round_trips<F: Flavour, R: Runtime>(messages: u64) -> Option<Measured> {
    let (mut ping, ping_rx) = F::channel::<u64>(1, 1)?;
    let (pong, mut pong_rx) = F::channel::<u64>(1, 1)?;
    let trips = messages.div_ceil(2);
    let main = async move {
        let echoing = R::spawn(echo::<F>(ping_rx, pong));
        for i in 0..trips {
            assert!(F::send(&mut ping, i).await);
            assert_eq!(F::recv(&mut pong_rx).await, Some(i));
        }
        drop(ping);
        echoing.await;
    };
    Some(Measured::time(trips * 2, || R::run(main)))
}

async fn echo<F: Flavour>(mut rx: F::Rx<u64>, mut tx: F::Tx<u64>) {
    while let Some(i) = F::recv(&mut rx).await {
        assert!(F::send(&mut tx, i).await);
    }
}
