//! A full channel: a send that waits is cancelled and was not sent, one that waits is told of the closing.

use core::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use sakia::mpsc::{StaticChannel, errors::TryRecvError};
use sakia_executor::executor;

use crate::ticker::Ticker;

static CHANNEL: StaticChannel<u32, 2> = StaticChannel::with_overtaking(0);

/// The check.
pub fn check(ticker: &mut Ticker) {
    let (sender, mut receiver) = CHANNEL.split();
    sender.try_send(1).expect("room");
    sender.try_send(2).expect("room");
    assert!(sender.try_send(3).is_err_and(|error| error.into_inner() == 3));
    {
        let mut cancelled = pin!(sender.send(4));
        assert!(cancelled.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    let mut returned = 0;
    {
        let mut told = pin!(async { returned = sender.send(5).await.expect_err("closed").0 });
        let mut executor = executor!(1);
        executor.spawn(told.as_mut()).expect("a place");
        assert_eq!(executor.run_until_stalled(), 1);
        receiver.close();
        ticker.run(&mut executor, None);
        assert_eq!(executor.polls(), 2);
    }
    assert_eq!(returned, 5);
    assert_eq!((receiver.try_recv(), receiver.try_recv()), (Ok(1), Ok(2)));
    assert_eq!(receiver.try_recv(), Err(TryRecvError::Closed));
    let mut end = pin!(receiver.recv());
    assert_eq!(end.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(None));
}
