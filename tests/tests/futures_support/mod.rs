//! What the tests of the `Stream`s and `Sink`s share.
#![allow(dead_code, reason = "each test file uses its part")]

use core::{any::Any, pin::Pin};
use std::sync::Mutex;

use futures_util::{Sink, SinkExt as _, Stream};
use sakia::mpsc::{Receiver, Sender, StaticChannel, channel};
use sakia_futures::{SenderExt as _, SinkError};
use sakia_tests::{Task, task, yield_now};

/// Any sink of sakia.
pub(crate) type AnySink<T> = Pin<Box<dyn Sink<T, Error = SinkError<T>> + Send>>;

/// The ends of a static channel that is of this test alone.
pub(crate) fn of_static<T: Send + 'static, const N: usize>() -> (Sender<T>, Receiver<T>) {
    // Reachable for ever, so that it is no leak.
    static ALL: Mutex<Vec<&'static (dyn Any + Send + Sync)>> = Mutex::new(Vec::new());
    let channel: &'static StaticChannel<T, N> = Box::leak(Box::new(StaticChannel::new()));
    ALL.lock().unwrap().push(channel);
    channel.split()
}

/// Channels on the heap and static, as ends that are not adapted.
pub(crate) fn ends<T: Send + 'static, const N: usize>() -> [(Sender<T>, Receiver<T>); 2] {
    [channel(N), of_static::<T, N>()]
}

/// A sink that is `Unpin`, and one that is pinned.
pub(crate) fn sinks<T: Send + 'static>(sender: &Sender<T>) -> [AnySink<T>; 2] {
    [Box::pin(sender.clone().into_sink()), Box::pin(sender.clone().into_pinned_sink())]
}

/// Channels of both kinds, with sinks of both kinds.
pub(crate) fn all_ends<T: Send + 'static, const N: usize>() -> Vec<(AnySink<T>, Receiver<T>)> {
    let kinds = [(false, false), (false, true), (true, false), (true, true)];
    let ends = kinds.map(|(in_static, pinned)| {
        let (sender, receiver) = if in_static { of_static::<T, N>() } else { channel(N) };
        let [unpin, pin] = sinks(&sender);
        (if pinned { pin } else { unpin }, receiver)
    });
    ends.into()
}

/// A task that sends all messages, one by one, and closes.
pub(crate) fn send_each<T: Send + 'static>(
    mut sink: AnySink<T>,
    messages: impl IntoIterator<Item = T, IntoIter: Send> + Send + 'static,
) -> Task {
    task(async move {
        for message in messages {
            sink.send(message).await.unwrap();
        }
        sink.close().await.unwrap();
    })
}

/// A task that checks what a stream yields.
pub(crate) fn expect<T: Send + PartialEq + core::fmt::Debug + 'static>(
    stream: impl Stream<Item = T> + Send + 'static,
    expected: impl IntoIterator<Item = T>,
    runtime: &'static str,
) -> Task {
    use futures_util::StreamExt as _;

    let expected: Vec<_> = expected.into_iter().collect();
    task(async move { assert_eq!(stream.collect::<Vec<_>>().await, expected, "on {runtime}") })
}

/// Gives others a turn, then the value.
pub(crate) async fn later<T>(value: T) -> T {
    yield_now().await;
    value
}
