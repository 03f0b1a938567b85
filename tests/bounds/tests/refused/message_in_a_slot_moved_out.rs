//! A slot is lent, its message stays.

fn main() {
    let (_sender, mut receiver) = sakia::mpsc::recycled::channel::<String>(1);
    let slot = receiver.try_recv_ref().unwrap();
    let moved: String = *slot;
    drop(moved);
}
