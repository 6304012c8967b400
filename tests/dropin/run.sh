#!/bin/sh
# Checks the drop-in libz.so.1: what it is, how it installs, and programs that run on it.
#
#     run.sh DROPIN ORACLE OUTDIR
#
#   DROPIN   libz.so.1; libz.a and libz.so lie beside it
#   ORACLE   zlib 1.3.2 as a shared object
#   OUTDIR   where to build and run; made anew
#
# Programs are those of the system, which know nothing of rzlib: they get it by LD_LIBRARY_PATH,
# in the place of their own libz.so.1. ld.so's record proves after every run that they did.
#
# Prints a line for each check: "ok NAME", "FAIL NAME" or "skip NAME: REASON", then the counts.
# Programs that are missing are a skip; `make check-deps` installs them from Debian's packages.
# environment: CC, CXX, CARGO, PYTHON; TIMEOUT (see tests/programs/lib.sh)
set -u

if [ $# -ne 3 ]; then
    echo "usage: $0 DROPIN ORACLE OUTDIR" >&2
    exit 2
fi
CC=${CC:-cc}
CXX=${CXX:-c++}
HERE=$(cd "$(dirname "$0")" && pwd)
SOURCE=$(cd "$HERE/../programs" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
INCLUDE=$ROOT/include
LIB=$(realpath "$1") && ORACLE=$(realpath "$2") || exit 2
FOLDER=$(dirname "$LIB")
PYTHON=$("${PYTHON:-python3}" -c 'import sys; print(sys.executable)') || exit 2
rm -rf "$3" && mkdir -p "$3/run/drop" || exit 2
OUT=$(realpath "$3")
RUN=$OUT/run
# Nothing but libz.so.1 is put before the system's libraries.
ln -s "$LIB" "$RUN/drop/libz.so.1"
for part in "$SOURCE/lib.sh" "$HERE/library.sh" "$HERE/install.sh" "$HERE/programs.sh" \
    "$HERE/servers.sh"; do
    # shellcheck disable=SC1090
    . "$part"
done

has() { # COMMAND...: whether all of them are there
    for command in "$@"; do
        command -v "$command" >/dev/null || return 1
    done
}

# Runs in FOLDER with the drop-in in libz.so.1's place; NAMES as for proof.py.
dropped() { # NAMES FOLDER COMMAND...
    names=$1
    folder=$2
    shift 2
    mkdir -p "$folder"
    traced "" "$LIB" "$names" "$folder" env LD_LIBRARY_PATH="$RUN/drop" "$@"
}

mkdir "$RUN/files"
"$PYTHON" "$SOURCE/sample.py" "$RUN/files/sample" 1000000 || exit 2
cp "$LIB" "$RUN/files/library"
cp "$SOURCE/run.sh" "$RUN/files/script"
: >"$RUN/files/empty"

library_checks
install_checks
program_checks
server_checks

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
