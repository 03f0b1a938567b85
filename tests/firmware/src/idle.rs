//! Tasks that wait, for a message and for room, are not polled while neither comes.

use core::pin::pin;

use sakia::mpsc::StaticChannel;
use sakia_executor::executor;

use crate::ticker::Ticker;

static EMPTY: StaticChannel<u8, 1> = StaticChannel::new();
static FULL: StaticChannel<u8, 1> = StaticChannel::new();

/// The check.
pub fn check(ticker: &mut Ticker) {
    let (feeder, mut waiting) = EMPTY.split();
    let (blocked, mut drain) = FULL.split();
    blocked.try_send(1).expect("room");
    let mut receiving = pin!(async { assert_eq!(waiting.recv().await, Some(7)) });
    let mut sending = pin!(async { blocked.send(2).await.expect("open") });
    let mut executor = executor!(2);
    executor.spawn(receiving.as_mut()).expect("a place");
    executor.spawn(sending.as_mut()).expect("a place");
    assert_eq!(executor.run_until_stalled(), 2);
    assert_eq!(executor.polls(), 2);

    ticker.rest(&mut executor, 200);

    assert_eq!((executor.polls(), executor.wakes()), (2, 0), "polled while nothing happened");
    feeder.try_send(7).expect("room");
    assert_eq!(drain.try_recv(), Ok(1));
    ticker.run(&mut executor, None);
    assert_eq!((executor.polls(), executor.wakes()), (4, 2), "one wake and one poll each");
    assert_eq!(drain.try_recv(), Ok(2));
}
