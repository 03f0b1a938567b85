//! Threads send, a thread receives.

use std::thread;

use sakia::mpsc::blocking;

fn main() {
    let (sender, receiver) = blocking::channel(4);

    for n in 0..10 {
        let sender = sender.clone();
        thread::spawn(move || {
            // With ten messages and room for four, some have to wait here.
            sender.send(n).expect("the receiver is there until the end");
        });
    }
    // The channel ends when the last sender is gone, and this one sends nothing.
    drop(sender);

    let sum: i32 = receiver.into_iter().inspect(|n| println!("received {n}")).sum();
    println!("sum {sum}");
}
