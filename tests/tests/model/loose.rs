//! What must hold of a channel with overtaking, whatever it decides: it is told what happened and objects.

use std::collections::HashMap;

use super::{
    program::{Op, Outcome, Sight},
    world::{Waiting, World},
};

/// What was the case before a step.
pub(crate) struct Before {
    sent: usize,
    credits: usize,
    sight: Sight,
    waiting: Vec<Waiting>,
    polled: Option<Waiting>,
}

impl Before {
    pub(crate) fn of(world: &mut World, op: Op) -> Self {
        let sight = world.sight();
        let sent = world.sent().len();
        Self { sent, credits: world.credits(), sight, waiting: world.waiting(), polled: world.polled(op) }
    }
}

#[derive(Default)]
pub(crate) struct Loose {
    capacity: usize,
    overtaking: usize,
    received: usize,
    closed: bool,
    /// The receiver's waker, and how often it was woken before.
    parked: Option<(usize, usize)>,
    /// How many newcomers' messages and permits have passed each that waits.
    passed: HashMap<usize, usize>,
    forgotten_futures: bool,
    /// The receiver has given up its turn, for others that should to run.
    gave_way: bool,
    /// The most that anybody was passed by.
    pub(crate) most: usize,
}

impl Loose {
    pub(crate) fn new(capacity: usize, overtaking: u32) -> Self {
        Self { capacity, overtaking: overtaking as usize, ..Self::default() }
    }

    pub(crate) fn check(&mut self, world: &mut World, op: Op, outcome: &Outcome, before: &Before) {
        self.closed |= matches!(op, Op::Close | Op::DropReceiver);
        self.forgotten_futures |= matches!(op, Op::ForgetFuture(_));
        let after = world.sight();
        let (world, sent) = (&*world, world.sent());
        self.check_receiving(op, outcome, before, &after, &sent);
        self.check_counts(world, &after, sent.len());
        self.check_refusals(op, outcome, before);
        if matches!(op, Op::TryRecv | Op::TryPeek | Op::Recv(_) | Op::RecvMany(..) | Op::Peek(_)) {
            self.check_relief(outcome, world, before, &after);
        } else {
            self.gave_way = false;
        }
        self.check_wakes(world, before, &after);
        let taken = (sent.len() + world.credits()).saturating_sub(before.sent + before.credits);
        self.check_passing(world, before, after.capacity, taken);
    }

    /// Messages come in the order in which they were sent, each once, and whenever there is one.
    fn check_receiving(&mut self, op: Op, outcome: &Outcome, before: &Before, after: &Sight, sent: &[u64]) {
        let limit = match op {
            Op::TryRecv | Op::Recv(_) | Op::TryPeek | Op::Peek(_) => 1,
            Op::RecvMany(limit, _) => limit,
            _ => return,
        };
        let queued = &sent[self.received..before.sent];
        match outcome {
            Outcome::Nothing => {}
            Outcome::Received(ids) => {
                assert_eq!(ids[..], queued[..limit.min(queued.len())]);
                self.received += ids.len();
            }
            Outcome::Peeked(id) => assert_eq!(*id, queued[0]),
            Outcome::End => {
                assert!(queued.is_empty());
                assert!(after.strong == 0 || self.closed && before.credits == 0);
            }
            Outcome::Pending | Outcome::Empty => {
                assert!(queued.is_empty());
                let may_come = before.credits > 0 || !before.waiting.is_empty() || self.forgotten_futures;
                assert!(after.strong > 0 && (!self.closed || may_come));
            }
            outcome => panic!("{op:?}: {outcome:?}"),
        }
        if let (Outcome::Pending, Op::Recv(second) | Op::RecvMany(_, second) | Op::Peek(second)) = (outcome, op) {
            // It may have woken itself, to look again.
            self.parked = Some((usize::from(second), before.sight.wakes[usize::from(second)]));
        }
    }

    fn check_counts(&self, world: &World, after: &Sight, sent: usize) {
        let Some(_) = after.ended else { return };
        let (len, credits) = (sent - self.received, world.credits());
        assert_eq!(after.len, len);
        assert!(len + credits + after.capacity <= self.capacity);
        if world.waiting().is_empty() && !self.forgotten_futures {
            assert_eq!(after.capacity, self.capacity - len - credits, "credits were lost");
        }
    }

    /// Who doesn't wait is refused only for a reason.
    fn check_refusals(&self, op: Op, outcome: &Outcome, before: &Before) {
        let n = match op {
            Op::TrySend(_) | Op::TryReserve(_) | Op::TryReserveOwned(_) => 1,
            Op::TryReserveMany(_, n) => n,
            _ => return,
        };
        match outcome {
            Outcome::Nothing => {}
            Outcome::Closed => assert!(self.closed),
            Outcome::Full if n > self.capacity => {}
            Outcome::Full => {
                let others = !before.waiting.is_empty() || self.forgotten_futures;
                assert!(!self.closed && n > 0 && (others || before.sight.capacity < n));
            }
            _ => assert!(!self.closed && before.sight.capacity >= n),
        }
    }

    /// Nobody sleeps who should not, and nobody is woken in vain.
    fn check_wakes(&mut self, world: &World, before: &Before, after: &Sight) {
        if let Some((waker, wakes)) = self.parked
            && after.ended.is_some()
        {
            let woken = after.wakes[waker] - wakes;
            assert!(woken <= 1);
            assert!(woken == 1 || after.len == 0 && after.strong > 0, "the receiver sleeps");
            if woken == 1 {
                self.parked = None;
            }
        }
        let waiting = world.waiting();
        if self.closed {
            assert!(waiting.iter().all(|waiting| waiting.woken), "waits for a closed channel");
        }
        if let Some(polled) = before.polled.filter(|polled| polled.woken && !polled.by_itself) {
            let served = world.sent().len() + world.credits() > before.sent + before.credits;
            let done = waiting.iter().all(|waiting| waiting.name != polled.name);
            assert!(served || done, "woken in vain");
        }
    }

    /// A receiver that finds nothing sees to those who wait beside free room: if others that should have not run, when it
    /// comes again, of which it has seen to itself.
    fn check_relief(&mut self, outcome: &Outcome, world: &World, before: &Before, after: &Sight) {
        let gave_way = core::mem::take(&mut self.gave_way);
        if self.closed || !matches!(outcome, Outcome::Empty | Outcome::Pending) || before.polled.is_some() {
            return;
        }
        let asleep = |waiting: &[Waiting]| waiting.iter().filter(|waiting| !waiting.woken).count();
        let (asleep_before, asleep_after) = (asleep(&before.waiting), asleep(&world.waiting()));
        if asleep_before > 0 && before.sight.capacity > 0 && !self.forgotten_futures {
            let relieved = asleep_after < asleep_before || after.capacity < before.sight.capacity;
            let wakes = |sight: &Sight| sight.wakes.iter().sum::<usize>();
            let comes_again = *outcome == Outcome::Empty || wakes(after) > wakes(&before.sight);
            assert!(relieved || !gave_way && comes_again, "nobody is woken");
            self.gave_way = !relieved;
        }
    }

    /// Nobody that waits is passed by more than the limit says.
    fn check_passing(&mut self, world: &World, before: &Before, capacity: usize, taken: usize) {
        // What the polled one has waited for passes nobody.
        let newcomers = taken.saturating_sub(before.polled.map_or(0, |polled| polled.wants));
        let waiting = world.waiting();
        self.passed.retain(|name, _| waiting.iter().any(|waiting| waiting.name == *name && !waiting.woken));
        for waiting in waiting.iter().filter(|waiting| !waiting.woken) {
            let again = before.polled.is_some_and(|polled| polled.name == waiting.name) && taken > 0;
            if again || before.waiting.iter().all(|before| before.name != waiting.name) {
                // It has begun to wait.
                self.passed.insert(waiting.name, 0);
            } else {
                *self.passed.entry(waiting.name).or_default() += newcomers;
            }
            self.most = self.most.max(self.passed[&waiting.name]);
            assert!(self.most <= self.overtaking, "{} have passed one that waits", self.most);
            // From then on, what is freed goes to those who wait alone.
            let barred = self.passed[&waiting.name] == self.overtaking;
            assert!(!barred || capacity == 0, "room that nobody may take");
        }
    }

    /// When all that were woken have run: nobody waits beside free room.
    pub(crate) fn check_settled(&self, world: &mut World) {
        let (waiting, sight) = (world.waiting(), world.sight());
        assert!(waiting.iter().all(|waiting| !waiting.woken));
        if !waiting.is_empty() && !self.forgotten_futures {
            assert_eq!(sight.capacity, 0, "room, and {} who wait", waiting.len());
        }
    }
}
