#!/bin/sh
# Compiles zlib 1.3.2 into one shared object, the oracle of the differential tests.
#
#   build.sh [OUTFILE]      default: target/oracle/libz-oracle.so under the project's root
#
# The C source comes from the crate that Cargo.toml beside this script pins; cargo neither
# builds nor links it. An OUTFILE newer than this script is left alone. The result is put in
# place by one rename, so that several runs at once do no harm. CC and CARGO are honoured.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/../../target/oracle/libz-oracle.so}
if [ -e "$out" ] && [ -n "$(find "$out" -newer "$here/build.sh")" ]; then
    exit 0
fi

manifest=$here/Cargo.toml
metadata() {
    "${CARGO:-cargo}" metadata --manifest-path "$manifest" --locked --offline --format-version 1
}
if ! json=$(metadata 2>/dev/null); then
    "${CARGO:-cargo}" fetch --manifest-path "$manifest" --locked >&2
    json=$(metadata)
fi
source=$(printf '%s' "$json" | python3 -c '
import json, os, sys
for package in json.load(sys.stdin)["packages"]:
    if package["name"] == "libz-sys":
        print(os.path.join(os.path.dirname(package["manifest_path"]), "src", "zlib"))
')
if [ ! -f "$source/deflate.c" ]; then
    echo "build.sh: no zlib source in '$source'" >&2
    exit 1
fi

mkdir -p "$(dirname "$out")"
temporary=$(mktemp "$out.XXXXXX")
trap 'rm -f "$temporary"' EXIT
# -Bsymbolic and hidden internals: the oracle calls its own functions even in a program
# that has functions of the same names.
"${CC:-cc}" -O3 -fPIC -shared -D_LARGEFILE64_SOURCE=1 -DHAVE_HIDDEN \
    -Wl,-Bsymbolic -Wl,-soname,libz-oracle.so.1 -o "$temporary" "$source"/*.c
chmod 755 "$temporary"
mv "$temporary" "$out"
