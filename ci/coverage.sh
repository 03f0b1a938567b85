#!/usr/bin/env bash
# Line coverage of core/ by the unit tests and the suite; fails below 95%, and names the lines that are not covered.
#
# The compiler's own llvm-cov and llvm-profdata come with rustup's llvm-tools, which may not be had; LLVM's of the same version do
# as well.
set -euo pipefail
cd "$(dirname "$0")/.."

version="$(rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')"
find_tool() {
    local path
    for path in "$(rustc --print target-libdir)/../bin/$1" "/usr/lib/llvm-$version/bin/$1"; do
        if [ -x "$path" ]; then
            echo "$path"
            return
        fi
    done
    command -v "$1-$version"
}
if ! command -v cargo-llvm-cov >/dev/null && [ "${CI_INSTALL:-}" = 1 ]; then
    cargo install --quiet --locked cargo-llvm-cov
fi
if ! command -v cargo-llvm-cov >/dev/null || ! LLVM_COV="$(find_tool llvm-cov)" || ! LLVM_PROFDATA="$(find_tool llvm-profdata)"; then
    echo "SKIPPED coverage.sh: needs cargo-llvm-cov (CI_INSTALL=1 installs it), and llvm-cov and llvm-profdata of LLVM $version"
    exit 0
fi
export LLVM_COV LLVM_PROFDATA PROPTEST_CASES="${PROPTEST_CASES:-64}"

# Without the clients, which take long to compile and use nothing of the core that others don't.
cargo llvm-cov --quiet --no-fail-fast -p sakia -p sakia-tests -p sakia-futures -p sakia-tokio --no-default-features \
    --features sakia/std,sakia/bytes,sakia-futures/std,sakia-tokio/full --lib --tests \
    --ignore-filename-regex '(^|/)(tests|adapters|examples|benches)/' --fail-under-lines 95 --show-missing-lines
