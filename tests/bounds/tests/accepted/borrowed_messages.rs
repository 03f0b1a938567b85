//! Messages may borrow from what outlives the channel, be of no size, be none that is `Default`, and stay on their thread.

use sakia::mpsc::{Receiver, Sender};
use std::rc::Rc;

fn sent_through<T>((sender, mut receiver): (Sender<T>, Receiver<T>), message: T) -> Option<T> {
    sender.try_send(message).ok()?;
    receiver.try_recv().ok()
}

fn main() {
    struct NotDefault;
    let text = String::from("borrowed");
    assert_eq!(sent_through(sakia::mpsc::channel(1), text.as_str()), Some("borrowed"));
    assert!(sent_through(sakia::mpsc::channel(1), NotDefault).is_some());
    assert_eq!(sent_through(sakia::mpsc::channel(1), ()), Some(()));
    assert_eq!(sent_through(sakia::mpsc::channel(1), Rc::new(7)), Some(Rc::new(7)));
}
