//! One fast path, many times: for counting its instructions. `ci/instructions.sh` runs it.

use core::{
    fmt::Write as _,
    hint::black_box,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};
use std::{env, process::ExitCode};

use sakia::mpsc::{channel, recycled};

const CAPACITY: usize = 128;
const BATCH: usize = 32;

/// A path by its name, taken as often as it is told.
type Path = (&'static str, fn(u64));

/// The paths; those by `ref` are in place.
const PATHS: [Path; 10] = [
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
