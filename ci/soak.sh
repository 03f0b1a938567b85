#!/usr/bin/env bash
# So many minutes, 10 unless said otherwise, of tasks and threads that send, receive, cancel, close and go on every flavour, with
# each message counted: sent, received, returned, cancelled or left behind. One that is none of these fails it.
set -euo pipefail
cd "$(dirname "$0")/.."
export SOAK_SECONDS=$((${1:-10} * 60))
cargo test --release -p sakia-tests --test soak -- --nocapture
