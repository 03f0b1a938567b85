//! Programs, the real channel that runs them, and the models that it is held against.

pub(crate) mod exact;
pub(crate) mod loose;
pub(crate) mod program;
pub(crate) mod world;
