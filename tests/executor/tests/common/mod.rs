//! A gate that tests open by hand.

use core::task::{Poll, Waker};
use std::sync::Mutex;

/// Keeps the waker of whoever waits, and lets it through once open.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    open: bool,
    waker: Option<Waker>,
}

impl Gate {
    /// Waits until the gate is open.
    pub(crate) async fn pass(&self) {
        core::future::poll_fn(|cx| {
            let mut state = self.state.lock().unwrap();
            if state.open {
                return Poll::Ready(());
            }
            state.waker = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Opens the gate and wakes whoever waits.
    pub(crate) fn open(&self) {
        self.state.lock().unwrap().open = true;
        if let Some(waker) = self.waker() {
            waker.wake();
        }
    }

    /// A clone of the waker of who waited last.
    pub(crate) fn waker(&self) -> Option<Waker> {
        self.state.lock().unwrap().waker.clone()
    }
}
