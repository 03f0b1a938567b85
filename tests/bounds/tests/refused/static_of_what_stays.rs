//! A `static` is reached by all threads.

use sakia::mpsc::StaticChannel;
use std::rc::Rc;

static CHANNEL: StaticChannel<Rc<u8>, 4> = StaticChannel::new();

fn main() {
    let _ = CHANNEL.split();
}
