//! One fast path, many times: for counting its instructions. `ci/instructions.sh` runs it.

use core::{
    hint::black_box,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};
use std::{env, process::ExitCode};

use sakia::mpsc::{Receiver, Sender, channel};

const BATCH: u64 = 32;

fn main() -> ExitCode {
    let mut args = env::args().skip(1);
    let (Some(path), Some(Ok(times))) = (args.next(), args.next().map(|times| times.parse())) else {
        eprintln!("usage: instructions try|async|permit|batch|blocking TIMES");
        return ExitCode::from(2);
    };
    let (sender, receiver) = channel(128);
    let run = match path.as_str() {
        "try" => by_try,
        "async" => by_async,
        "permit" => by_permit,
        "batch" => by_batch,
        "blocking" => by_blocking,
        other => {
            eprintln!("unknown path: {other}");
            return ExitCode::from(2);
        }
    };
    run(&sender, receiver, times);
    ExitCode::SUCCESS
}

fn by_try(sender: &Sender<u64>, mut receiver: Receiver<u64>, times: u64) {
    for n in 0..times {
        sender.try_send(black_box(n)).unwrap();
        assert_eq!(receiver.try_recv(), Ok(n));
    }
}

fn by_async(sender: &Sender<u64>, mut receiver: Receiver<u64>, times: u64) {
    let ready = |future: Pin<&mut dyn Future<Output = bool>>| {
        future.poll(&mut Context::from_waker(Waker::noop())) == Poll::Ready(true)
    };
    for n in 0..times {
        assert!(ready(pin!(async { sender.send(black_box(n)).await.is_ok() })));
        assert!(ready(pin!(async { receiver.recv().await == Some(n) })));
    }
}

fn by_permit(sender: &Sender<u64>, mut receiver: Receiver<u64>, times: u64) {
    for n in 0..times {
        sender.try_reserve().unwrap().send(black_box(n));
        assert_eq!(receiver.try_recv(), Ok(n));
    }
}

fn by_batch(sender: &Sender<u64>, mut receiver: Receiver<u64>, times: u64) {
    let mut messages = Vec::with_capacity(BATCH as usize);
    for _ in 0..times / BATCH {
        let mut batch = 0..BATCH;
        let mut send = pin!(sender.send_iter(&mut batch));
        assert!(send.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready());
        let received = receiver.poll_recv_many(&mut Context::from_waker(Waker::noop()), &mut messages, BATCH as usize);
        assert_eq!(received, Poll::Ready(BATCH as usize));
        messages.clear();
    }
}

fn by_blocking(sender: &Sender<u64>, mut receiver: Receiver<u64>, times: u64) {
    for n in 0..times {
        sender.blocking_send(black_box(n)).unwrap();
        assert_eq!(receiver.blocking_recv(), Some(n));
    }
}
