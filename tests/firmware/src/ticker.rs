//! The SysTick interrupt, and a main loop that sleeps until one.

use core::{
    cell::{Cell, RefCell},
    sync::atomic::{AtomicU32, Ordering::Relaxed},
};

use cortex_m::{
    Peripherals, asm,
    peripheral::{SYST, syst::SystClkSource},
};
use critical_section::Mutex;
use sakia_executor::Executor;

/// What the interrupt does: the whole of its work, called again with each tick until it says that it is done.
type Work = fn() -> bool;

static WORK: Mutex<Cell<Option<Work>>> = Mutex::new(Cell::new(None));
static TICKS: AtomicU32 = AtomicU32::new(0);

/// Instructions between ticks, about: short, so that the interrupt comes at every point of a task.
const PERIODS: [u32; 4] = [331, 997, 1_499, 4_001];

/// The timer that makes ticks.
pub struct Ticker {
    timer: SYST,
}

impl Ticker {
    /// Takes the timer.
    pub fn take() -> Self {
        let mut timer = Peripherals::take().expect("taken once").SYST;
        timer.set_clock_source(SystClkSource::Core);
        timer.set_reload(PERIODS[3]);
        timer.clear_current();
        timer.enable_counter();
        timer.enable_interrupt();
        Self { timer }
    }

    /// Runs tasks while `work` is done in the interrupt, until the tasks are over.
    pub fn run<const N: usize>(&mut self, executor: &mut Executor<'_, N>, work: Option<Work>) {
        critical_section::with(|cs| WORK.borrow(cs).set(work));
        let mut round = 0;
        while executor.pending() > 0 {
            if executor.poll_round() == 0 {
                sleep_unless(|| executor.is_woken());
            }
            // The phase of ticks and tasks shifts.
            round += 1;
            self.timer.set_reload(PERIODS[round % PERIODS.len()]);
        }
    }

    /// Sleeps for so many ticks, or for ever if a task is woken meanwhile.
    pub fn rest<const N: usize>(&mut self, executor: &mut Executor<'_, N>, ticks: u32) {
        let begin = TICKS.load(Relaxed);
        while TICKS.load(Relaxed).wrapping_sub(begin) < ticks {
            assert_eq!(executor.poll_round(), 0, "polled while nothing happened");
            sleep_unless(|| executor.is_woken());
        }
    }
}

/// Sleeps until the next interrupt, unless `woken`: masked from the question to the instruction, which a pending interrupt
/// ends all the same.
fn sleep_unless(woken: impl FnOnce() -> bool) {
    cortex_m::interrupt::free(|_| {
        if !woken() {
            asm::wfi();
        }
    });
}

#[cortex_m_rt::exception]
fn SysTick() {
    // Relaxed: one core.
    TICKS.store(TICKS.load(Relaxed).wrapping_add(1), Relaxed);
    let work = critical_section::with(|cs| WORK.borrow(cs).get());
    if let Some(work) = work
        && work()
    {
        critical_section::with(|cs| WORK.borrow(cs).set(None));
    }
}

/// Something that the main program hands to the interrupt.
pub struct Handed<T>(Mutex<RefCell<Option<T>>>);

impl<T> Handed<T> {
    /// Nothing yet.
    pub const fn new() -> Self {
        Self(Mutex::new(RefCell::new(None)))
    }

    /// Hands it over.
    pub fn put(&self, value: T) {
        critical_section::with(|cs| assert!(self.0.borrow(cs).replace(Some(value)).is_none()));
    }

    /// Takes it, in the interrupt.
    pub fn take(&self) -> T {
        critical_section::with(|cs| self.0.borrow(cs).take()).expect("it was handed over")
    }
}
