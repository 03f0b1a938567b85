#!/usr/bin/env bash
# Builds the core and the adapters for bare metal: a target without `std`, so that a use of it fails to compile.
# The targets' core library is built from source, which takes Debian's compiler; it is installed only where
# CI_INSTALL=1 says so.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! ci/lib/debian_rust.sh; then
    echo "SKIPPED no_std.sh: needs Debian's rustc-web, cargo-web, rust-web-src and rust-web-llvm; CI_INSTALL=1 installs them"
    exit 0
fi

export RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1
build() {
    local target=$1 std=$2
    shift 2
    echo "== $target $*"
    /usr/bin/cargo build --quiet --target "$target" --target-dir target/no_std -Zbuild-std="$std" "$@"
}

build thumbv7m-none-eabi core -p sakia --no-default-features
build thumbv7m-none-eabi core,alloc -p sakia --no-default-features --features alloc,critical-section
build thumbv6m-none-eabi core -p sakia --no-default-features --features portable-atomic,critical-section
build riscv32imac-unknown-none-elf core -p sakia --no-default-features
build x86_64-unknown-none core,alloc -p sakia --no-default-features --features alloc
build thumbv7m-none-eabi core -p sakia-futures --no-default-features
build thumbv7m-none-eabi core,alloc -p sakia-futures --no-default-features --features alloc
build thumbv6m-none-eabi core -p sakia-futures --no-default-features --features sakia/portable-atomic,sakia/critical-section
build riscv32imac-unknown-none-elf core -p sakia-futures --no-default-features --features sakia/critical-section
build x86_64-unknown-none core,alloc -p sakia-futures --no-default-features --features alloc
build thumbv7m-none-eabi core -p sakia-io --no-default-features --features embedded-io-async
build thumbv7m-none-eabi core,alloc -p sakia-io --no-default-features --features alloc,embedded-io-async
build thumbv6m-none-eabi core -p sakia-io --no-default-features --features portable-atomic,sakia/critical-section
