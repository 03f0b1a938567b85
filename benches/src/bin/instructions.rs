//! One fast path, many times: for counting its instructions. `ci/instructions.sh` runs it.

use core::{
    fmt::Write as _,
    hint::black_box,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};
use std::{env, process::ExitCode};

use futures_util::{SinkExt as _, StreamExt as _};
use sakia::mpsc::{channel, recycled, unbounded};
use sakia_benches::flavours::{Flavour, Kanal, SakiaTokio, Tachyonix, Thingbuf, ThingbufRef, Tokio, Unbounded};
use sakia_futures::{ReceiverExt as _, SenderExt as _};

const CAPACITY: usize = 128;
const BATCH: usize = 32;

/// A path by its name, taken as often as it is told.
type Path = (&'static str, fn(u64));

/// The paths; those by `ref` are in place, those that begin with a peer's name are that peer's.
const PATHS: [Path; 32] = [
    ("try", by_try),
    ("async", by_async),
    ("permit", by_permit),
    ("batch", by_batch),
    ("blocking", by_blocking),
    ("ref-try", by_ref_try),
    ("ref-async", by_ref_async),
    ("ref-permit", by_ref_permit),
    ("ref-batch", by_ref_batch),
    ("ref-string", by_ref_string),
    ("unbounded", by_unbounded),
    ("stream-sink", by_stream_and_sink),
    ("dropin-try", peer_try::<SakiaTokio>),
    ("dropin-async", peer_async::<SakiaTokio>),
    ("dropin-permit", by_dropin_permit),
    ("dropin-batch", peer_batch::<SakiaTokio>),
    ("dropin-unbounded", peer_try::<Unbounded<SakiaTokio>>),
    ("tokio-try", peer_try::<Tokio>),
    ("tokio-async", peer_async::<Tokio>),
    ("tokio-permit", by_tokio_permit),
    ("tokio-batch", peer_batch::<Tokio>),
    ("tokio-unbounded", peer_try::<Unbounded<Tokio>>),
    ("thingbuf-try", peer_try::<Thingbuf>),
    ("thingbuf-async", peer_async::<Thingbuf>),
    ("thingbuf-ref-try", peer_try::<ThingbufRef>),
    ("thingbuf-ref-async", peer_async::<ThingbufRef>),
    ("thingbuf-ref-string", by_thingbuf_ref_string),
    ("kanal-try", peer_try::<Kanal>),
    ("kanal-async", peer_async::<Kanal>),
    ("kanal-unbounded", peer_try::<Unbounded<Kanal>>),
    ("tachyonix-try", peer_try::<Tachyonix>),
    ("tachyonix-async", peer_async::<Tachyonix>),
];

fn main() -> ExitCode {
    let mut args = env::args().skip(1);
    let path = args.next().and_then(|name| PATHS.into_iter().find(|(path, _)| *path == name));
    let (Some((_, run)), Some(Ok(times))) = (path, args.next().map(|times| times.parse())) else {
        eprintln!("usage: instructions {} TIMES", PATHS.map(|(path, _)| path).join("|"));
        return ExitCode::from(2);
    };
    run(times);
    ExitCode::SUCCESS
}

/// Polls once what is ready.
fn ready<T>(future: impl Future<Output = T>) -> T {
    // Not inlined into what is measured: as for a task, of which an executor knows no type.
    fn poll<T>(future: Pin<&mut dyn Future<Output = T>>) -> Poll<T> {
        future.poll(&mut Context::from_waker(Waker::noop()))
    }
    match poll(pin!(future)) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing has to wait"),
    }
}

fn by_try(times: u64) {
    let (sender, mut receiver) = channel(CAPACITY);
    for n in 0..times {
        sender.try_send(black_box(n)).unwrap();
        assert_eq!(receiver.try_recv(), Ok(n));
    }
}

fn by_async(times: u64) {
    let (sender, mut receiver) = channel(CAPACITY);
    for n in 0..times {
        assert!(ready(async { sender.send(black_box(n)).await.is_ok() }));
        assert!(ready(async { receiver.recv().await == Some(n) }));
    }
}

fn by_permit(times: u64) {
    let (sender, mut receiver) = channel(CAPACITY);
    for n in 0..times {
        sender.try_reserve().unwrap().send(black_box(n));
        assert_eq!(receiver.try_recv(), Ok(n));
    }
}

fn by_batch(times: u64) {
    let (sender, mut receiver) = channel(CAPACITY);
    let mut messages = Vec::with_capacity(BATCH);
    for _ in 0..times / BATCH as u64 {
        let mut batch = 0..BATCH as u64;
        assert!(ready(sender.send_iter(&mut batch)).is_ok());
        assert_eq!(ready(receiver.recv_many(&mut messages, BATCH)), BATCH);
        messages.clear();
    }
}

fn by_blocking(times: u64) {
    let (sender, mut receiver) = channel(CAPACITY);
    for n in 0..times {
        sender.blocking_send(black_box(n)).unwrap();
        assert_eq!(receiver.blocking_recv(), Some(n));
    }
}

fn by_ref_try(times: u64) {
    let (sender, mut receiver) = recycled::channel(CAPACITY);
    for n in 0..times {
        *sender.try_send_ref().unwrap() = black_box(n);
        assert_eq!(*receiver.try_recv_ref().unwrap(), n);
    }
}

fn by_ref_async(times: u64) {
    let (sender, mut receiver) = recycled::channel(CAPACITY);
    for n in 0..times {
        assert!(ready(async { sender.send_ref().await.map(|mut slot| *slot = black_box(n)).is_ok() }));
        assert!(ready(async { receiver.recv_ref().await.is_some_and(|message| *message == n) }));
    }
}

fn by_ref_permit(times: u64) {
    let (sender, mut receiver) = recycled::channel(CAPACITY);
    for n in 0..times {
        let mut slot = sender.try_reserve_ref().unwrap();
        *slot = black_box(n);
        slot.send();
        assert_eq!(*receiver.try_recv_ref().unwrap(), n);
    }
}

fn by_ref_batch(times: u64) {
    let (sender, mut receiver) = recycled::channel(CAPACITY);
    for _ in 0..times / BATCH as u64 {
        for n in 0..BATCH as u64 {
            *sender.try_send_ref().unwrap() = black_box(n);
        }
        assert_eq!(receiver.try_recv_many_ref(BATCH).unwrap().len(), BATCH);
    }
}

fn by_ref_string(times: u64) {
    let (sender, mut receiver) = recycled::channel::<String>(CAPACITY);
    for n in 0..times {
        write!(sender.try_send_ref().unwrap(), "line {}", black_box(n)).unwrap();
        assert!(receiver.try_recv_ref().unwrap().len() > 5);
    }
}

fn by_unbounded(times: u64) {
    let (sender, mut receiver) = unbounded();
    for n in 0..times {
        sender.send(black_box(n)).unwrap();
        assert_eq!(receiver.try_recv(), Ok(n));
    }
}

fn by_stream_and_sink(times: u64) {
    let (sender, receiver) = channel(CAPACITY);
    let (mut sink, mut stream) = (sender.into_sink(), receiver.into_stream());
    for n in 0..times {
        assert!(ready(async { sink.send(black_box(n)).await.is_ok() }));
        assert!(ready(async { stream.next().await == Some(n) }));
    }
}

fn by_dropin_permit(times: u64) {
    let (sender, mut receiver) = sakia_tokio::mpsc::channel(CAPACITY);
    for n in 0..times {
        sender.try_reserve().unwrap().send(black_box(n));
        assert_eq!(receiver.try_recv(), Ok(n));
    }
}

fn by_tokio_permit(times: u64) {
    let (sender, mut receiver) = tokio::sync::mpsc::channel(CAPACITY);
    for n in 0..times {
        sender.try_reserve().unwrap().send(black_box(n));
        assert_eq!(receiver.try_recv(), Ok(n));
    }
}

fn by_thingbuf_ref_string(times: u64) {
    let (sender, receiver) = thingbuf::mpsc::channel::<String>(CAPACITY);
    for n in 0..times {
        write!(sender.try_send_ref().unwrap(), "line {}", black_box(n)).unwrap();
        assert!(receiver.try_recv_ref().unwrap().len() > 5);
    }
}

fn peer_try<F: Flavour>(times: u64) {
    let (mut tx, mut rx) = F::channel::<u64>(CAPACITY, 1).expect("every peer has this capacity");
    for n in 0..times {
        assert!(F::try_send_written(&mut tx, black_box(n)));
        assert_eq!(F::try_recv_read(&mut rx), Some(n));
    }
}

fn peer_async<F: Flavour>(times: u64) {
    let (mut tx, mut rx) = F::channel::<u64>(CAPACITY, 1).expect("every peer has this capacity");
    for n in 0..times {
        assert!(ready(F::send_written(&mut tx, black_box(n))));
        assert_eq!(ready(F::recv_read(&mut rx)), Some(n));
    }
}

fn peer_batch<F: Flavour>(times: u64) {
    let (mut tx, mut rx) = F::channel::<u64>(CAPACITY, 1).expect("every peer has this capacity");
    let mut messages = Vec::with_capacity(BATCH);
    for _ in 0..times / BATCH as u64 {
        assert!(ready(F::send_batch(&mut tx, 0..BATCH as u64)));
        assert_eq!(ready(F::recv_batch(&mut rx, &mut messages, BATCH)), BATCH);
        messages.clear();
    }
}
