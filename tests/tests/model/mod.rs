//! Programs, the real channels that run them, and the models that they are held against. The fuzzer uses them too.

pub(crate) mod check;
pub(crate) mod exact;
pub(crate) mod loose;
pub(crate) mod place;
pub(crate) mod program;
pub(crate) mod unbounded;
pub(crate) mod world;
