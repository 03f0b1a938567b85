#!/usr/bin/env bash
# The stress tests, in release mode: STRESS_ROUNDS times (default 60).
set -euo pipefail
cd "$(dirname "$0")/.."
export STRESS_ROUNDS="${STRESS_ROUNDS:-60}"
echo "== stress, $STRESS_ROUNDS rounds"
cargo test --release -p sakia-tests --test stress --test in_place_stress --test flavours_stress --test overtaking -- --nocapture
echo "== 1 GiB through a pipe, with steady memory"
PIPE_VOLUME=$((1 << 30)) cargo test --release -p sakia-tests --test io_allocation -- --nocapture
