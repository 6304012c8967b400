#!/bin/sh
# Counts the instructions of fixed work, and fails if any takes 3 % more than is recorded: a check
# of speed that does not depend on what else the machine does.
#
# usage: run.sh LIBRARY OUTDIR           compares with recorded.txt
#        run.sh LIBRARY OUTDIR record    writes recorded.txt anew
#
# The counts are those of callgrind, which has AVX2 and nothing later, on x86-64 with gcc's libc; a
# CPU without AVX2 counts otherwise. Valgrind is fetched from Debian's packages if it is missing.
set -eu

if [ $# -lt 2 ]; then
    echo "usage: $0 LIBRARY OUTDIR [record]" >&2
    exit 2
fi
HERE=$(cd "$(dirname "$0")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
CC=${CC:-cc}
library=$(realpath "$1")
mkdir -p "$2"
OUT=$(realpath "$2")
# Percent above the record that is too much.
LIMIT=3
WORK="deflate1 deflate3 deflate4 deflate6 deflate9 deflate0 rle messages1024 messages16384
    inflate1000000 inflate65536 inflate4096 inflate512 inflate16 inflate1 runs8 crc32 adler32 gzputc"

if [ "$(uname -m)" != x86_64 ] || ! grep -qw avx2 /proc/cpuinfo; then
    echo "skip instructions: the record is for x86-64 with AVX2"
    exit 0
fi
VALGRIND=valgrind
if ! command -v valgrind >/dev/null; then
    # shellcheck disable=SC1091
    . "$ROOT/tests/programs/debian.sh"
    if ! unpack_debian "$OUT/valgrind" valgrind; then
        echo "skip instructions: $MISSING"
        exit 0
    fi
    VALGRIND=$OUT/valgrind/root/usr/bin/valgrind
    VALGRIND_LIB=$OUT/valgrind/root/usr/libexec/valgrind
    export VALGRIND_LIB
fi

$CC -O2 -std=gnu11 -Wall -Wextra -Werror -I"$ROOT/include" -o "$OUT/workload" \
    "$HERE/workload.c" -ldl
: >"$OUT/counted.txt"
for work in $WORK; do
    count=$("$VALGRIND" --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect=measured \
        "$OUT/workload" "$library" "$work" 2>&1 | sed -n 's/.*Collected : \([0-9]*\)$/\1/p')
    [ -n "$count" ] || { echo "FAIL instructions: $work was not counted"; exit 1; }
    echo "$work $count" >>"$OUT/counted.txt"
done
if [ "${3:-}" = record ]; then
    cp "$OUT/counted.txt" "$HERE/recorded.txt"
    exit 0
fi
awk -v limit="$LIMIT" '
    NR == FNR { recorded[$1] = $2; next }
    {
        change = recorded[$1] > 0 ? 100 * ($2 / recorded[$1] - 1) : 100
        printf "    %-16s %12d  %+6.2f %%\n", $1, $2, change
        if (change > limit) {
            print "FAIL instructions_" $1
            bad = 1
        } else {
            print "ok instructions_" $1
        }
    }
    END { exit bad }' "$HERE/recorded.txt" "$OUT/counted.txt"
