// Random programs: each step is an operation, and what was seen of it and of the channel.

use super::mpsc::{self, OwnedPermit, Receiver, Sender, WeakSender};
use crate::support::{Flag, Random, Task};
use core::{fmt::Write, future::Future, pin::Pin, task::Poll};
use std::sync::Arc;

/// A future of a step that may wait, with the wakes that were seen so far.
struct Waiting {
    future: Pin<Box<dyn Future<Output = Done>>>,
    flag: Arc<Flag>,
}

/// What comes of it.
enum Done {
    Said(String),
    Permit(OwnedPermit<u64>),
}

/// The handles of a program.
struct State {
    random: Random,
    receiver: Option<Receiver<u64>>,
    task: Task,
    senders: Vec<Sender<u64>>,
    weak: Vec<WeakSender<u64>>,
    permits: Vec<OwnedPermit<u64>>,
    waiting: Vec<Waiting>,
    next: u64,
}

/// Runs a program of so many steps, and gives what was seen after each.
pub(crate) fn run(random: Random, capacity: usize, steps: usize) -> Vec<String> {
    let (sender, receiver) = mpsc::channel(capacity);
    let mut state = State {
        random,
        receiver: Some(receiver),
        task: Task::new(),
        senders: vec![sender],
        weak: vec![],
        permits: vec![],
        waiting: vec![],
        next: 0,
    };
    (0..steps).map(|_| state.step()).collect()
}

impl State {
    fn step(&mut self) -> String {
        let operation = self.random.below(24);
        let mut seen = format!("{operation}: ");
        seen += &match operation {
            0..=3 => self.try_recv(),
            4..=6 => self.poll_recv(),
            7 => self.recv_many(),
            8..=10 => self.try_send(),
            11..=13 => self.wait(),
            14..=16 => self.poll_waiting(),
            17 => self.cancel(),
            18 => self.reserve(),
            19 | 20 => self.use_permit(),
            21 => self.handles(),
            22 => self.end_a_handle(),
            _ => self.close(),
        };
        self.describe(&mut seen);
        seen
    }

    /// What can be seen of the channel by all handles, and who was woken.
    fn describe(&self, seen: &mut String) {
        if let Some(receiver) = &self.receiver {
            let counts = (receiver.sender_strong_count(), receiver.sender_weak_count());
            write!(seen, " | {} {} {:?}", receiver.len(), receiver.capacity(), counts).unwrap();
            write!(seen, " {} {}", receiver.is_closed(), receiver.is_empty()).unwrap();
        }
        if let Some(sender) = self.senders.first() {
            // The message of a permit that outlives the receiver keeps its room in tokio.
            let capacity = self.receiver.is_some().then(|| sender.capacity());
            write!(seen, " | {capacity:?} {}", sender.is_closed()).unwrap();
        }
        write!(seen, " | {:?}", self.task.is_woken()).unwrap();
        for waiting in &self.waiting {
            write!(seen, " {}", waiting.flag.wakes()).unwrap();
        }
    }

    fn value(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn sender(&mut self) -> Option<Sender<u64>> {
        if self.senders.is_empty() {
            return None;
        }
        let index = self.random.below(self.senders.len());
        Some(self.senders[index].clone())
    }

    fn try_recv(&mut self) -> String {
        format!("{:?}", self.receiver.as_mut().map(|receiver| receiver.try_recv()))
    }

    fn poll_recv(&mut self) -> String {
        let Some(receiver) = &mut self.receiver else { return String::new() };
        format!("{:?}", self.task.poll(|context| receiver.poll_recv(context)))
    }

    fn recv_many(&mut self) -> String {
        let limit = self.random.below(5);
        let Some(receiver) = &mut self.receiver else { return String::new() };
        let mut buffer = Vec::new();
        let taken = self.task.poll(|context| receiver.poll_recv_many(context, &mut buffer, limit));
        format!("{taken:?} {buffer:?}")
    }

    fn try_send(&mut self) -> String {
        let value = self.value();
        self.sender().map_or(String::new(), |sender| format!("{:?}", sender.try_send(value)))
    }

    /// Begins something that may wait.
    fn wait(&mut self) -> String {
        let (value, kind, n) = (self.value(), self.random.below(5), self.random.below(4));
        let Some(sender) = self.sender() else { return String::new() };
        let future: Pin<Box<dyn Future<Output = Done>>> = match kind {
            0 | 1 => Box::pin(async move { Done::Said(format!("{:?}", sender.send(value).await)) }),
            2 => Box::pin(async move {
                match sender.reserve_owned().await {
                    Ok(permit) => Done::Permit(permit),
                    Err(error) => Done::Said(format!("{error:?}")),
                }
            }),
            3 => Box::pin(async move {
                let permits = sender.reserve_many(n).await;
                Done::Said(match permits {
                    Ok(permits) => format!("{:?}", permits.map(|permit| permit.send(value)).count()),
                    Err(error) => format!("{error:?}"),
                })
            }),
            _ => Box::pin(async move { Done::Said(format!("{:?}", sender.closed().await)) }),
        };
        self.waiting.push(Waiting { future, flag: Flag::new() });
        let index = self.waiting.len() - 1;
        self.poll(index)
    }

    fn poll_waiting(&mut self) -> String {
        if self.waiting.is_empty() {
            return String::new();
        }
        let index = self.random.below(self.waiting.len());
        self.poll(index)
    }

    fn poll(&mut self, index: usize) -> String {
        let Waiting { future, flag } = &mut self.waiting[index];
        match flag.poll(future.as_mut()) {
            Poll::Pending => "pending".into(),
            Poll::Ready(done) => {
                drop(self.waiting.remove(index));
                match done {
                    Done::Said(said) => said,
                    Done::Permit(permit) => {
                        self.permits.push(permit);
                        "a permit".into()
                    }
                }
            }
        }
    }

    fn cancel(&mut self) -> String {
        if self.waiting.is_empty() {
            return String::new();
        }
        let index = self.random.below(self.waiting.len());
        drop(self.waiting.remove(index));
        "cancelled".into()
    }

    fn reserve(&mut self) -> String {
        let (n, owned) = (self.random.below(4), self.random.below(2) == 0);
        let Some(sender) = self.sender() else { return String::new() };
        if !owned {
            return format!("{:?}", sender.try_reserve_many(n).map(|permits| permits.len()));
        }
        match sender.try_reserve_owned() {
            Ok(permit) => {
                self.permits.push(permit);
                "a permit".into()
            }
            Err(error) => format!("{error:?}"),
        }
    }

    fn use_permit(&mut self) -> String {
        let (value, way) = (self.value(), self.random.below(3));
        if self.permits.is_empty() {
            return String::new();
        }
        let index = self.random.below(self.permits.len());
        let permit = self.permits.remove(index);
        match way {
            0 => drop(permit),
            1 => drop(permit.release()),
            _ => drop(permit.send(value)),
        }
        format!("used {way}")
    }

    fn handles(&mut self) -> String {
        match self.random.below(3) {
            0 => {
                let sender = self.sender();
                self.senders.extend(sender);
            }
            1 => {
                let weak = self.sender().map(|sender| sender.downgrade());
                self.weak.extend(weak);
            }
            _ => {
                let sender = self.weak.first().and_then(|weak| weak.upgrade());
                let seen = format!("upgraded {}", sender.is_some());
                self.senders.extend(sender);
                return seen;
            }
        }
        String::new()
    }

    /// Ends one: rarely the receiver, so that most programs go on.
    fn end_a_handle(&mut self) -> String {
        match self.random.below(12) {
            0 => drop(self.receiver.take()),
            1 | 2 => drop(self.weak.pop()),
            // The last one goes only now and then.
            3 => drop(self.senders.pop()),
            _ if self.senders.len() > 1 => drop(self.senders.pop()),
            _ => {}
        }
        String::new()
    }

    fn close(&mut self) -> String {
        if self.random.below(6) == 0
            && let Some(receiver) = &mut self.receiver
        {
            receiver.close();
            self.task.acts();
        }
        String::new()
    }
}

/// The same for a channel without a bound.
pub(crate) fn run_unbounded(mut random: Random, steps: usize) -> Vec<String> {
    let (sender, receiver) = mpsc::unbounded_channel();
    let (mut senders, mut receiver, mut task) = (vec![sender], Some(receiver), Task::new());
    let step = |step: usize| {
        let operation = random.below(16);
        let mut seen = format!("{operation}: ");
        if let Some(receiver) = &mut receiver {
            match operation {
                0..=2 => write!(seen, "{:?}", receiver.try_recv()).unwrap(),
                3 | 4 => write!(seen, "{:?}", task.poll(|context| receiver.poll_recv(context))).unwrap(),
                5 => {
                    let mut buffer = Vec::new();
                    let limit = random.below(40);
                    let taken = task.poll(|context| receiver.poll_recv_many(context, &mut buffer, limit));
                    write!(seen, "{taken:?} {buffer:?}").unwrap();
                }
                6 if random.below(8) == 0 => {
                    receiver.close();
                    task.acts();
                }
                _ => {}
            }
            write!(seen, " | {} {} {}", receiver.len(), receiver.is_empty(), receiver.is_closed()).unwrap();
        }
        match (operation, senders.last()) {
            (7..=12, Some(sender)) => write!(seen, " {:?}", sender.send(step)).unwrap(),
            (13, Some(sender)) => senders.push(sender.clone()),
            (14, _) if random.below(3) == 0 => drop(senders.pop()),
            (15, _) if random.below(20) == 0 => drop(receiver.take()),
            _ => {}
        }
        if let Some(sender) = senders.last() {
            write!(seen, " | {} {}", sender.is_closed(), sender.strong_count()).unwrap();
        }
        write!(seen, " | {:?}", task.is_woken()).unwrap();
        seen
    };
    (0..steps).map(step).collect()
}
