#!/usr/bin/env bash
# Published crates that use `tokio::sync::mpsc`, built against sakia-tokio by changing their `use` lines, with their own
# tests. Cargo takes them from the registry; they live in the target directory only.
set -euo pipefail
cd "$(dirname "$0")/.."
root="$PWD"
work="$root/target/real_programs"

# name version features: what of tokio's channels it uses
programs=(
    "tower 0.5.3 full,log" # its buffer: bounded channels, sent to through PollSender; its tests: UnboundedReceiverStream
    "hyper 1.12.0 full" # its client's dispatcher: unbounded channels
    "actix-rt 2.15.0 default" # its arbiters and systems: unbounded channels across threads
)

# The folder of the source of the crate $1, version $2.
fetch() {
    local fetcher="$work/fetch-$1"
    mkdir -p "$fetcher"
    printf '[package]\nname = "fetch"\nversion = "0.0.0"\nedition = "2021"\n[lib]\npath = "lib.rs"\n[workspace]\n' > "$fetcher/Cargo.toml"
    printf '[dependencies]\n%s = "=%s"\n' "$1" "$2" >> "$fetcher/Cargo.toml"
    touch "$fetcher/lib.rs"
    (cd "$fetcher" && cargo metadata --quiet --format-version 1) |
        grep -o "\"manifest_path\":\"[^\"]*/$1-$2/Cargo.toml\"" | head -n 1 | sed 's/.*:"//; s,/Cargo.toml"$,,'
}

# All `use` lines of the crate in the folder $1.
change_uses() {
    find "$1" -name '*.rs' -exec sed -i -E \
        -e 's/^(\s*)use tokio::sync::\{mpsc, ([^}]*)\};/\1use sakia_tokio::mpsc;\n\1use tokio::sync::{\2};/' \
        -e 's/\btokio::sync::mpsc\b/sakia_tokio::mpsc/' \
        -e 's/\btokio_util::sync::PollSender\b/sakia_tokio::PollSender/' \
        -e 's/\btokio_stream::wrappers\b/sakia_tokio::wrappers/' {} +
    if grep -rnE 'use tokio::sync::(\{[^}]*)?mpsc' "$1" --include='*.rs'; then
        echo "a use of tokio's channel is left in $1" >&2
        return 1
    fi
    grep -rn 'sakia_tokio' "$1" --include='*.rs'
}

for program in "${programs[@]}"; do
    read -r name version features <<< "$program"
    echo "== $name $version"
    source="$(fetch "$name" "$version")"
    rm -rf "${work:?}/$name"
    cp -r "$source" "$work/$name"
    chmod -R u+w "$work/$name"
    change_uses "$work/$name"
    printf '\n[workspace]\n\n[dependencies.sakia-tokio]\npath = "%s/adapters/tokio"\n' "$root" >> "$work/$name/Cargo.toml"
    (cd "$work/$name" && CARGO_TARGET_DIR="$work/target" cargo test --quiet --features "$features" --lib --tests)
done
echo "== all of them passed"
