//! A send that gives up when a runtime's timer fires. The message comes back.

use core::time::Duration;
use std::time::Instant;

use sakia::mpsc;
use tokio::time::sleep;

const PATIENCE: Duration = Duration::from_millis(50);

#[tokio::main]
async fn main() {
    let (sender, mut receiver) = mpsc::channel(1);
    sender.send("first").await.expect("the receiver is there");

    // Any future is a deadline: another runtime's timer, a signal, a user who cancels.
    let started = Instant::now();
    let error = sender.send_before("second", sleep(PATIENCE)).await.expect_err("the channel is full");
    assert!(error.is_timeout() && started.elapsed() >= PATIENCE);
    println!("no room in time for {:?}", error.into_inner());

    let receiving = tokio::spawn(async move { [receiver.recv().await, receiver.recv().await] });
    sender.send_before("third", sleep(100 * PATIENCE)).await.expect("there is room in time");
    println!("received {:?}", receiving.await.expect("the task does not panic"));
}
