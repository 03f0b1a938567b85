//! Another channel, `tokio`'s, behind sakia's traits, and so with sakia's adapters: a stream with a size hint and
//! batches, and a sink that gives up a slot it does not need.

use core::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_util::{SinkExt as _, StreamExt as _, stream};
use sakia::mpsc::{PollReceive, PollSend, errors::SendError};
use sakia_futures::{ReceiverExt as _, SenderSink};
use tokio::sync::mpsc::{self, OwnedPermit, Receiver, Sender};

struct Receiving<T>(Receiver<T>);

impl<T> PollReceive for Receiving<T> {
    type Item = T;

    fn poll_recv(&mut self, context: &mut Context<'_>) -> Poll<Option<T>> {
        self.0.poll_recv(context)
    }

    fn poll_recv_many<E: Extend<T>>(&mut self, context: &mut Context<'_>, buffer: &mut E, limit: usize) -> Poll<usize> {
        if limit == 0 {
            return Poll::Ready(0);
        }
        let first = ready!(self.0.poll_recv(context));
        let mut received = 0;
        let rest = core::iter::from_fn(|| self.0.try_recv().ok());
        buffer.extend(first.into_iter().chain(rest).take(limit).inspect(|_| received += 1));
        Poll::Ready(received)
    }

    fn close(&mut self) {
        self.0.close();
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let closed = self.0.is_closed();
        (self.0.len(), closed.then(|| self.0.max_capacity() - self.0.capacity()))
    }
}

type Reserving<T> = Pin<Box<dyn Future<Output = Option<OwnedPermit<T>>> + Send>>;

/// A sender, until it is closed, and what `poll_ready` has come to: a box for each permit, which sakia's own does without.
struct Sending<T> {
    sender: Option<Sender<T>>,
    reserving: Option<Reserving<T>>,
    permit: Option<OwnedPermit<T>>,
}

impl<T: Send + 'static> PollSend<T> for Sending<T> {
    fn poll_ready(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), SendError<()>>> {
        let Self { sender, reserving, permit } = &mut *self;
        if permit.is_none() {
            let reserve = || -> Reserving<T> {
                let sender = sender.clone();
                Box::pin(async move { sender?.reserve_owned().await.ok() })
            };
            *permit = ready!(reserving.get_or_insert_with(reserve).as_mut().poll(context));
            *reserving = None;
        }
        Poll::Ready(if permit.is_some() { Ok(()) } else { Err(SendError(())) })
    }

    fn start_send(mut self: Pin<&mut Self>, value: T) -> Result<(), SendError<T>> {
        if self.sender.is_none() {
            return Err(SendError(value));
        }
        self.permit.take().expect("`poll_ready` was ready").send(value);
        Ok(())
    }

    fn abort(mut self: Pin<&mut Self>) -> bool {
        self.permit.take().is_some() | self.reserving.take().is_some()
    }

    fn close(mut self: Pin<&mut Self>) {
        self.as_mut().abort();
        self.sender = None;
    }
}

#[tokio::main]
async fn main() {
    let (sender, receiver) = mpsc::channel(4);
    let mut sink = SenderSink::new(Sending { sender: Some(sender), reserving: None, permit: None });
    let sending = tokio::spawn(async move {
        sink.send_all(&mut stream::iter(1..=100).map(Ok)).await?;
        sink.close().await
    });
    let sums = Receiving(receiver).into_batches(4).map(|batch: Vec<u32>| batch.iter().sum::<u32>());
    println!("sum {}", sums.fold(0, async |all, sum| all + sum).await);
    sending.await.expect("the task does not panic").expect("the receiver was there until the end");
}
