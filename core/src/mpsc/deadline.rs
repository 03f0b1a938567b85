//! Waiting until a deadline that any future tells.

use core::{future::poll_fn, pin::pin, task::Poll};

/// What `future` comes to, unless `deadline` is ready first: then the future is dropped. The future is polled first.
pub(super) async fn before<F: Future, D: Future>(future: F, deadline: D) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut deadline = pin!(deadline);
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => deadline.as_mut().poll(context).map(|_| None),
    })
    .await
}
