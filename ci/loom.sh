#!/usr/bin/env bash
# Checks the loom models in every variant of the library, or in those that are named. With the argument `quick`, the models
# that take seconds, in two variants.
#
# LOOM_MAX_PREEMPTIONS, if set, bounds the preemptions in each interleaving; else each model has its own bound, 1 to 3,
# which it prints. Each variant has its own target directory and, beside it, a log of what the models print;
# a table of that ends the variant.
set -euo pipefail
cd "$(dirname "$0")/.."

variants=(wide wide-marked wide-patient narrow narrow-marked)
filter=()
case "${1:-}" in
    "") ;;
    quick)
        variants=(wide narrow-marked)
        filter=(quick_)
        ;;
    *)
        for variant in "$@"; do
            if [[ " ${variants[*]} " != *" $variant "* ]]; then
                echo "usage: $0 [quick | VARIANT...], the variants: ${variants[*]}" >&2
                exit 2
            fi
        done
        variants=("$@")
        ;;
esac

for variant in "${variants[@]}"; do
    flags="--cfg sakia_loom"
    [[ $variant != narrow* ]] || flags+=" --cfg sakia_narrow"
    [[ $variant != *-marked ]] || flags+=" --cfg sakia_marked"
    [[ $variant != *-patient ]] || flags+=" --cfg sakia_patient"
    echo "== loom: $variant, preemptions: ${LOOM_MAX_PREEMPTIONS:-as each model says}"
    RUSTFLAGS="${RUSTFLAGS:-} $flags" cargo test --release --target-dir "target/loom-$variant" \
        -p sakia-tests --test loom --test loom_io -- --nocapture ${filter[@]+"${filter[@]}"} | tee "target/loom-$variant.log"
    RUSTFLAGS="${RUSTFLAGS:-} $flags" cargo test --release --target-dir "target/loom-$variant" -p sakia-io --lib
    awk -f ci/models.awk "target/loom-$variant.log"
done
