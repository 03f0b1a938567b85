//! The drop-in's ends keep to the same.

use std::{rc::Rc, thread};

fn main() {
    let (sender, _receiver) = sakia_tokio::mpsc::channel::<Rc<u8>>(1);
    thread::spawn(move || sender.try_send(Rc::new(1)));
}
