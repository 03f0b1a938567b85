//! The ledger: which positions are free, claimed or used, who may have them, and who waits.
//!
//! A sender needs a *credit*, the right to one slot. It either takes a credit and a position at once
//! ([`Ledger::claim_next`], [`Ledger::claim_next_chained`], [`Ledger::claim_once`], [`Ledger::claim`]), or first the credit
//! ([`Ledger::reserve`]) and the position later ([`Ledger::claim_reserved`]): a permit holds capacity, not a place in the
//! order. The receiver gives a slot's credit back when it has emptied the slot ([`Ledger::advance`]).
//!
//! While senders wait, credits that come back must not reach the pool past them. So the methods that give credits back
//! are of two kinds: the fast ones refuse when somebody waits, and then the caller holds the credits as *spare* and deals
//! them out under the waiters' lock (see [`crate::channel`]).
//!
//! | kind | for | a send changes |
//! |---|---|---|
//! | [`packed`] | bounds up to [`MAX_SLOTS`](crate::position::MAX_SLOTS), where there are 64-bit atomics | one word, for credit and position at once |
//! | [`split`] | all other bounds | the credits' word and the tail |
//! | [`open`] | channels without a bound | the tail |
//!
//! The three have the same methods. The cfg `sakia_narrow` does without 64-bit atomics anywhere.

mod open;
#[cfg(all(target_has_atomic = "64", not(sakia_narrow)))]
mod packed;
mod split;

use crate::{
    position::{AtomicPosition, Layout, Position},
    sync::{atomic::Ordering, const_unless_loom},
    tail::Tail,
};
use open::Open;
#[cfg(all(target_has_atomic = "64", not(sakia_narrow)))]
use packed::Packed;
use split::Split;

/// The largest bound of a channel: it fits into a word beside some bits.
pub(crate) const MAX_BOUND: usize =
    if size_of::<Position>() < size_of::<usize>() { Position::MAX as usize >> 3 } else { usize::MAX >> 3 };
/// What says that there is none.
pub(crate) const UNBOUNDED: usize = usize::MAX;

/// A position that is ours to fill.
#[derive(Debug)]
#[must_use]
pub(crate) struct Claim {
    pub(crate) position: Position,
    /// The receiver is parked, and it is us who must wake it, after publishing.
    pub(crate) wake: bool,
    /// Senders wait, and we have passed them.
    pub(crate) passed: bool,
}

/// Why there is no credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// All slots are used or reserved, or they are for senders that have waited longer.
    Full,
    /// The receiver has closed the channel or is gone.
    Closed,
}

/// What the receiver sees at its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// A message is there, or its sender is writing it.
    Claimed,
    /// Nothing yet.
    Empty,
    /// Nothing, for ever.
    Finished,
}

/// How giving credits back went.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Returned {
    /// They are in the pool.
    Pooled,
    /// They are in the pool, and with that a closed channel is idle: the parked receiver must be woken.
    Idle,
    /// Senders wait: the credits are still the caller's.
    Waited,
}

/// A mark on the count of messages, by which the ones that passed a waiting sender are counted.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(
    not(all(target_has_atomic = "64", not(sakia_narrow))),
    expect(dead_code, reason = "there, nobody passes a waiting sender")
)]
pub(crate) struct Passed {
    pub(crate) count: Position,
    /// Where the tail was.
    pub(crate) tail: Position,
}

impl Passed {
    /// Of those that are not passed.
    pub(crate) const NEVER: Self = Self::at(0);

    pub(crate) const fn at(count: Position) -> Self {
        Self { count, tail: 0 }
    }
}

/// Keeps what different threads write apart: one line of the cache each.
#[derive(Debug)]
#[repr(align(64))]
pub(crate) struct CacheLine<T>(pub(crate) T);

impl<T> core::ops::Deref for CacheLine<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        &self.0
    }
}

// Of 32 bits, to leave no gap beside its neighbour: see `Counts`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
enum Kind {
    #[cfg(all(target_has_atomic = "64", not(sakia_narrow)))]
    Packed,
    Split,
    Open,
}

impl Kind {
    const fn of(bound: usize) -> Self {
        match bound {
            UNBOUNDED => Self::Open,
            #[cfg(all(target_has_atomic = "64", not(sakia_narrow)))]
            1..=crate::position::MAX_SLOTS => Self::Packed,
            _ => Self::Split,
        }
    }
}

/// What senders change, most used first.
#[derive(Debug)]
#[repr(C)]
struct Producers {
    tail: Tail,
    /// Packed: the head that senders remember. Split: the credits' word.
    aside: AtomicPosition,
    bound: usize,
    /// The overtaking limit of the channel.
    overtaking: u32,
    kind: Kind,
    /// See "Overtaking" in `packed`. Written under the waiters' lock.
    #[cfg(all(target_has_atomic = "64", not(sakia_narrow)))]
    limit: AtomicPosition,
    /// Before the tail gets here, newcomers need not be counted. As `limit`.
    #[cfg(all(target_has_atomic = "64", not(sakia_narrow)))]
    uncounted: AtomicPosition,
    /// Credits given to waiting senders, less those given back while any waited. Only touched under the waiters' lock.
    #[cfg(all(target_has_atomic = "64", not(sakia_narrow)))]
    bias: AtomicPosition,
}

/// What the receiver changes, with copies of what else a receive reads, so that it needs no other line of the ledger.
#[derive(Debug)]
#[repr(C)]
struct Consumer {
    /// The head, above a bit that is ATTEND in `packed`.
    word: AtomicPosition,
    layout: Layout,
    kind: Kind,
}

const HEAD_SHIFT: u32 = 1;

/// See the module's documentation.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Ledger {
    producers: Producers,
    /// What either side writes is a cache line away from what the other side reads, wherever the line begins.
    _apart: [u64; 6],
    consumer: Consumer,
}

/// Calls a method of the kind that the ledger is; `side` is whose copy is asked.
macro_rules! by_kind {
    ($self:ident.$side:ident, $method:ident $(::<$chained:ident>)? ($($argument:expr),*)) => {
        match $self.$side.kind {
            #[cfg(all(target_has_atomic = "64", not(sakia_narrow)))]
            Kind::Packed => Packed($self).$method$(::<$chained>)?($($argument),*),
            Kind::Split => Split($self).$method$(::<$chained>)?($($argument),*),
            Kind::Open => Open(Split($self)).$method$(::<$chained>)?($($argument),*),
        }
    };
}

/// The same; of a ring, the kind is known.
macro_rules! by_shape {
    ($self:ident.$side:ident, $method:ident $(::<$chained:ident>)? ($($argument:expr),*)) => {
        if CHAINED {
            by_kind!($self.$side, $method $(::<$chained>)? ($($argument),*))
        } else {
            $self.of_ring().$method $(::<$chained>)? ($($argument),*)
        }
    };
}

/// Methods that each kind has.
macro_rules! of_each_kind {
    ($side:ident: $($(#[$meta:meta])* fn $method:ident($($argument:ident: $type:ty),*) $(-> $result:ty)?;)*) => {
        $(
            $(#[$meta])*
            pub(crate) fn $method(&self, $($argument: $type),*) $(-> $result)? {
                by_kind!(self.$side, $method($($argument),*))
            }
        )*
    };
}

impl Ledger {
    const_unless_loom! {
        /// For `bound` messages, up to [`MAX_BOUND`] or [`UNBOUNDED`].
        pub(crate) fn new(layout: Layout, bound: usize, overtaking: u32) -> Self {
            let kind = Kind::of(bound);
            let (tail, aside) = match kind {
                #[cfg(all(target_has_atomic = "64", not(sakia_narrow)))]
                Kind::Packed => packed::initial(layout),
                _ => split::initial(layout, bound),
            };
            Self {
                producers: Producers {
                    tail: Tail::starting(tail, layout),
                    aside: AtomicPosition::new(aside),
                    bound,
                    overtaking,
                    kind,
                    #[cfg(all(target_has_atomic = "64", not(sakia_narrow)))]
                    limit: AtomicPosition::new(0),
                    #[cfg(all(target_has_atomic = "64", not(sakia_narrow)))]
                    uncounted: AtomicPosition::new(0),
                    #[cfg(all(target_has_atomic = "64", not(sakia_narrow)))]
                    bias: AtomicPosition::new(0),
                },
                _apart: [0; 6],
                consumer: Consumer { word: AtomicPosition::new(layout.first() << HEAD_SHIFT), layout, kind },
            }
        }
    }

    #[inline(always)]
    pub(crate) fn layout(&self) -> Layout {
        self.producers.tail.layout()
    }

    /// How many messages the channel may hold.
    #[inline(always)]
    pub(crate) fn bound(&self) -> usize {
        self.producers.bound
    }

    /// How many messages may overtake a waiting sender.
    pub(crate) fn overtaking(&self) -> u32 {
        by_kind!(self.producers, overtaking_limit())
    }

    /// [`Self::layout`], read from the receiver's side.
    #[inline(always)]
    pub(crate) fn receiver_layout(&self) -> Layout {
        self.consumer.layout
    }

    /// Where the receiver stands. For the receiver, which alone moves it.
    #[inline(always)]
    pub(crate) fn head(&self) -> Position {
        // Relaxed: this thread's own writes, or handed over with the receiver.
        self.consumer.word.load(Ordering::Relaxed) >> HEAD_SHIFT
    }

    /// A head that may be old by now.
    pub(crate) fn head_seen_by_others(&self) -> Position {
        // Acquire pairs with the receiver's Release in `advance`.
        self.consumer.word.load(Ordering::Acquire) >> HEAD_SHIFT
    }

    /// Takes a position in a channel without a bound. None: it is closed.
    #[cfg(feature = "alloc")]
    #[inline(always)]
    pub(crate) fn claim_unbounded(&self) -> Option<Claim> {
        debug_assert!(self.producers.kind == Kind::Open);
        self.producers.tail.claim::<true>(1)
    }

    /// The position that will be claimed next, read by a read-modify-write: who claims later acquires what the caller did
    /// before this.
    #[cfg(feature = "alloc")]
    pub(crate) fn fence_claims(&self) -> Position {
        let word = self.producers.tail.word().fetch_or(0, Ordering::AcqRel);
        by_kind!(self.producers, tail_of(word))
    }

    /// The ledger of a ring, which has no bound that is too large to be packed.
    #[cfg(all(target_has_atomic = "64", not(sakia_narrow)))]
    #[inline(always)]
    fn of_ring(&self) -> Packed<'_> {
        debug_assert!(self.producers.kind == Kind::Packed);
        Packed(self)
    }

    /// The ledger of a ring.
    #[cfg(not(all(target_has_atomic = "64", not(sakia_narrow))))]
    #[inline(always)]
    fn of_ring(&self) -> Split<'_> {
        Split(self)
    }

    /// Takes a credit and a position in a ring, in the usual case. If it is not certain at the first look that there is room, it
    /// gives the word that it found, for [`Self::claim_once`]. Err(None): others change the word, and [`Self::claim`] is the next
    /// to be called, after a pause.
    #[inline(always)]
    pub(crate) fn claim_next(&self) -> Result<Claim, Option<Position>> {
        self.of_ring().claim_next::<false>()
    }

    /// The same, one look further. Err(None): that was not enough, [`Self::claim`] is the next to be called.
    #[inline(always)]
    pub(crate) fn claim_once(&self, word: Position) -> Result<Claim, Option<Refused>> {
        self.of_ring().claim_once(word)
    }

    /// As [`Self::claim_next`], where the messages are in blocks and not in a ring, and [`Self::claim`] is the next to be called.
    #[inline(always)]
    pub(crate) fn claim_next_chained(&self) -> Result<Claim, Option<Position>> {
        #[cfg(all(target_has_atomic = "64", not(sakia_narrow)))]
        if self.producers.kind == Kind::Packed {
            return Packed(self).claim_next::<true>();
        }
        Err(Some(0))
    }

    /// Takes a credit and a position, CHAINED: where the messages are in blocks and not in a ring.
    #[inline(always)]
    pub(crate) fn claim<const CHAINED: bool>(&self) -> Result<Claim, Refused> {
        by_shape!(self.producers, claim::<CHAINED>())
    }

    /// Turns `n` reserved credits into as many positions in a row. None when the receiver is gone: then the credits
    /// are given back and nothing may be written.
    #[inline(always)]
    pub(crate) fn claim_reserved<const CHAINED: bool>(&self, n: usize) -> Option<Claim> {
        by_shape!(self.producers, claim_reserved::<CHAINED>(n))
    }

    /// Senders are to be served: [`Self::advance`] would be false. Only a look: it may change at any time.
    #[inline(always)]
    pub(crate) fn is_attended<const CHAINED: bool>(&self, head: Position) -> bool {
        by_shape!(self.consumer, is_attended(head))
    }

    /// What [`Self::advance`] does before it is false.
    #[inline(always)]
    pub(crate) fn advance_attended<const CHAINED: bool>(&self, head: Position, n: usize) {
        by_shape!(self.consumer, advance_attended::<CHAINED>(head, n));
    }

    /// Moves the head from `head` by `n`, whose credits are free then. False: they are not, since senders are to be served.
    #[inline(always)]
    pub(crate) fn advance<const CHAINED: bool>(&self, head: Position, n: usize) -> bool {
        by_shape!(self.consumer, advance::<CHAINED>(head, n))
    }

    /// What there is at `head`.
    pub(crate) fn look<const CHAINED: bool>(&self, head: Position) -> View {
        by_shape!(self.consumer, look(head))
    }

    /// Announces that the receiver's waker is in its cell, which was not announced; the view is of the same moment. From then
    /// on, whoever changes the view clears PARKED and must wake.
    pub(crate) fn park<const CHAINED: bool>(&self, head: Position) -> View {
        by_shape!(self.consumer, park(head))
    }

    /// Messages sent and not yet received.
    pub(crate) fn len(&self) -> usize {
        // The head first: a tail read later is never behind it.
        let head = self.head_seen_by_others();
        (self.layout().distance(head, self.tail())).min(self.bound() as u64) as usize
    }

    of_each_kind! { producers:
        /// Takes `n` credits, all or none. True: senders wait, and we have passed them.
        #[inline]
        fn reserve(n: usize) -> Result<bool, Refused>;

        /// Gives `n` reserved credits back, if nobody waits for them.
        fn give_back(n: usize) -> Returned;

        // ===== opening and closing =====

        /// Refuses new credits.
        fn close();

        /// Refuses new positions too, and gives the last tail.
        fn close_for_good() -> Position;

        /// The last sender is gone. True: the parked receiver must be woken.
        fn hang_up() -> bool;

        fn is_closed() -> bool;

        /// True if senders wait.
        fn has_waiting() -> bool;

        fn is_hung_up() -> bool;

        /// Makes the ledger as new but for the position, which goes on. For who has the channel alone.
        fn reopen();

        // ===== counts, true at some moment of the call =====

        /// Credits that are neither used by a message nor reserved.
        fn free() -> usize;

        /// The positions from `head` to the tail are the ring's content.
        fn tail() -> Position;
    }

    of_each_kind! { consumer:
        /// After [`Self::advance`] said false: the credits are the caller's, as spare.
        fn advance_in_hand(head: Position, n: usize);

        /// Withdraws that. False: somebody else was faster and is about to take the waker.
        fn unpark() -> bool;

        /// The receiver, which is gone for good, has dropped what lay before `head`.
        fn drained_to(head: Position);
    }
}

/// For who holds the waiters' lock.
impl Ledger {
    of_each_kind! { producers:
        /// True if all that is freed goes to waiting senders first: then none of the calls below finds free credits.
        fn is_strict() -> bool;

        /// For the receiver, after [`Self::advance`] said false: its one credit is free.
        fn advance_unattended(head: Position);

        /// For the receiver, after [`Self::advance`] said false: its one credit is the longest waiting sender's; `last`:
        /// nobody waits behind that; `attend`: the next step of the head is by way of the lock again.
        fn hand_over(head: Position, last: bool, attend: bool);

        /// The head, and whether it moves only by way of the lock; strictly, it does not matter.
        fn look_at_head() -> (Position, bool);

        /// Makes the head stand still, but by way of the lock.
        fn freeze() -> Position;

        /// Lets the head move freely again.
        fn unfreeze();

        /// Takes up to `n` credits for the first sender that waits and announces it as waiting if those are too few.
        /// `head` is frozen.
        fn reserve_or_wait(head: Position, n: usize) -> Result<(usize, Passed), Refused>;

        /// The mark for a sender that starts to wait now, behind others.
        fn mark() -> Passed;

        /// Makes `first` the mark by which newcomers are stopped.
        fn set_limit(first: Passed);

        /// Takes up to `n` credits for the longest waiting sender, from those that are free; `last`: nobody waits behind it.
        fn reserve_waited(head: Position, n: usize, last: bool) -> usize;

        /// True if newcomers may not pass the longest waiting sender any more.
        fn is_barred() -> bool;

        /// Credits that the receiver handed over instead of freeing, or that were waited for and given up, count as given
        /// to waiting senders.
        fn raise(n: usize);

        /// Gives `n` spare credits to the pool although senders wait.
        fn pool_spare(n: usize) -> Returned;

        /// The queue is empty.
        fn none_waits();
    }
}
