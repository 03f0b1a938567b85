#!/usr/bin/env bash
# The tests under sanitizers: `address` (with leaks), `thread`, `valgrind`; without an argument, all three.
#
# `address` takes a nightly compiler, `thread` Debian's compiler and its library's source (the library has to be instrumented
# too); they are installed only where CI_INSTALL=1 says so. What a sanitizer reports is a failure; what is left out, and why, is
# said in tests/README.md.
set -euo pipefail
cd "$(dirname "$0")/.."

host=x86_64-unknown-linux-gnu
# Sanitized code is slow, so random programs and rounds are fewer.
export PROPTEST_CASES="${PROPTEST_CASES:-64}" STRESS_ROUNDS="${STRESS_ROUNDS:-1}"

address() {
    if ! cargo +nightly --version >/dev/null 2>&1; then
        echo "SKIPPED san.sh address: needs a nightly compiler"
        return
    fi
    echo "== address sanitizer, with leaks"
    LSAN_OPTIONS="suppressions=$PWD/ci/leaks.supp:print_suppressions=0" \
        RUSTFLAGS="-Zsanitizer=address --cfg sakia_sanitized" \
        cargo +nightly test --quiet --no-fail-fast --target "$host" --target-dir target/asan "${what_tests[@]}"
}

thread() {
    local nightly linker
    if ! ci/lib/debian_rust.sh || ! nightly="$(rustc +nightly --print sysroot 2>/dev/null)/lib/rustlib/$host" ||
        ! [ -e "$nightly/lib/librustc-nightly_rt.tsan.a" ]; then
        echo "SKIPPED san.sh thread: needs Debian's rustc-web, cargo-web and rust-web-src, and a nightly compiler's runtime of the sanitizer"
        return
    fi
    linker="-Clink-arg=-fuse-ld=lld -Clink-arg=-B$nightly/bin/gcc-ld"
    linker+=" -Clink-arg=-Wl,--whole-archive,$nightly/lib/librustc-nightly_rt.tsan.a,--no-whole-archive,--export-dynamic,--no-as-needed"
    linker+=" -Clink-args=-lpthread -Clink-args=-lm -Clink-args=-ldl -Clink-args=-lrt -Clink-args=-lc"
    echo "== thread sanitizer"
    TSAN_OPTIONS="suppressions=$PWD/ci/races.supp" \
        RUSTC=/usr/bin/rustc RUSTDOC=/usr/bin/rustdoc RUSTC_BOOTSTRAP=1 \
        RUSTFLAGS="-Zsanitizer=thread -Zexternal-clangrt $linker --cfg sakia_sanitized" \
        /usr/bin/cargo test --quiet --no-fail-fast -Zbuild-std --target "$host" --target-dir target/tsan "${what_tests[@]}"
}

valgrind() {
    if ! command -v valgrind >/dev/null; then
        echo "SKIPPED san.sh valgrind: needs valgrind"
        return
    fi
    echo "== valgrind: what the sanitizers leave out"
    # Sanitizers replace the allocator, so the tests that count allocations and the examples are run here.
    CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER="valgrind --quiet --error-exitcode=99 --fair-sched=yes" \
        cargo test --quiet --no-fail-fast -p sakia-tests --test allocations --test no_allocation --test in_place_allocation \
        --test futures_allocations
}

what="${1:-all}"
[ $# -eq 0 ] || shift
what_tests=("$@")
[ $# -gt 0 ] || what_tests=(-p sakia -p sakia-futures -p sakia-tokio -p sakia-io -p sakia-executor -p sakia-tests --lib --tests)
case "$what" in
    all)
        address
        thread
        valgrind
        ;;
    address | thread | valgrind) "$what" "$@" ;;
    *)
        echo "usage: $0 [address|thread|valgrind [PACKAGES AND TESTS, AS CARGO TEST HAS THEM]]" >&2
        exit 2
        ;;
esac
