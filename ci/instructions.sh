#!/usr/bin/env bash
# Counts the instructions of the fast paths, a message sent and received on one thread: the difference between a long and
# a short run under callgrind.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v valgrind >/dev/null; then
    echo "SKIPPED instructions.sh: needs valgrind"
    exit 0
fi
cargo build --quiet --release -p sakia-benches --bin instructions
out=$(mktemp)
trap 'rm -f "$out"' EXIT
count() {
    valgrind --tool=callgrind --callgrind-out-file="$out" target/release/instructions "$1" "$2" 2>&1 |
        sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

echo "| path | instructions a message |"
echo "|---|---|"
for path in try async permit batch blocking; do
    short=$(count "$path" 3200)
    long=$(count "$path" 35200)
    echo "| $path | $(((long - short) / 32000)) |"
done
