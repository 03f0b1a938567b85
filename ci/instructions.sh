#!/usr/bin/env bash
# Counts the instructions of the fast paths, a message sent and received on one thread: the difference between a long and
# a short run under callgrind. With the argument `write`, puts the table into benches/INSTRUCTIONS.md.
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1:-}" in
    "" | write) ;;
    *)
        echo "usage: $0 [write]" >&2
        exit 2
        ;;
esac
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

# One row: what happens, then the path of each column, `-` where there is none.
row() {
    local line="| $1 |" path short long
    shift
    for path in "$@"; do
        if [ "$path" = - ]; then
            line+=" |"
            continue
        fi
        short=$(count "$path" 3200)
        long=$(count "$path" 35200)
        line+=" $(((long - short) / 32000)) |"
    done
    echo "$line"
}

table() {
    echo "| a message | sakia | sakia-tokio | tokio | thingbuf | kanal | tachyonix |"
    echo "|---|---|---|---|---|---|---|"
    row "\`try_send\`, \`try_recv\`" try dropin-try tokio-try thingbuf-try kanal-try tachyonix-try
    row "\`send\`, \`recv\`, ready" async dropin-async tokio-async thingbuf-async kanal-async tachyonix-async
    row "permit, \`try_recv\`" permit dropin-permit tokio-permit - - -
    row "batches of 32, \`recv_many\`" batch dropin-batch tokio-batch - - -
    row "blocking calls" blocking - - - - -
    row "unbounded: \`send\`, \`try_recv\`" unbounded dropin-unbounded tokio-unbounded - kanal-unbounded -
    row "\`Sink\`, then \`Stream\`" stream-sink - - - - -
    row "in place: \`try_send_ref\`, \`try_recv_ref\`" ref-try - - thingbuf-ref-try - -
    row "in place: \`send_ref\`, \`recv_ref\`, ready" ref-async - - thingbuf-ref-async - -
    row "in place: \`try_reserve_ref\`, \`try_recv_ref\`" ref-permit - - - - -
    row "in place: batches of 32, \`try_recv_many_ref\`" ref-batch - - - - -
    row "in place: a \`String\` is formatted" ref-string - - thingbuf-ref-string - -
}

if [ "${1:-}" = write ]; then
    {
        echo "# Instructions a message"
        echo
        echo "A \`u64\` sent and received on one thread, nobody waiting, counted by callgrind. A column of a batch counts one of its"
        echo "messages. Made by"
        echo
        echo '```sh'
        echo "ci/instructions.sh write"
        echo '```'
        echo
        table
    } | tee benches/INSTRUCTIONS.md
else
    table
fi
