//! Lines that are read from the file straight into their slots, which are recycled.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader},
    sync::Arc,
};

use sakia::{mpsc::recycled, recycling::Recycle};
use sakia_examples::allocations::{count, count_polls};

use crate::{
    CAPACITY, ELEMENTS, MESSAGES,
    count::Counts,
    input::{Closed, Files, Outlet},
    progress::Progress,
};

type Line = Vec<u8>;

/// How many lines are received at a time.
const RECEIVED: usize = 16;
/// What a slot has room for at first. A longer line makes it grow, once.
const ROOM: usize = 4 * 1024;

/// Makes and clears the lines in the slots, and counts what that allocates.
#[derive(Debug)]
pub(crate) struct Lines;

impl Recycle<Line> for Lines {
    fn new_element(&self) -> Line {
        ELEMENTS.count(|| Vec::with_capacity(ROOM))
    }

    fn recycle(&self, line: &mut Line) {
        MESSAGES.count(|| line.clear());
    }
}

#[derive(Debug)]
pub(crate) struct Sender(recycled::Sender<Line, Lines>);

type Receiver = recycled::Receiver<Line, Lines>;

/// The first sender, and the consumer, which counts until every reader is done.
pub(crate) fn channel(progress: Arc<Progress>, files: Arc<Files>) -> (Sender, impl Future<Output = Counts> + Send) {
    let (sender, receiver) = count(|| recycled::with_recycle(CAPACITY, Lines));
    (Sender(sender), consume(receiver, progress, files))
}

async fn consume(mut receiver: Receiver, progress: Arc<Progress>, files: Arc<Files>) -> Counts {
    let mut counts = Counts::default();
    loop {
        let batch = count_polls(receiver.recv_many_ref(RECEIVED)).await;
        if batch.is_empty() {
            return counts;
        }
        for line in &batch {
            counts.add(line);
        }
        count(|| drop(batch));
        files.show(counts.lines, &progress);
    }
}

impl Clone for Sender {
    fn clone(&self) -> Self {
        Self(count(|| self.0.clone()))
    }
}

impl Outlet for Sender {
    async fn send_line(&mut self, file: &mut BufReader<File>) -> Result<io::Result<bool>, Closed> {
        let mut line = count_polls(self.0.reserve_ref()).await.map_err(|_| Closed)?;
        let read = MESSAGES.count(|| file.read_until(b'\n', &mut line));
        Ok(read.map(|length| {
            count(|| if length > 0 { line.send() } else { line.release() });
            length > 0
        }))
    }

    async fn flush(&mut self) -> Result<(), Closed> {
        Ok(())
    }
}
