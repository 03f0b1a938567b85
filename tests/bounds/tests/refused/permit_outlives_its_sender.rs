//! A permit that borrows goes before its sender does.

fn main() {
    let (sender, _receiver) = sakia::mpsc::channel::<u8>(1);
    let permit = sender.try_reserve().unwrap();
    drop(sender);
    permit.send(1);
}
