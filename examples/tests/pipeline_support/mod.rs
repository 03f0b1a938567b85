//! What the tests of `pipeline` are made of.

pub(crate) mod run;
pub(crate) mod tree;
pub(crate) mod wc;
