//! One body of tests for `tokio::sync::mpsc` and for `sakia_tokio::mpsc`: both must pass it, so what it says is what a
//! program can depend on. And random programs, which must see the same in both.
#![cfg(not(sakia_loom))]

#[path = "tokio_parity/support.rs"]
mod support;

mod in_tokio {
    use tokio::sync::mpsc;
    use tokio_stream::wrappers;
    use tokio_util::sync::PollSender;

    pub(super) const MOST: usize = usize::MAX >> 3;

    mod calls {
        include!("tokio_parity/calls.rs");
    }
    mod closing {
        include!("tokio_parity/closing.rs");
    }
    mod runtime {
        include!("tokio_parity/runtime.rs");
    }
    mod adapters {
        include!("tokio_parity/adapters.rs");
    }
    mod types {
        include!("tokio_parity/types.rs");
    }
    pub(super) mod program {
        include!("tokio_parity/program.rs");
    }
}

mod in_sakia {
    use sakia_tokio::{PollSender, mpsc, wrappers};

    pub(super) const MOST: usize = sakia::mpsc::MAX_CAPACITY;

    mod calls {
        include!("tokio_parity/calls.rs");
    }
    mod closing {
        include!("tokio_parity/closing.rs");
    }
    mod runtime {
        include!("tokio_parity/runtime.rs");
    }
    mod adapters {
        include!("tokio_parity/adapters.rs");
    }
    mod types {
        include!("tokio_parity/types.rs");
    }
    pub(super) mod program {
        include!("tokio_parity/program.rs");
    }
}

/// Only where the packing of a smaller machine was chosen, is our greatest bound that machine's.
#[test]
#[cfg(not(sakia_narrow))]
fn both_allow_the_same_bounds() {
    assert_eq!(in_tokio::MOST, in_sakia::MOST);
}

mod random {
    use super::{in_sakia, in_tokio, support::Random};

    /// The same operations, drawn from a seed, are seen the same way in both.
    #[test]
    fn random_programs_see_the_same() {
        let rounds = if cfg!(miri) { 20 } else { 3_000 };
        for seed in 0..rounds {
            let capacity = [1, 2, 3, 5, 16, 33][seed as usize % 6];
            let steps = 60 + seed as usize % 200;
            let tokio = in_tokio::program::run(Random::new(seed), capacity, steps);
            let sakia = in_sakia::program::run(Random::new(seed), capacity, steps);
            compare(seed, &tokio, &sakia);
        }
    }

    #[test]
    fn random_programs_over_unbounded_channels_see_the_same() {
        for seed in 0..1_000 {
            let tokio = in_tokio::program::run_unbounded(Random::new(seed), 200);
            let sakia = in_sakia::program::run_unbounded(Random::new(seed), 200);
            compare(seed, &tokio, &sakia);
        }
    }

    fn compare(seed: u64, tokio: &[String], sakia: &[String]) {
        let sakia_before = |step: usize| sakia[step.saturating_sub(30)..step].to_vec();
        for (step, (tokio, sakia)) in tokio.iter().zip(sakia).enumerate() {
            assert_eq!(tokio, sakia, "seed {seed}, after {:#?}", &sakia_before(step));
        }
        assert_eq!(tokio.len(), sakia.len());
    }
}
