//! Lines that are allocated, and sent by value a batch at a time.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader},
    sync::Arc,
};

use sakia::mpsc;
use sakia_examples::allocations::{count, count_polls};

use crate::{
    CAPACITY, MESSAGES,
    count::Counts,
    input::{Closed, Files, Outlet},
    progress::Progress,
};

type Line = Vec<u8>;

/// How many lines are sent at a time.
const SENT: usize = 64;
/// How many lines are received at a time.
const RECEIVED: usize = 256;

#[derive(Debug)]
pub(crate) struct Sender {
    sender: mpsc::Sender<Line>,
    batch: Vec<Line>,
}

/// The first sender, and the consumer, which counts until every reader is done.
pub(crate) fn channel(progress: Arc<Progress>, files: Arc<Files>) -> (Sender, impl Future<Output = Counts> + Send) {
    let (sender, receiver) = count(|| mpsc::channel(CAPACITY));
    (Sender::new(sender), consume(receiver, progress, files))
}

async fn consume(mut receiver: mpsc::Receiver<Line>, progress: Arc<Progress>, files: Arc<Files>) -> Counts {
    let mut counts = Counts::default();
    let mut batch = Vec::with_capacity(RECEIVED);
    while count_polls(receiver.recv_many(&mut batch, RECEIVED)).await > 0 {
        for line in batch.drain(..) {
            counts.add(&line);
        }
        files.show(counts.lines, &progress);
    }
    counts
}

impl Sender {
    fn new(sender: mpsc::Sender<Line>) -> Self {
        Self { sender, batch: Vec::with_capacity(SENT) }
    }
}

impl Clone for Sender {
    fn clone(&self) -> Self {
        Self::new(count(|| self.sender.clone()))
    }
}

impl Outlet for Sender {
    async fn send_line(&mut self, file: &mut BufReader<File>) -> Result<io::Result<bool>, Closed> {
        let mut line = Vec::new();
        match MESSAGES.count(|| file.read_until(b'\n', &mut line)) {
            Ok(0) => return Ok(Ok(false)),
            Ok(_) => self.batch.push(line),
            Err(error) => return Ok(Err(error)),
        }
        if self.batch.len() == SENT {
            self.flush().await?;
        }
        Ok(Ok(true))
    }

    async fn flush(&mut self) -> Result<(), Closed> {
        let sent = count_polls(self.sender.send_iter(&mut self.batch.drain(..))).await;
        sent.map(|_| ()).map_err(|_| Closed)
    }
}
