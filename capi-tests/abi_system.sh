#!/bin/sh
# Property: our header and the system's zlib.h agree on every size, offset and constant.
#
# Guards: abi.c trusts its own table; this compares with a header that was installed by others.
# Run by run.sh. The words in COMMON and STRICT are flags and stand unquoted.
set -eu

# Not our include directory: a zlib.h of ours may lie there.
# shellcheck disable=SC2086
if ! printf '#include <zlib.h>\n' | $CC -std=c99 -E -x c - >/dev/null 2>&1; then
    echo "the system has no zlib.h"
    exit 77
fi
# shellcheck disable=SC2086
$CC -std=c99 -DSYSTEM_ZLIB -o "$OUT/abi_of_system" "$SOURCE/abi_print.c"
# shellcheck disable=SC2086
$CC $STRICT $COMMON -o "$OUT/abi_of_ours" "$SOURCE/abi_print.c"
"$OUT/abi_of_system" >"$OUT/abi_of_system.txt"
"$OUT/abi_of_ours" >"$OUT/abi_of_ours.txt"
diff "$OUT/abi_of_system.txt" "$OUT/abi_of_ours.txt"
