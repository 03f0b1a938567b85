//! A polled sender without an allocation is a place in the queue of those who wait: it stays where it is.

fn moves<T: Unpin>(_: T) {}

fn main() {
    let (sender, _receiver) = sakia::mpsc::channel::<u8>(1);
    moves(sakia::mpsc::PollSender::new(sender));
}
