#!/usr/bin/env bash
# Sees to Debian's Rust, the only compiler here that comes with its library's source, and to the packages that are named as
# arguments. They are installed only where CI_INSTALL=1 says so. Fails if one is not there in the end.
set -euo pipefail

packages=(rustc-web cargo-web rust-web-src rust-web-llvm "$@")
missing() {
    local package
    for package in "${packages[@]}"; do
        dpkg-query --show --showformat='${Status}\n' "$package" 2>/dev/null | grep -q "^install ok installed" || return 0
    done
    return 1
}

command -v dpkg-query >/dev/null || exit 1
if missing && [ "${CI_INSTALL:-}" = 1 ]; then
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
fi
! missing
