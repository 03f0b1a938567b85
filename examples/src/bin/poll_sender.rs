//! A hand-written future that sends: `poll_ready` until there is room, then `start_send`.

use core::{
    pin::{Pin, pin},
    task::{Context, Poll, ready},
};

use sakia::mpsc::{self, PollSend, PollSender, errors::SendError};

/// Sends all messages of an iterator, through any sender that is polled.
struct SendAll<'a, S, I> {
    sender: Pin<&'a mut S>,
    messages: I,
}

impl<S, I> Future for SendAll<'_, S, I>
where
    S: PollSend<I::Item>,
    I: Iterator + Unpin,
{
    type Output = Result<(), SendError<()>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            ready!(self.sender.as_mut().poll_ready(context))?;
            // A message is made only now that a slot is reserved for it, so none is ever left over.
            let Some(message) = self.messages.next() else {
                // The slot is not needed: others get it.
                self.sender.as_mut().abort();
                return Poll::Ready(Ok(()));
            };
            self.sender.as_mut().start_send(message).map_err(|_| SendError(()))?;
        }
    }
}

#[tokio::main]
async fn main() {
    let (sender, mut receiver) = mpsc::channel(2);
    let sending = tokio::spawn(async move {
        // It waits with a node that is inside it, so it is pinned, and nothing is allocated.
        let sender = pin!(PollSender::new(sender));
        SendAll { sender, messages: 1..=100 }.await
    });

    let mut sum = 0;
    while let Some(n) = receiver.recv().await {
        sum += n;
    }
    sending.await.expect("the task does not panic").expect("the receiver was there until the end");
    println!("sum {sum}");
}
