#!/usr/bin/env bash
# Runs the tests of the core and its suite in the packings that this machine would not choose by itself, with positions that
# start near their wrap-around. Each builds all anew, hence without the clients.
# Where CI=true says that nobody will come again, what one has built is gone before the next.
set -euo pipefail
cd "$(dirname "$0")/.."

for packing in sakia_narrow sakia_marked sakia_on_demand; do
    echo "== tests with $packing, near the wrap-around"
    RUSTFLAGS="--cfg $packing --cfg sakia_near_wrap" cargo test --quiet -p sakia -p sakia-tests --no-default-features \
        --features sakia/std --target-dir target/packings --lib --tests
    [ "${CI:-}" != true ] || rm -rf target/packings
done
