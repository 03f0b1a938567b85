//! The macro that makes five tests of a body.

use core::time::Duration;

use crate::with_named_watchdog;

/// How long one body may take on one runtime before it counts as hanging.
pub const BODY_LIMIT: Duration = Duration::from_secs(120);

/// Runs a body under the watchdog, as a test made by [`for_each_runtime!`](crate::for_each_runtime) does.
pub fn check(name: &str, body: fn()) {
    with_named_watchdog(name, BODY_LIMIT, body);
}

/// Makes tests of bodies: of `fn body<R: Runtime>()` a module `body` with a test for each runtime.
///
/// Attributes before a name are put on its tests, `#[should_panic]` for example. Miri skips the runtimes that wait for
/// the system's events, which it does not know.
///
/// # Examples
///
/// ```
/// use sakia_tests::{Runtime, for_each_runtime, yield_now};
///
/// fn completes<R: Runtime>() {
///     R::run(yield_now());
/// }
///
/// for_each_runtime!(completes);
/// ```
#[macro_export]
macro_rules! for_each_runtime {
    ($($(#[$attribute:meta])* $body:ident),+ $(,)?) => {$(
        mod $body {
            $crate::for_each_runtime!(@test [$(#[$attribute])*] $body, tokio_current_thread, TokioCurrentThread);
            $crate::for_each_runtime!(@test [$(#[$attribute])*] $body, tokio_multi_thread, TokioMultiThread);
            $crate::for_each_runtime!(@test [$(#[$attribute])* #[cfg_attr(miri, ignore)]] $body, async_std, AsyncStd);
            $crate::for_each_runtime!(@test [$(#[$attribute])* #[cfg_attr(miri, ignore)]] $body, smol, Smol);
            $crate::for_each_runtime!(@test [$(#[$attribute])*] $body, minimal, Minimal);
        }
    )+};
    (@test [$($attributes:tt)*] $body:ident, $name:ident, $runtime:ident) => {
        #[test]
        $($attributes)*
        fn $name() {
            let name = concat!(module_path!(), "::", stringify!($name));
            $crate::check(name, super::$body::<$crate::$runtime>);
        }
    };
}
