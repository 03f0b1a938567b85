//! One end is async and the other blocks: tasks send to a thread, and the thread answers a task.

use std::thread;

use sakia::mpsc::{self, blocking};

#[tokio::main]
async fn main() {
    let (to_thread, numbers) = mpsc::channel::<u64>(4);
    let (to_task, mut squares) = mpsc::channel::<u64>(4);

    // The same handles with another face: `send` and `iter` block this thread, and only this.
    let (numbers, to_task) = (blocking::Receiver::from(numbers), blocking::Sender::from(to_task));
    let thread = thread::spawn(move || {
        for number in numbers {
            to_task.send(number * number).expect("the task receives until the end");
        }
    });

    tokio::spawn(async move {
        for number in 1..=10 {
            to_thread.send(number).await.expect("the thread receives until the end");
        }
    });

    let mut sum = 0;
    while let Some(square) = squares.recv().await {
        sum += square;
    }
    thread.join().expect("the thread does not panic");
    println!("sum of squares {sum}");
}
