#!/bin/sh
# Builds and runs the C tests against a library.
#
# usage: run.sh LIBDIR INCLUDEDIR ORACLE [NAME...]
#
#   LIBDIR      where librzlib.so lies
#   INCLUDEDIR  where rzlib.h lies
#   ORACLE      zlib 1.3.2 as a shared object; the tests open it with dlopen
#   NAME        the tests to run, without suffix; all if none is named
#
# A test is NAME.c, a program, or NAME.sh, a script that is told what it needs by environment
# variables. Exit code 0 is passed, 77 skipped, anything else failed.
#
# environment:
#   CC, CXX     compilers (cc, c++)
#   CFLAGS      more flags for the compilers
#   OUT         where to build (default: a new temporary directory, removed at the end)
#   SANITIZE=1  compile the tests with AddressSanitizer and UndefinedBehaviorSanitizer
#   WRAP        a command that each program is run under, such as "valgrind -q --error-exitcode=1"
#   TIMEOUT     seconds that one test may take (default 120)
#   RZLIB_PEER=1  the library is another zlib: leave out what only rzlib promises
set -u

if [ $# -lt 3 ]; then
    echo "usage: $0 LIBDIR INCLUDEDIR ORACLE [NAME...]" >&2
    exit 2
fi

absolute() {
    (cd "$(dirname "$1")" && printf '%s/%s\n' "$(pwd)" "$(basename "$1")")
}

LIBDIR=$(absolute "$1") || exit 2
INCLUDEDIR=$(absolute "$2") || exit 2
RZLIB_ORACLE=$(absolute "$3") || exit 2
shift 3

SOURCE=$(dirname "$(absolute "$0")")
CC=${CC:-cc}
CXX=${CXX:-c++}
TIMEOUT=${TIMEOUT:-120}
WRAP=${WRAP:-}
if [ -n "${OUT:-}" ]; then
    mkdir -p "$OUT" || exit 2
    OUT=$(absolute "$OUT")
else
    OUT=$(mktemp -d) || exit 2
    trap 'rm -rf "$OUT"' EXIT
    trap 'exit 2' HUP INT TERM
fi

# The flags that set strictness and language stand apart: header.sh brings its own.
COMMON="-g -O1 -I$INCLUDEDIR ${CFLAGS:-}"
STRICT="-std=c99 -Wall -Wextra -Werror -pedantic"
if [ "${SANITIZE:-0}" != 0 ]; then
    sanitizers="-fsanitize=address,undefined -fno-sanitize-recover=undefined"
    COMMON="$COMMON $sanitizers -fno-omit-frame-pointer -DWANT_SANITIZERS"
fi
LINK="-Wl,-z,now -L$LIBDIR -lrzlib -Wl,-rpath,$LIBDIR -ldl -pthread"
HELPERS="util heap twin itwin bits gz"
export CC CXX COMMON STRICT LINK OUT SOURCE WRAP LIBDIR INCLUDEDIR RZLIB_ORACLE

passed=0
failed=0
skipped=0

report() { # NAME EXITCODE, output in $OUT/NAME.log
    case $2 in
    0)
        echo "ok $1"
        passed=$((passed + 1))
        ;;
    77)
        echo "skip $1: $(tail -n 1 "$OUT/$1.log")"
        skipped=$((skipped + 1))
        ;;
    *)
        echo "FAIL $1"
        [ "$2" = 124 ] && echo "    took more than $TIMEOUT seconds"
        sed 's/^/    /' "$OUT/$1.log"
        failed=$((failed + 1))
        ;;
    esac
}

# The variables hold several words each, so they stand unquoted below.
build_program() { # NAME
    objects=
    for helper in $HELPERS; do
        objects="$objects $OUT/$helper.o"
    done
    # shellcheck disable=SC2086
    $CC $STRICT $COMMON -pthread -o "$OUT/$1" "$SOURCE/$1.c" $objects $LINK
}

run_test() { # NAME
    if [ -f "$SOURCE/$1.sh" ]; then
        timeout "$TIMEOUT" sh "$SOURCE/$1.sh" >"$OUT/$1.log" 2>&1
    elif build_program "$1" >"$OUT/$1.log" 2>&1; then
        # shellcheck disable=SC2086
        timeout "$TIMEOUT" $WRAP "$OUT/$1" >"$OUT/$1.log" 2>&1
    else
        echo "did not compile" >>"$OUT/$1.log"
        return 1
    fi
}

for helper in $HELPERS; do
    # shellcheck disable=SC2086
    if ! $CC $STRICT $COMMON -pthread -c -o "$OUT/$helper.o" "$SOURCE/$helper.c" \
        >"$OUT/$helper.log" 2>&1; then
        echo "FAIL $helper.c does not compile"
        sed 's/^/    /' "$OUT/$helper.log"
        echo "0 passed, 1 failed, 0 skipped"
        exit 1
    fi
done

if [ $# -eq 0 ]; then
    for file in "$SOURCE"/*.c "$SOURCE"/*.sh; do
        name=$(basename "$file")
        name=${name%.*}
        case " $HELPERS run header_program abi_print " in
        *" $name "*) ;;
        *) set -- "$@" "$name" ;;
        esac
    done
fi

for name in "$@"; do
    if [ ! -f "$SOURCE/$name.c" ] && [ ! -f "$SOURCE/$name.sh" ]; then
        echo "no such test" >"$OUT/$name.log"
        report "$name" 1
        continue
    fi
    run_test "$name"
    report "$name" $?
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
