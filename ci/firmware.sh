#!/usr/bin/env bash
# Builds tests/firmware for a Cortex-M3 and runs it under QEMU. It checks itself, prints the bytes that it takes, and its status is
# this script's. Debian's compiler and QEMU are installed only where CI_INSTALL=1 says so.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! ci/lib/debian_rust.sh qemu-system-arm || ! sysroot="$(rustc +stable --print sysroot 2>/dev/null || rustc --print sysroot)" ||
    ! linker="$(find "$sysroot" /usr/lib/rustlib -name rust-lld 2>/dev/null | head -n 1)" || [ -z "$linker" ]; then
    echo "SKIPPED firmware.sh: THE FIRMWARE WAS NOT RUN. It needs Debian's rustc-web, cargo-web, rust-web-src, rust-web-llvm and"
    echo "SKIPPED firmware.sh: qemu-system-arm (CI_INSTALL=1 installs them), and rustup's rust-lld"
    exit 0
fi

unset RUSTFLAGS # it would take the place of the target's own
export RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1
export CARGO_TARGET_THUMBV7M_NONE_EABI_LINKER="$linker"
export CARGO_TARGET_THUMBV7M_NONE_EABI_RUSTFLAGS="-Clink-arg=-Tlink.x"
export CARGO_TARGET_THUMBV7M_NONE_EABI_RUNNER="timeout 60 qemu-system-arm -cpu cortex-m3 -machine lm3s6965evb -nographic -monitor none -serial none -semihosting -kernel"
target_dir="$PWD/target/firmware"
cd tests/firmware
/usr/bin/cargo run --quiet --release --target thumbv7m-none-eabi --target-dir "$target_dir" -Zbuild-std=core </dev/null
