#!/usr/bin/env bash
# Runs the tests of the core and its suite in the packings that this machine would not choose by itself, and with positions
# that start near their wrap-around.
set -euo pipefail
cd "$(dirname "$0")/.."

for cfg in "--cfg sakia_narrow" "--cfg sakia_marked" "--cfg sakia_on_demand" "--cfg sakia_near_wrap"; do
    echo "== tests with $cfg"
    RUSTFLAGS="$cfg" cargo test --quiet -p sakia -p sakia-tests --target-dir target/packings --lib --tests
done
