#!/usr/bin/env bash
# Fuzzes every flavour against its model with the address sanitizer: so many seconds each, 20 unless said otherwise.
# `--cfg sakia_near_wrap`: positions start near their wrap-around.
set -euo pipefail
cd "$(dirname "$0")/../fuzz"

seconds="${1:-20}"
if ! command -v cargo-fuzz >/dev/null || ! cargo +nightly --version >/dev/null 2>&1; then
    if [ "${CI_INSTALL:-}" = 1 ] && cargo +nightly --version >/dev/null 2>&1; then
        cargo install --quiet --locked cargo-fuzz
    else
        echo "SKIPPED fuzz.sh: needs a nightly compiler and cargo-fuzz (CI_INSTALL=1 installs the latter)"
        exit 0
    fi
fi
export RUSTFLAGS="${RUSTFLAGS:-} --cfg sakia_near_wrap"
for target in by_value in_place queue unbounded; do
    echo "== $target, $seconds s"
    mkdir -p "corpus/$target"
    cargo +nightly fuzz run --target-dir ../target/fuzz "$target" -- -max_total_time="$seconds" -max_len=1024 -verbosity=0 -print_final_stats=1
done
