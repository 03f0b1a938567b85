//! So does a future that has such a message.

use std::rc::Rc;

fn spawn(_: impl Future + Send) {}

fn main() {
    let (sender, _receiver) = sakia::mpsc::channel::<Rc<u8>>(1);
    spawn(sender.send(Rc::new(1)));
}
