//! Bytes that a pipe hands out are looked at before they are consumed.

use core::task::{Context, Poll, Waker};

fn main() {
    let (_writer, mut reader) = sakia_io::pipe(sakia_io::Config::new());
    let Poll::Ready(bytes) = reader.poll_bytes(&mut Context::from_waker(Waker::noop())) else { return };
    reader.consume_bytes(1);
    println!("{bytes:?}");
}
