//! A reader that waits for its input in the middle of a message: it reads straight into a slot of the channel, and publishes
//! the slot when the message is whole. Another sender's messages pass meanwhile.

use sakia::mpsc::{errors::SendError, recycled};
use tokio::io::{AsyncReadExt as _, DuplexStream};

/// Reads messages, each a length and that many bytes, into slots.
async fn read_frames(mut input: DuplexStream, sender: recycled::Sender<Vec<u8>>) -> Result<(), SendError<()>> {
    while let Ok(len) = input.read_u8().await {
        // Across awaits a permit: if this future is dropped in the middle, nothing is sent and the slot is free again.
        let mut slot = sender.reserve_ref().await?;
        slot.resize(len.into(), 0);
        if input.read_exact(&mut slot).await.is_ok() {
            slot.send();
        }
    }
    Ok(())
}

#[tokio::main]
async fn main() {
    let (sender, mut receiver) = recycled::channel::<Vec<u8>>(2);
    let (mut socket, input) = tokio::io::duplex(4);
    let reading = tokio::spawn(read_frames(input, sender.clone()));

    tokio::io::AsyncWriteExt::write_all(&mut socket, b"\x05he").await.expect("the reader is there");
    sender.send_ref().await.expect("the receiver is there").extend(b"passes");
    let first = receiver.recv_ref().await.map(|message| String::from_utf8_lossy(&message).into_owned());
    println!("first  {first:?}");

    tokio::io::AsyncWriteExt::write_all(&mut socket, b"llo").await.expect("the reader is there");
    let second = receiver.recv_ref().await.map(|message| String::from_utf8_lossy(&message).into_owned());
    println!("second {second:?}");

    // The input ends in the middle of a message, which is given up.
    tokio::io::AsyncWriteExt::write_all(&mut socket, b"\x09half").await.expect("the reader is there");
    drop((socket, sender));
    println!("rest   {:?}", receiver.recv_ref().await.map(|message| message.len()));
    reading.await.expect("the task does not panic").expect("the receiver was there");
}
