//! One consumer: what it receives, it receives one after another.

fn main() {
    let (_sender, mut receiver) = sakia::mpsc::channel::<u8>(1);
    let first = receiver.recv();
    let second = receiver.recv();
    drop((first, second));
}
