#!/usr/bin/env bash
# Plants bugs, one at a time, and shows that a model finds each: an ordering that is too weak, a wake that is dropped. Prints
# a table. With names as arguments, only those. With the argument `check`, only looks whether all still apply.
#
# Each file in ci/planted/ says what the bug is, in which variant of the library and for which models (a part of their names; with
# `in: sakia-io`, that library's own) before the patch itself, which is applied to a copy of the tree under target/. A patch that
# no longer applies exactly, a copy that does not compile and a bug that no model finds are failures.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "${1:-}" = check ]; then
    for patch in ci/planted/*.patch; do
        git apply --check "$patch" || { echo "$patch does not apply" && exit 1; }
    done
    echo "== planted: all apply"
    exit
fi

tree=target/planted/tree
# Built soon rather than fast, but for what the time goes to.
build=(test --quiet --config profile.dev.debug=0 --config profile.dev.package.loom.opt-level=2)

# The first line of the patch file $2 that begins with "$1: ", without that.
field() {
    sed -n "s/^$1: //p;/^--- /q" "$2"
}

# Makes the copy the same as the tree. What differs is new in the copy, so that cargo compiles it again.
restore() {
    git ls-files --cached --others --exclude-standard | while read -r file; do
        if [ -e "$file" ] && ! cmp --quiet "$file" "$tree/$file"; then
            mkdir -p "$(dirname "$tree/$file")"
            cp "$file" "$tree/$file"
        fi
    done
}

# Runs the models $2 of the library $4, or of the suite, in the variant $1; $3 is where the output goes.
models() {
    local where=(-p sakia-tests --test loom)
    [ -z "$4" ] || where=(-p "$4" --lib)
    local flags="--cfg sakia_loom"
    [[ $1 != narrow* ]] || flags+=" --cfg sakia_narrow"
    [[ $1 != *-marked ]] || flags+=" --cfg sakia_marked"
    (
        cd "$tree"
        export RUSTFLAGS="$flags" CARGO_TARGET_DIR="../$1"
        cargo "${build[@]}" "${where[@]}" --no-run >&3 2>&3 || exit 99
        timeout 900 cargo "${build[@]}" "${where[@]}" -- "$2" >&3 2>&3
    ) 3>"$3"
}

names=("$@")
if [ ${#names[@]} = 0 ]; then
    for patch in ci/planted/*.patch; do
        names+=("$(basename "$patch" .patch)")
    done
fi
rows=()
failed=0
for name in "${names[@]}"; do
    patch=ci/planted/$name.patch
    variant=$(field variant "$patch")
    test=$(field test "$patch")
    log=target/planted/$name.log
    echo "== planted: $name ($variant, $test)"
    restore
    patch --quiet --strip=1 --fuzz=0 --forward --directory="$tree" <"$patch"
    begin=$SECONDS
    status=0
    models "$variant" "$test" "$log" "$(field in "$patch")" || status=$?
    took=$((SECONDS - begin))
    # The models that failed. One may have aborted the run, by a panic while another unwound.
    found=$(sed -En "s/^thread '(store::)?models::([^']*)'.* panicked at .*/\`\2\`/p" "$log" | sort -u | head -2 | paste -sd, | sed 's/,/, /g')
    if [ $status = 99 ]; then
        found="**does not compile**"
    elif [ $status = 0 ]; then
        found="**not found**"
    elif [ -z "$found" ]; then
        found="**no model failed** (status $status)"
    fi
    [[ $found != \*\** ]] || failed=1
    rows+=("| $(field bug "$patch") | $variant | $found | $took |")
    echo "${rows[-1]}"
done
echo
echo "| bug | variant | found by | seconds, with compiling |"
echo "|---|---|---|---|"
printf '%s\n' "${rows[@]}"
exit $failed
