//! The ends of each flavour of channel, seen alike.

use sakia::{
    mpsc::{self, Builder, StaticChannel, recycled},
    recycling::Recycle,
};

use super::counted::Counted;

/// The flavours there are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Flavour {
    Strict,
    Overtaking,
    OnDemand,
    Static,
    InPlace,
    Unbounded,
    Tokio,
}

impl Flavour {
    pub(crate) const ALL: [Self; 7] =
        [Self::Strict, Self::Overtaking, Self::OnDemand, Self::Static, Self::InPlace, Self::Unbounded, Self::Tokio];
}

/// A sending end.
pub(crate) trait Sends: Clone + Send + Sync + 'static {
    fn send(&self, message: Counted) -> impl Future<Output = Result<(), Counted>> + Send;
    fn try_send(&self, message: Counted) -> Result<(), Counted>;
}

/// A receiving end.
pub(crate) trait Receives: Send + 'static {
    fn recv(&mut self) -> impl Future<Output = Option<Counted>> + Send;
    fn try_recv(&mut self) -> Option<Counted>;
    fn close(&mut self);
}

impl Sends for mpsc::Sender<Counted> {
    async fn send(&self, message: Counted) -> Result<(), Counted> {
        // By all ways by turns.
        match message.n % 3 {
            0 => match self.reserve().await {
                Ok(permit) => {
                    permit.send(message);
                    Ok(())
                }
                Err(_) => Err(message),
            },
            _ => Self::send(self, message).await.map_err(|error| error.0),
        }
    }

    fn try_send(&self, message: Counted) -> Result<(), Counted> {
        Self::try_send(self, message).map_err(|error| error.into_inner())
    }
}

impl Receives for mpsc::Receiver<Counted> {
    async fn recv(&mut self) -> Option<Counted> {
        Self::recv(self).await
    }

    fn try_recv(&mut self) -> Option<Counted> {
        Self::try_recv(self).ok()
    }

    fn close(&mut self) {
        Self::close(self);
    }
}

impl Sends for mpsc::UnboundedSender<Counted> {
    async fn send(&self, message: Counted) -> Result<(), Counted> {
        Self::send(self, message).map_err(|error| error.0)
    }

    fn try_send(&self, message: Counted) -> Result<(), Counted> {
        Self::send(self, message).map_err(|error| error.0)
    }
}

/// Slots that are empty when nobody uses them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Emptied;

impl Recycle<Option<Counted>> for Emptied {
    fn new_element(&self) -> Option<Counted> {
        None
    }

    fn recycle(&self, element: &mut Option<Counted>) {
        *element = None;
    }
}

impl Sends for recycled::Sender<Option<Counted>, Emptied> {
    async fn send(&self, message: Counted) -> Result<(), Counted> {
        match message.n % 3 {
            0 => match self.reserve_ref().await {
                Ok(mut slot) => {
                    *slot = Some(message);
                    slot.send();
                    Ok(())
                }
                Err(_) => Err(message),
            },
            _ => match self.send_ref().await {
                Ok(mut slot) => {
                    *slot = Some(message);
                    Ok(())
                }
                Err(_) => Err(message),
            },
        }
    }

    fn try_send(&self, message: Counted) -> Result<(), Counted> {
        match self.try_send_ref() {
            Ok(mut slot) => {
                *slot = Some(message);
                Ok(())
            }
            Err(_) => Err(message),
        }
    }
}

impl Receives for recycled::Receiver<Option<Counted>, Emptied> {
    async fn recv(&mut self) -> Option<Counted> {
        self.recv_ref().await.map(|mut slot| slot.take().expect("written before it was sent"))
    }

    fn try_recv(&mut self) -> Option<Counted> {
        let slot = self.try_recv_ref_owned().ok();
        slot.map(|mut slot| slot.take().expect("written before it was sent"))
    }

    fn close(&mut self) {
        Self::close(self);
    }
}

impl Sends for sakia_tokio::mpsc::Sender<Counted> {
    async fn send(&self, message: Counted) -> Result<(), Counted> {
        Self::send(self, message).await.map_err(|error| error.0)
    }

    fn try_send(&self, message: Counted) -> Result<(), Counted> {
        Self::try_send(self, message).map_err(|error| error.into_inner())
    }
}

impl Receives for sakia_tokio::mpsc::Receiver<Counted> {
    async fn recv(&mut self) -> Option<Counted> {
        Self::recv(self).await
    }

    fn try_recv(&mut self) -> Option<Counted> {
        Self::try_recv(self).ok()
    }

    fn close(&mut self) {
        Self::close(self);
    }
}

/// A channel in a `static`, split anew in each round, when the last round's handles are gone.
pub(crate) static CHANNEL: StaticChannel<Counted, 16> = StaticChannel::new();

pub(crate) fn bounded(capacity: usize, overtaking: u32) -> (mpsc::Sender<Counted>, mpsc::Receiver<Counted>) {
    Builder::new(capacity).overtaking(overtaking).channel()
}

pub(crate) fn on_demand(capacity: usize) -> (mpsc::Sender<Counted>, mpsc::Receiver<Counted>) {
    Builder::new(capacity).on_demand().channel()
}

pub(crate) type Slots = (recycled::Sender<Option<Counted>, Emptied>, recycled::Receiver<Option<Counted>, Emptied>);

pub(crate) fn in_place(capacity: usize) -> Slots {
    Builder::new(capacity).with_recycle(Emptied)
}
