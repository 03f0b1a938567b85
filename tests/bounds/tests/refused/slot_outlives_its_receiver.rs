//! A slot that is read by reference goes back before the next is taken, and before the receiver goes.

fn main() {
    let (_sender, mut receiver) = sakia::mpsc::recycled::channel::<u8>(2);
    let first = receiver.try_recv_ref();
    let second = receiver.try_recv_ref();
    drop(receiver);
    drop((first, second));
}
