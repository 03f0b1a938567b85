//! Programs: what can be done to a channel, what came of it, and how programs are made up.

#[cfg(not(fuzzing))]
use proptest::{collection::vec, prelude::*};

/// One step. The numbers choose among what there is: they are taken modulo its count, and a step that finds nothing to
/// work on does nothing. `Which` waker a poll comes with is told by a bool: each future has two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Op {
    // With a sender.
    TrySend(usize),
    /// `try_send`, so often.
    Fill(usize, usize),
    TryReserve(usize),
    TryReserveMany(usize, usize),
    TryReserveOwned(usize),
    Start(usize, Start),
    Clone(usize),
    DropSender(usize),
    Downgrade(usize),
    NewPoller(usize),
    // With a future that is pending.
    Poll(usize, bool),
    Cancel(usize),
    ForgetFuture(usize),
    // With a permit.
    SendPermit(usize),
    ReleasePermit(usize),
    DropPermit(usize),
    ForgetPermit(usize),
    // With a sender that is polled.
    PollReady(usize, bool),
    StartSend(usize),
    Abort(usize),
    ClosePoller(usize),
    DropPoller(usize),
    // With a weak sender.
    Upgrade(usize),
    DropWeak(usize),
    // With the receiver.
    TryRecv,
    TryPeek,
    Recv(bool),
    RecvMany(usize, bool),
    Peek(bool),
    Close,
    DropReceiver,
    /// Polls all that are woken until none is.
    Settle,
}

/// A future that is made and polled once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Start {
    Send,
    Reserve,
    ReserveMany(usize),
    ReserveOwned,
    /// So many messages, from an iterator that tells how many.
    SendIter(usize),
    /// The same from one that doesn't.
    SendIterUnsized(usize),
    Closed,
}

/// What came of a step.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// There was nothing to work on.
    Nothing,
    Done,
    /// So many messages were sent.
    Sent(usize),
    /// So many were sent, and the rest was not since the channel is closed.
    SentThenClosed(usize),
    /// Permits for so many.
    Got(usize),
    Full,
    Closed,
    Pending,
    Received(Vec<u64>),
    Peeked(u64),
    Empty,
    End,
    Was(bool),
}

/// What can be seen of the channel from outside. Equal at every step, or the channel does not do what the model does.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sight {
    pub(crate) len: usize,
    pub(crate) capacity: usize,
    /// As a sender sees it; None without a sender.
    pub(crate) closed: Option<bool>,
    /// As the receiver sees it; None without a receiver.
    pub(crate) ended: Option<bool>,
    pub(crate) strong: usize,
    pub(crate) weak: usize,
    /// Messages that exist.
    pub(crate) alive: usize,
    /// Futures and permits there are to work on.
    pub(crate) futures: usize,
    pub(crate) permits: usize,
    /// Wakes of each waker, from the start.
    pub(crate) wakes: Vec<usize>,
}

/// How often each step comes, of about a hundred, and what it is made of: whom it is for, how much, and which waker.
type Table = &'static [(u32, fn(usize, usize, bool) -> Op)];

const STEPS: Table = &[
    (6, |k, _, _| Op::TrySend(k)),
    (4, |k, n, _| Op::Fill(k, n)),
    (2, |k, _, _| Op::TryReserve(k)),
    (2, |k, n, _| Op::TryReserveMany(k, n)),
    (2, |k, _, _| Op::TryReserveOwned(k)),
    (7, |k, _, _| Op::Start(k, Start::Send)),
    (2, |k, _, _| Op::Start(k, Start::Reserve)),
    (2, |k, n, _| Op::Start(k, Start::ReserveMany(n))),
    (1, |k, _, _| Op::Start(k, Start::ReserveOwned)),
    (2, |k, n, _| Op::Start(k, Start::SendIter(2 * n))),
    (1, |k, n, _| Op::Start(k, Start::SendIterUnsized(2 * n))),
    (1, |k, _, _| Op::Start(k, Start::Closed)),
    (5, |k, _, _| Op::Clone(k)),
    (2, |k, _, _| Op::NewPoller(k)),
    (1, |k, _, _| Op::Downgrade(k)),
    (13, |k, _, waker| Op::Poll(k, waker)),
    (4, |k, _, _| Op::Cancel(k)),
    (4, |_, _, _| Op::Settle),
    (3, |k, _, _| Op::SendPermit(k)),
    (1, |k, _, _| Op::ReleasePermit(k)),
    (2, |k, _, _| Op::DropPermit(k)),
    (5, |k, _, waker| Op::PollReady(k, waker)),
    (2, |k, _, _| Op::StartSend(k)),
    (1, |k, _, _| Op::Abort(k)),
    (8, |_, _, _| Op::TryRecv),
    (8, |_, _, waker| Op::Recv(waker)),
    (6, |_, n, waker| Op::RecvMany(n, waker)),
    (2, |_, _, waker| Op::Peek(waker)),
    (2, |_, _, _| Op::TryPeek),
    (1, |k, _, _| Op::DropSender(k)),
    (1, |k, _, _| Op::DropPoller(k)),
    (1, |k, n, _| if n % 2 == 0 { Op::ClosePoller(k) } else { Op::DropWeak(k) }),
    (1, |k, _, _| Op::Upgrade(k)),
    // Most programs have no such end.
    (1, |k, n, _| match (k, n % 4) {
        (0, 0) => Op::DropReceiver,
        (1, _) => Op::Close,
        _ => Op::TryRecv,
    }),
    // Only where it is allowed.
    (2, |k, _, _| Op::ForgetPermit(k)),
    (1, |k, _, _| Op::ForgetFuture(k)),
];

/// What a step is made of: a number that says which it is, whom it is for, how much, and which waker.
type Numbers = (u32, usize, usize, bool);

/// The steps there are; `forgets`: with permits and futures that are leaked.
fn table(forgets: bool) -> Table {
    if forgets { STEPS } else { &STEPS[..STEPS.len() - 2] }
}

fn total(table: Table) -> u32 {
    table.iter().map(|(weight, _)| weight).sum()
}

/// The step that the numbers stand for, the first of them below the table's total.
fn decode(table: Table, (mut number, k, n, waker): Numbers) -> Op {
    for (weight, make) in table {
        match number.checked_sub(*weight) {
            Some(rest) => number = rest,
            None => return make(k, n, waker),
        }
    }
    unreachable!("a number below the total")
}

/// Programs for a channel of this capacity; `forgets`: with permits and futures that are leaked.
#[cfg(not(fuzzing))]
pub(crate) fn program(capacity: usize, forgets: bool) -> impl Strategy<Value = Vec<Op>> {
    let table = table(forgets);
    let op = (0..total(table), 0..8_usize, 0..capacity + 3, any::<bool>());
    vec(op, 1..160).prop_map(move |steps| steps.into_iter().map(|numbers| decode(table, numbers)).collect())
}

/// The program that a fuzzer's bytes stand for, three to a step.
#[cfg(fuzzing)]
pub(crate) fn program_of(bytes: &[u8], capacity: usize) -> Vec<Op> {
    let table = table(false);
    let step = |bytes: &[u8; 3]| {
        let [number, who, much] = bytes.map(usize::from);
        let numbers = (number as u32 % total(table), who % 8, much * (capacity + 3) / 256, who & 8 != 0);
        decode(table, numbers)
    };
    bytes.as_chunks().0.iter().map(step).collect()
}
