#!/bin/sh
# Runs programs that were made for zlib on rzlib: zlib's own examples, Python, git, Perl, PHP.
#
#     run.sh LIB ORACLE OUTDIR
#
#   LIB      librzlib.so
#   ORACLE   zlib 1.3.2 as a shared object
#   OUTDIR   where to build and run; made anew
#
# Each program runs twice, on LIB and on ORACLE, and must do the same: say the same words,
# write the same bytes. It is linked with rzlib, or with the system's libz and has LIB or ORACLE
# preloaded. After every run, ld.so's own record proves which library the names were bound to
# (proof.py).
#
# Prints a line for each check: "ok NAME", "FAIL NAME" or "skip NAME: REASON", then the counts.
# The checks stand in the files that are read below.
# environment: CC, PYTHON; TIMEOUT (see lib.sh); ZLIB_DEV (see zlib_dev.sh)
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
for part in lib debian zlib_dev libz_programs examples python git perl php; do
    # shellcheck disable=SC1090
    . "$SOURCE/$part.sh"
done

run_differences() {
    folders differences
    # shellcheck disable=SC2046,SC2086
    compile differences "$SOURCE/differences.c" $STRICT -I"$INCLUDE" $(linked_with_rzlib) &&
        traced "" "$LIB" "deflate inflate inflateBack" "$RUN/differences.rzlib" "$RUN/differences"
}

run_two_zlibs() {
    # shellcheck disable=SC2086
    compile_for_libz two_zlibs "$SOURCE/two_zlibs.c" $STRICT -ldl && "$RUN/two_zlibs" "$LIB"
}

mkdir "$RUN/files"
"$PYTHON" "$SOURCE/sample.py" "$RUN/files/sample" 1000000 || exit 2
cp "$LIB" "$RUN/files/library"
cp "$SOURCE/run.sh" "$RUN/files/script"
printf x >"$RUN/files/byte"
: >"$RUN/files/empty"

check differences run_differences
if find_zlib_dev "$OUT/zlib-dev"; then
    check two_zlibs run_two_zlibs
    libz_program_checks
    example_checks
else
    # shellcheck disable=SC2046,SC2086
    skip "$MISSING" two_zlibs example $(printf 'minigzip_%s ' $MODES) minigzip_pipe \
        $EXAMPLE_PROGRAMS gun_damaged infcover enough
fi
python_checks
git_checks
perl_checks
php_checks

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
