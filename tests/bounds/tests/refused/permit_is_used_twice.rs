//! A permit is for one message.

fn main() {
    let (sender, _receiver) = sakia::mpsc::channel::<u8>(2);
    let permit = sender.try_reserve().unwrap();
    permit.send(1);
    permit.send(2);
}
