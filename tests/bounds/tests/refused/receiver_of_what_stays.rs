//! The receiver of such messages stays too.

use std::{rc::Rc, thread};

fn main() {
    let (_sender, mut receiver) = sakia::mpsc::channel::<Rc<u8>>(1);
    thread::spawn(move || receiver.try_recv());
}
