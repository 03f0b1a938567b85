//! Programs with channels that must not compile, and some that must: see `tests/bounds.rs`.
