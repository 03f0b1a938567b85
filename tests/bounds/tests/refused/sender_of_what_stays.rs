//! Messages that may not go to another thread don't.

use std::{rc::Rc, thread};

fn main() {
    let (sender, _receiver) = sakia::mpsc::channel::<Rc<u8>>(1);
    thread::spawn(move || sender.try_send(Rc::new(1)));
}
