//! A chain of combinators from a reader to a writer: the longest words of the input, each once, with their lines.
//!
//! `stream_chain FILE` reads that file, and without it standard input. A thread reads, since files block.

use core::future::ready;
use std::collections::HashSet;
use std::io::{self, BufRead, BufReader, Write as _};
use std::{env, fs::File, thread};

use futures_util::{SinkExt as _, StreamExt as _, stream};
use sakia::mpsc;
use sakia_futures::{ReceiverExt as _, SenderExt as _, SinkError};

const AT_LEAST: usize = 12;

fn open() -> io::Result<Box<dyn BufRead>> {
    match env::args_os().nth(1) {
        Some(path) => Ok(Box::new(BufReader::new(File::open(path)?))),
        None => Ok(Box::new(io::stdin().lock())),
    }
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let (lines, read) = mpsc::channel(16);
    let (findings, found) = mpsc::channel::<String>(16);

    let reader = thread::spawn(move || {
        for line in open()?.lines() {
            if lines.blocking_send(line?).is_err() {
                break; // the chain has ended
            }
        }
        Ok::<_, io::Error>(())
    });

    let mut seen = HashSet::new();
    let chain = read
        .into_stream()
        .enumerate()
        .flat_map(|(n, line)| {
            let words = line.split(|c: char| !c.is_alphabetic()).map(str::to_lowercase).collect::<Vec<_>>();
            stream::iter(words).map(move |word| (n + 1, word))
        })
        .filter(|(_, word)| ready(word.chars().count() >= AT_LEAST))
        .filter(move |(_, word)| ready(seen.insert(word.clone())))
        .map(|(line, word)| Ok::<_, SinkError<String>>(format!("{line}: {word}\n")));
    let chaining = tokio::spawn(chain.forward(findings.into_sink().buffer(4)));

    let mut batches = found.into_batches(16);
    while let Some(batch) = batches.next().await {
        io::stdout().write_all(batch.concat().as_bytes())?;
    }
    chaining.await.expect("the task does not panic").expect("the writer was there until the end");
    reader.join().expect("the thread does not panic")
}
