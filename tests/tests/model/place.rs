//! Where a channel lives.

use sakia::mpsc::{Builder, Receiver, Sender, StaticChannel};

/// Where a channel lives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Place {
    Heap,
    /// On the heap, in blocks.
    OnDemand,
    /// As in a `static`.
    Static,
}

impl Place {
    pub(crate) const ALL: [Self; 3] = [Self::Heap, Self::OnDemand, Self::Static];

    /// A channel there, and what frees the place once its handles are gone.
    pub(crate) fn channel<T: 'static>(self, capacity: usize, overtaking: u32) -> (Sender<T>, Receiver<T>, Home) {
        let builder = Builder::new(capacity).overtaking(overtaking);
        let ((sender, receiver), home) = match self {
            Self::Heap => (builder.channel(), Home(None)),
            Self::OnDemand => (builder.on_demand().channel(), Home(None)),
            Self::Static => return static_channel(capacity, overtaking),
        };
        (sender, receiver, home)
    }
}

/// Frees the place of a channel when it is dropped, if all its handles are gone by then. Else it stays for ever.
pub(crate) struct Home(Option<Box<dyn FnOnce()>>);

impl Drop for Home {
    fn drop(&mut self) {
        self.0.take().into_iter().for_each(|free| free());
    }
}

fn static_channel<T: 'static>(capacity: usize, overtaking: u32) -> (Sender<T>, Receiver<T>, Home) {
    match capacity {
        1 => of_size::<T, 1>(overtaking),
        2 => of_size::<T, 2>(overtaking),
        3 => of_size::<T, 3>(overtaking),
        4 => of_size::<T, 4>(overtaking),
        5 => of_size::<T, 5>(overtaking),
        7 => of_size::<T, 7>(overtaking),
        8 => of_size::<T, 8>(overtaking),
        9 => of_size::<T, 9>(overtaking),
        255 => of_size::<T, 255>(overtaking),
        256 => of_size::<T, 256>(overtaking),
        257 => of_size::<T, 257>(overtaking),
        _ => unreachable!("no static of {capacity} in the tests"),
    }
}

fn of_size<T: 'static, const N: usize>(overtaking: u32) -> (Sender<T>, Receiver<T>, Home) {
    let channel: *mut StaticChannel<T, N> = Box::into_raw(Box::new(StaticChannel::with_overtaking(overtaking)));
    // SAFETY: the box was just made, and is freed by `Home` alone, when no handle is left.
    let channel: &'static StaticChannel<T, N> = unsafe { &*channel };
    let (sender, receiver) = channel.split();
    let free = || {
        let ends = channel.try_split();
        if ends.is_some() {
            drop(ends);
            // SAFETY: made by `Box::into_raw` above. It could be split, so no handle was left, and those are dropped.
            drop(unsafe { Box::from_raw(core::ptr::from_ref(channel).cast_mut()) });
        }
    };
    (sender, receiver, Home(Some(Box::new(free))))
}
