//! One consumer: the receiver is no two.

fn main() {
    let (_sender, receiver) = sakia::mpsc::channel::<u8>(1);
    drop(receiver.clone());
}
