//! One round: tasks and threads send in all ways and give up, one receives until it has all or goes.

use core::{
    pin::pin,
    sync::atomic::Ordering::SeqCst,
    task::{Poll, Waker},
};
use std::{sync::Arc, thread};

use sakia_tests::{poll_once, yield_now};

use super::{
    counted::{Account, Counted, Counts},
    ends::{self, CHANNEL, Flavour, Receives, Sends},
};

const TASKS: usize = 16;
const THREADS: usize = 4;
const MESSAGES: u64 = 300;

/// Numbers that look random.
#[derive(Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// Plays a round, and gives what came of each message.
pub(crate) fn play(flavour: Flavour, random: &mut Random) -> Account {
    let capacity = [1, 2, 3, 16, 100, 300][random.below(6) as usize];
    match flavour {
        Flavour::Strict => round(ends::bounded(capacity, 0), random),
        Flavour::Overtaking => round(ends::bounded(capacity, 1_000), random),
        Flavour::OnDemand => round(ends::on_demand(capacity), random),
        Flavour::Static => round(CHANNEL.split(), random),
        Flavour::InPlace => round(ends::in_place(capacity), random),
        Flavour::Unbounded => round(sakia::mpsc::unbounded(), random),
        Flavour::Tokio => round(sakia_tokio::mpsc::channel(capacity), random),
    }
}

fn round<S: Sends, R: Receives>((sender, receiver): (S, R), random: &mut Random) -> Account {
    let counts = Arc::new(Counts::default());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().expect("tokio starts");
    let mut tasks = vec![];
    for task in 0..TASKS {
        let seed = Random::new(random.below(u64::MAX));
        tasks.push(runtime.spawn(send_all(sender.clone(), task, seed, counts.clone())));
    }
    let threads: Vec<_> = (TASKS..TASKS + THREADS)
        .map(|task| {
            let seed = Random::new(random.below(u64::MAX));
            let sending = send_all(sender.clone(), task, seed, counts.clone());
            thread::spawn(|| smol::block_on(sending))
        })
        .collect();
    drop(sender);
    let most = [u64::MAX, 2_000, 100][random.below(3) as usize];
    let closes = random.below(2) == 0;
    // All messages arrive unless the receiver goes before.
    let drained = runtime.block_on(receive(receiver, most, closes, counts.clone()));
    runtime.block_on(async {
        for task in tasks {
            task.await.expect("no task panics");
        }
    });
    threads.into_iter().for_each(|thread| thread.join().expect("no thread panics"));
    drop(runtime);
    counts.balance(drained)
}

async fn send_all<S: Sends>(sender: S, task: usize, mut random: Random, counts: Arc<Counts>) {
    for n in 0..MESSAGES {
        let message = Counted::new(task, n, &counts);
        let result = match random.below(4) {
            0 => Some(sender.try_send(message)),
            1 => match poll_once(pin!(sender.send(message)), Waker::noop()) {
                Poll::Ready(result) => Some(result),
                Poll::Pending => None,
            },
            _ => Some(sender.send(message).await),
        };
        let count = match &result {
            Some(Ok(())) => &counts.sent,
            Some(Err(_)) => &counts.returned,
            None => &counts.cancelled,
        };
        count.fetch_add(1, SeqCst);
        if random.below(16) == 0 {
            yield_now().await;
        }
    }
}

/// Receives up to `most`, then closes and drains, or goes. True if it received to the end.
async fn receive<R: Receives>(mut receiver: R, most: u64, closes: bool, counts: Arc<Counts>) -> bool {
    let mut next = [0; TASKS + THREADS];
    let mut received = 0;
    let mut note = |message: Counted| {
        assert!(message.n >= next[message.task], "of task {}: out of order", message.task);
        next[message.task] = message.n + 1;
        counts.received.fetch_add(1, SeqCst);
    };
    loop {
        if received >= most {
            if !closes {
                return false;
            }
            receiver.close();
        }
        received += 1;
        let message = match received % 5 {
            0 => receiver.try_recv(),
            // Cancelled if there is nothing: nothing may be lost by that.
            1 => match poll_once(pin!(receiver.recv()), Waker::noop()) {
                Poll::Ready(Some(message)) => Some(message),
                Poll::Ready(None) => return true,
                Poll::Pending => None,
            },
            _ => match receiver.recv().await {
                Some(message) => Some(message),
                None => return true,
            },
        };
        message.into_iter().for_each(&mut note);
    }
}
