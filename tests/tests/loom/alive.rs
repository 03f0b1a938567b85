//! Counts what must be gone when a model ends: messages and wakers. Loom runs all threads of a model on one.

use core::cell::Cell;

std::thread_local! {
    static ALIVE: Cell<isize> = const { Cell::new(0) };
}

/// Part of what is counted. Dropped twice, as a bitwise copy would be, it is found as surely as if it leaked.
#[derive(Debug)]
pub(crate) struct Alive(());

impl Alive {
    pub(crate) fn new() -> Self {
        ALIVE.set(ALIVE.get() + 1);
        Self(())
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        ALIVE.set(ALIVE.get() - 1);
    }
}

/// How many there are.
pub(crate) fn alive() -> isize {
    ALIVE.get()
}

/// Begins to count anew, after a model that failed.
pub(crate) fn reset() {
    ALIVE.set(0);
}

/// What the models send.
#[derive(Debug)]
pub(crate) struct Message {
    id: u8,
    _alive: Alive,
}

impl Message {
    pub(crate) fn new(id: u8) -> Self {
        Self { id, _alive: Alive::new() }
    }

    pub(crate) fn id(&self) -> u8 {
        self.id
    }
}
