//! Tasks send, a task receives.

use sakia::mpsc;

#[tokio::main]
async fn main() {
    let (sender, mut receiver) = mpsc::channel(4);

    for n in 0..10 {
        let sender = sender.clone();
        tokio::spawn(async move {
            // With ten messages and room for four, some have to wait here.
            sender.send(n).await.expect("the receiver is there until the end");
        });
    }
    // The channel ends when the last sender is gone, and this one sends nothing.
    drop(sender);

    let mut sum = 0;
    while let Some(n) = receiver.recv().await {
        println!("received {n}");
        sum += n;
    }
    println!("sum {sum}");
}
