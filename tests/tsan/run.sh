#!/bin/sh
# Runs the C test of threads with ThreadSanitizer in the library and in the test.
#
#     run.sh ORACLE OUTDIR
#
# rustc has the sanitizer as an unstable option, which RUSTC_BOOTSTRAP lets it take; its own
# standard library is not compiled with it, but next to nothing of that is in use. gcc brings the
# sanitizer's library. Prints a line: "ok NAME", "FAIL NAME" or "skip NAME: REASON".
# environment: CC, CARGO, CARGOFLAGS
set -u

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$2" || exit 2
ORACLE=$1
OUT=$(cd "$2" && pwd)
CC=${CC:-cc}
TARGET=$(rustc -vV | sed -n 's/^host: //p')

# A race that must be seen, so that no silence means nothing.
cat >"$OUT/race.c" <<'END'
#include <pthread.h>
static int number;
static void *add(void *argument) { number++; return argument; }
int main(void)
{
    pthread_t thread;
    if (pthread_create(&thread, 0, add, 0) != 0)
        return 0;
    add(0);
    pthread_join(thread, 0);
    return 0;
}
END
$CC -fsanitize=thread -O0 -o "$OUT/race" "$OUT/race.c" -pthread 2>"$OUT/race.log" || {
    echo "skip tsan: $CC has no ThreadSanitizer"
    exit 0
}
if "$OUT/race" >>"$OUT/race.log" 2>&1 || ! grep -q 'data race' "$OUT/race.log"; then
    echo "skip tsan: ThreadSanitizer does not work here"
    exit 0
fi

$CC -O1 -fno-builtin -c -o "$OUT/names.o" "$ROOT/tests/tsan/names.c" || exit 1
# shellcheck disable=SC2086
RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$OUT/target \
    RUSTFLAGS="-Zsanitizer=thread -Cunsafe-allow-abi-mismatch=sanitizer" \
    ${CARGO:-cargo} rustc --release ${CARGOFLAGS:-} --lib --crate-type cdylib --target "$TARGET" \
    --manifest-path "$ROOT/Cargo.toml" || {
    echo "FAIL tsan"
    exit 1
}
TSAN_OPTIONS=halt_on_error=1 CFLAGS="-fsanitize=thread -Wl,$OUT/names.o" OUT=$OUT/tests \
    sh "$ROOT/capi-tests/run.sh" "$OUT/target/$TARGET/release" "$ROOT/include" "$ORACLE" threads \
    >"$OUT/threads.log"
code=$?
sed 's/^\([a-zA-Z]*\) threads/\1 threads_tsan/' "$OUT/threads.log"
exit $code
