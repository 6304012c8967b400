#!/bin/sh
# Runs programs that were made for zlib on rzlib: zlib's own examples, and Python.
#
#     run.sh LIB ORACLE OUTDIR
#
#   LIB      librzlib.so
#   ORACLE   zlib 1.3.2 as a shared object
#   OUTDIR   where to build and run; made anew
#
# Each program runs twice, with LIB and with ORACLE preloaded, and must do the same: say the
# same words, write the same bytes. The system's libz is there as well. What rzlib does not
# have yet, inflate and gz*, comes from it, and its gz* functions call rzlib's deflate. After
# every run, ld.so's own record proves which library the names were bound to (proof.py).
#
# Prints a line for each check: "ok NAME", "FAIL NAME" or "skip NAME: REASON", then the counts.
# environment: CC, PYTHON; ZLIB_DEV (see zlib_dev.sh)
set -u

if [ $# -ne 3 ]; then
    echo "usage: $0 LIB ORACLE OUTDIR" >&2
    exit 2
fi
CC=${CC:-cc}
SOURCE=$(cd "$(dirname "$0")" && pwd)
INCLUDE=$(cd "$SOURCE/../../include" && pwd)
LIB=$(realpath "$1") && ORACLE=$(realpath "$2") || exit 2
# Not a wrapper script that chooses an interpreter: the wrapper would be preloaded, too.
PYTHON=$("${PYTHON:-python3}" -c 'import sys; print(sys.executable)') || exit 2
rm -rf "$3/run" && mkdir -p "$3/run" || exit 2
OUT=$(realpath "$3")
RUN=$OUT/run
# shellcheck source-path=SCRIPTDIR
. "$SOURCE/zlib_dev.sh"

passed=0
failed=0
skipped=0

check() { # NAME COMMAND...: runs a command, which is a check; its variables do not come back
    name=$1
    shift
    if ("$@") >"$RUN/$name.log" 2>&1; then
        echo "ok $name"
        passed=$((passed + 1))
    else
        echo "FAIL $name"
        sed 's/^/    /' "$RUN/$name.log"
        failed=$((failed + 1))
    fi
}

skip() { # REASON NAME...
    reason=$1
    shift
    for name in "$@"; do
        echo "skip $name: $reason"
        skipped=$((skipped + 1))
    done
}

# What a program that compresses calls: deflate, or the gz function of a library that has both.
COMPRESSED=deflate,gzclose

# Runs in FOLDER, and proves that one of the functions NAMES was LIBRARY's.
preloaded() { # LIBRARY NAMES FOLDER COMMAND...
    library=$1
    names=$2
    folder=$3
    shift 3
    if ! (
        export LD_PRELOAD="$library" LD_DEBUG=bindings LD_DEBUG_OUTPUT="$folder/bindings"
        cd "$folder" && exec "$@"
    ); then
        echo "failed with $library: $*"
        return 1
    fi
    "$PYTHON" "$SOURCE/proof.py" "$library" "$names" "$folder" && rm -f "$folder"/bindings.*
}

both() { # NAME COMMAND...: runs with each library in a folder of its own, RUN/NAME.*
    name=$1
    shift
    preloaded "$LIB" $COMPRESSED "$RUN/$name.rzlib" "$@" >"$RUN/$name.rzlib.out" || return 1
    preloaded "$ORACLE" $COMPRESSED "$RUN/$name.oracle" "$@" >"$RUN/$name.oracle.out"
}

folders() { # NAME FILE...: makes the folders for both, with these files in them
    for library in rzlib oracle; do
        mkdir -p "$RUN/$1.$library"
    done
    name=$1
    shift
    for file in "$@"; do
        cp "$file" "$RUN/$name.rzlib" && cp "$file" "$RUN/$name.oracle"
    done
}

# What a program wrote with each library, but for the line that proves it, which differs.
same_output() { # NAME
    grep -v '^bound to ' "$RUN/$1.rzlib.out" >"$RUN/$1.rzlib.words"
    grep -v '^bound to ' "$RUN/$1.oracle.out" >"$RUN/$1.oracle.words"
    [ -s "$RUN/$1.oracle.words" ] && diff "$RUN/$1.rzlib.words" "$RUN/$1.oracle.words"
}

# zlib's example.c: most functions of the interface, one after the other.
run_example() {
    folders example
    both example "$RUN/example" && same_output example
}

restore_with_python() { # PACKED ORIGINAL
    "$PYTHON" -c 'import gzip, sys
sys.exit(gzip.open(sys.argv[1]).read() != open(sys.argv[2], "rb").read())' "$1" "$2" || {
        echo "$1 is not $2"
        return 1
    }
}

# minigzip as gzip is used: files are replaced by packed ones, and back.
run_minigzip() { # NAME FLAG
    folders "$1" "$RUN"/files/*
    for file in "$RUN"/files/*; do
        base=$(basename "$file")
        both "$1" "$RUN/minigzip" "$2" "$base" || return 1
        cmp "$RUN/$1.rzlib/$base.gz" "$RUN/$1.oracle/$base.gz" || return 1
        restore_with_python "$RUN/$1.rzlib/$base.gz" "$file" || return 1
        # The system's inflate checks with our CRC-32.
        preloaded "$LIB" crc32,crc32_z "$RUN/$1.rzlib" "$RUN/minigzip" -d "$base.gz" || return 1
        cmp "$RUN/$1.rzlib/$base" "$file" || return 1
    done
}

# minigzip in a pipe: there is no file name, and short reads come as they come.
run_pipe() {
    folders minigzip_pipe
    for library in rzlib oracle; do
        preload=$LIB
        [ $library = oracle ] && preload=$ORACLE
        folder=$RUN/minigzip_pipe.$library
        cat "$RUN"/files/* | preloaded "$preload" $COMPRESSED "$folder" \
            sh -c "\"$RUN/minigzip\" -6 >packed.gz" || return 1
    done
    cat "$RUN"/files/* >"$RUN/minigzip_pipe.original"
    packed=$RUN/minigzip_pipe.rzlib/packed.gz
    cmp "$packed" "$RUN/minigzip_pipe.oracle/packed.gz" || return 1
    restore_with_python "$packed" "$RUN/minigzip_pipe.original" || return 1
    # shellcheck disable=SC2002
    cat "$packed" | LD_PRELOAD=$LIB "$RUN/minigzip" -d | cmp - "$RUN/minigzip_pipe.original"
}

# Some Pythons contain a zlib of their own.
python_uses_libz() {
    folder=$RUN/python
    mkdir "$folder"
    LD_DEBUG=bindings LD_DEBUG_OUTPUT=$folder/bindings \
        "$PYTHON" -c 'import zlib; zlib.compress(b"")' 2>"$folder/log" &&
        grep -qs "symbol .deflate'" "$folder"/bindings.*
}

run_python() {
    folders python_zlib
    both python_zlib "$PYTHON" "$SOURCE/python_zlib.py" "$RUN/files/sample" &&
        same_output python_zlib
}

compile() { # PROGRAM SOURCE FLAGS...
    program=$1
    source=$2
    shift 2
    # shellcheck disable=SC2086
    $CC -std=gnu11 -O1 -o "$RUN/$program" "$source" $ZLIB_CFLAGS "$@" $ZLIB_LIBS -Wl,-z,lazy
}

STRICT="-Wall -Wextra -Werror"
# zlib's examples are written for compilers of all ages.
LENIENT=-w

# A libz that was linked with -Bsymbolic calls its own deflate, whatever is preloaded.
gz_can_be_ours() {
    libz=$(ldd "$RUN/minigzip" | sed -n 's/.*libz\.so\.1 => \([^ ]*\) .*/\1/p')
    readelf -rW "$libz" | grep -q ' deflate[@ ]'
}

run_differences() {
    folders differences
    # shellcheck disable=SC2086
    compile differences "$SOURCE/differences.c" $STRICT -I"$INCLUDE" \
        -L"$(dirname "$LIB")" -lrzlib -Wl,-rpath,"$(dirname "$LIB")" &&
        preloaded "$LIB" deflate "$RUN/differences.rzlib" "$RUN/differences"
}

run_two_zlibs() {
    # shellcheck disable=SC2086
    compile two_zlibs "$SOURCE/two_zlibs.c" $STRICT -ldl && "$RUN/two_zlibs" "$LIB"
}

mkdir "$RUN/files"
"$PYTHON" "$SOURCE/sample.py" "$RUN/files/sample" 1000000 || exit 2
cp "$LIB" "$RUN/files/library"
cp "$SOURCE/run.sh" "$RUN/files/script"
printf x >"$RUN/files/byte"
: >"$RUN/files/empty"

modes="1 2 3 4 5 6 7 8 9 f h r"
if find_zlib_dev "$OUT/zlib-dev"; then
    check two_zlibs run_two_zlibs
    check differences run_differences
    if compile example "$EXAMPLES/example.c" $LENIENT &&
        compile minigzip "$EXAMPLES/minigzip.c" $LENIENT; then
        check example run_example
        if gz_can_be_ours; then
            for mode in $modes; do
                check "minigzip_$mode" run_minigzip "minigzip_$mode" "-$mode"
            done
            check minigzip_pipe run_pipe
        else
            # shellcheck disable=SC2046
            skip "the system's gz* functions call their own deflate" \
                $(printf 'minigzip_%s ' $modes) minigzip_pipe
        fi
    else
        check examples_compile false
    fi
else
    # shellcheck disable=SC2046
    skip "$MISSING" two_zlibs differences example \
        $(printf 'minigzip_%s ' $modes) minigzip_pipe
fi

if python_uses_libz; then
    check python_zlib run_python
else
    skip "$PYTHON has no zlib module that uses libz.so.1" python_zlib
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
