#!/bin/sh
# Property: rzlib.h compiles without a warning as C90, C99, C11 and C++, with and without
# ZLIB_CONST, and a program that uses all of it links and runs.
#
# Guards: programs from C90 to C++17 include zlib.h, often with -Werror; C++ needs extern "C";
# C callers use the macros deflateInit and deflateInit2, callers by dlsym the plain functions.
# Run by run.sh. The words in COMMON and LINK are flags and stand unquoted.
set -eu

program=$SOURCE/header_program.c
warnings="-Wall -Wextra -Werror -pedantic"

attempt() { # COMPILER AND LANGUAGE FLAGS, several words
    for const in "" -DZLIB_CONST; do
        echo "$* $const"
        # shellcheck disable=SC2086
        $* $warnings $COMMON $const -o "$OUT/header_program" "$program" $LINK
        "$OUT/header_program"
    done
}

# Beside zlib.h, whichever comes first: both must go together in one program.
beside_zlib() { # COMPILER AND LANGUAGE FLAGS, several words
    for first in zlib.h rzlib.h; do
        echo "$* with $first first"
        printf '#include <%s>\n#include <zlib.h>\n#include <rzlib.h>\n' "$first" >"$OUT/both.c"
        echo "int main(void) { z_stream strm; return deflateInit(&strm, 99) == Z_OK; }" >>"$OUT/both.c"
        # shellcheck disable=SC2086
        $* $warnings $COMMON -c -o "$OUT/both.o" "$OUT/both.c"
    done
}

# zlib.h's z_off_t may be long long, which C90 and C++98 do not know.
attempt "$CC -std=c90 -Wno-long-long"
attempt "$CC -std=c99"
attempt "$CC -std=c11"
if command -v "$CXX" >/dev/null 2>&1; then
    attempt "$CXX -x c++ -std=c++98 -Wno-long-long"
    attempt "$CXX -x c++ -std=c++11"
    attempt "$CXX -x c++ -std=c++17"
else
    echo "no C++ compiler: C++ left out"
fi
# shellcheck disable=SC2086
if printf '#include <zlib.h>\n' | $CC $COMMON -E -x c - >/dev/null 2>&1; then
    beside_zlib "$CC -std=c99"
    ! command -v "$CXX" >/dev/null 2>&1 || beside_zlib "$CXX -x c++ -std=c++11"
fi
