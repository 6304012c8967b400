#!/bin/sh
# Builds the libraries that rzlib is measured beside, each as a shared object, from the sources
# that their Rust packages bring.
#
# usage: peers.sh OUTDIR      makes zlib.so, zlibng.so, zlibrs.so, libdeflate.so and isal.so there
#
# Needs cargo, a C compiler and cmake; ISA-L also autoconf, libtool and nasm, and is left out with a
# word about it if it cannot be built. What is there already is not built again.
set -eu

if [ $# -ne 1 ]; then
    echo "usage: $0 OUTDIR" >&2
    exit 2
fi
HERE=$(cd "$(dirname "$0")" && pwd)
CC=${CC:-cc}
CARGO=${CARGO:-cargo}
mkdir -p "$1"
OUT=$(cd "$1" && pwd)
cd "$OUT"

# A package that depends on all of them, so that cargo fetches them.
mkdir -p fetch/src
: >fetch/src/lib.rs
cat >fetch/Cargo.toml <<'END'
[package]
name = "peers"
version = "0.0.0"
edition = "2021"

[dependencies]
libz-sys = { version = "=1.1.31", default-features = false, features = ["static", "libc"] }
libz-ng-sys = "=1.1.32"
libz-rs-sys-cdylib = "=0.6.8"
libdeflate-sys = "=1.26.1"
isal-sys = { version = "=0.5.3", default-features = false }

[workspace]
END

source_of() { # PACKAGE: its folder
    "$CARGO" metadata --manifest-path "$OUT/fetch/Cargo.toml" --format-version 1 |
        python3 -c 'import json, os, sys
packages = json.load(sys.stdin)["packages"]
print(*[os.path.dirname(p["manifest_path"]) for p in packages if p["name"] == sys.argv[1]])' "$1"
}

build_zlib() {
    cp -r "$(source_of libz-sys)/src/zlib" zlib
    # shellcheck disable=SC2046
    (cd zlib && $CC -O3 -fPIC -shared -D_LARGEFILE64_SOURCE=1 -DHAVE_HIDDEN -o ../zlib.so *.c)
}

build_zlibng() {
    cp -r "$(source_of libz-ng-sys)/src/zlib-ng" zlibng
    # The package lacks files that cmake asks for. The versions of the names are zlib's, so that
    # programs take it in libz's place.
    mkdir -p zlibng/win32
    : >zlibng/win32/zlib1.rc
    : >zlibng/win32/zlib-ng1.rc
    cp "$HERE/../packaging/zlib.map" zlibng/zlib.map.in
    : >zlibng/zlib-ng.map.in
    cmake -S zlibng -B zlibng-build -DZLIB_COMPAT=ON -DCMAKE_BUILD_TYPE=Release \
        -DBUILD_TESTING=OFF && cmake --build zlibng-build && cp -L zlibng-build/libz.so.1 zlibng.so
}

build_zlibrs() {
    cp -r "$(source_of libz-rs-sys-cdylib)" zlibrs
    printf '\n[workspace]\n' >>zlibrs/Cargo.toml
    (cd zlibrs && "$CARGO" build --release --features gz --target-dir ../zlibrs-build)
    cp zlibrs-build/release/libz_rs.so zlibrs.so
}

build_libdeflate() {
    cmake -S "$(source_of libdeflate-sys)/libdeflate" -B libdeflate-build \
        -DCMAKE_BUILD_TYPE=Release -DLIBDEFLATE_BUILD_GZIP=OFF
    cmake --build libdeflate-build && cp -L libdeflate-build/libdeflate.so libdeflate.so
}

build_isal() {
    cp -r "$(source_of isal-sys)/isa-l" isal
    (cd isal && ./autogen.sh && ./configure --enable-static --with-pic && make -j2)
    $CC -O2 -fPIC -shared -o isal.so -Iisal/include "$HERE/isal_shim.c" isal/.libs/libisal.a
}

for peer in zlib zlibng zlibrs libdeflate isal; do
    [ -f "$peer.so" ] && continue
    rm -rf "$peer" "$peer-build"
    echo "building $peer"
    if ! (set -e; "build_$peer") >"$peer.log" 2>&1 || [ ! -f "$peer.so" ]; then
        echo "$peer is left out; $OUT/$peer.log says why" >&2
    fi
done
