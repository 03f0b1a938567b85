#!/usr/bin/env bash
# Lints the core with every combination of features that differs, and in every packing; then the adapters.
set -euo pipefail
cd "$(dirname "$0")/.."

lint() {
    echo "== clippy sakia ${RUSTFLAGS:-} $*"
    cargo clippy --quiet -p sakia --target-dir target/features "$@" -- -D warnings
}

for base in "" alloc std; do
    for extra in "" critical-section portable-atomic critical-section,portable-atomic; do
        lint --no-default-features --features "$base,$extra"
    done
done
lint --no-default-features --features bytes
lint --features bytes
for cfg in "--cfg sakia_narrow" "--cfg sakia_marked" "--cfg sakia_narrow --cfg sakia_marked"; do
    RUSTFLAGS="$cfg" lint
    RUSTFLAGS="$cfg" lint --no-default-features
done
RUSTFLAGS="--cfg sakia_on_demand" lint
for features in "" alloc std; do
    echo "== clippy sakia-futures $features"
    cargo clippy --quiet -p sakia-futures --target-dir target/features --no-default-features --features "$features" -- -D warnings
done
for features in "" rt time full; do
    echo "== clippy sakia-tokio $features"
    cargo clippy --quiet -p sakia-tokio --target-dir target/features --no-default-features --features "$features" -- -D warnings
done
for features in "" alloc std embedded-io-async alloc,embedded-io-async futures-io tokio bytes futures-io,tokio,embedded-io-async,bytes; do
    echo "== clippy sakia-io $features"
    cargo clippy --quiet -p sakia-io --target-dir target/features --no-default-features --features "$features" -- -D warnings
done
