#!/bin/sh
# Installs the drop-in under a prefix, or takes it away again.
#
# usage: install.sh install FROM PREFIX [LIBDIR [INCLUDEDIR]]
#        install.sh uninstall FROM PREFIX [LIBDIR [INCLUDEDIR]]
#
#   FROM        where libz.so.1 and libz.a lie
#   PREFIX      such as /usr/local; LIBDIR and INCLUDEDIR are PREFIX/lib and PREFIX/include
#
# environment: DESTDIR, put before all of them for staging; STRIP (strip)
set -eu

if [ $# -lt 3 ]; then
    echo "usage: $0 install|uninstall FROM PREFIX [LIBDIR [INCLUDEDIR]]" >&2
    exit 2
fi
SOURCE=$(cd "$(dirname "$0")" && pwd)
action=$1
from=$2
prefix=$3
libdir=${4:-$prefix/lib}
includedir=${5:-$prefix/include}
DESTDIR=${DESTDIR:-}
headers="rzlib.h zlib.h zconf.h"
cmake="ZLIBConfig.cmake ZLIBConfigVersion.cmake"

if [ "$action" = uninstall ]; then
    for name in libz.so.1 libz.so libz.a pkgconfig/zlib.pc; do
        rm -f "$DESTDIR$libdir/$name"
    done
    for name in $cmake; do
        rm -f "$DESTDIR$libdir/cmake/zlib/$name"
    done
    for name in $headers; do
        rm -f "$DESTDIR$includedir/$name"
    done
    # Folders that others use stay.
    rmdir "$DESTDIR$libdir/cmake/zlib" "$DESTDIR$libdir/cmake" "$DESTDIR$libdir/pkgconfig" \
        "$DESTDIR$libdir" "$DESTDIR$includedir" 2>/dev/null || true
    exit 0
fi

install -d "$DESTDIR$libdir/pkgconfig" "$DESTDIR$libdir/cmake/zlib" "$DESTDIR$includedir"
install -m 755 "$from/libz.so.1" "$DESTDIR$libdir/libz.so.1"
"${STRIP:-strip}" --strip-unneeded "$DESTDIR$libdir/libz.so.1"
ln -sf libz.so.1 "$DESTDIR$libdir/libz.so"
install -m 644 "$from/libz.a" "$DESTDIR$libdir/libz.a"
install -m 644 "$SOURCE/../include/rzlib.h" "$DESTDIR$includedir/"
for name in zlib.h zconf.h; do
    sh "$SOURCE/zlib_header.sh" "$name" >"$DESTDIR$includedir/$name"
    chmod 644 "$DESTDIR$includedir/$name"
done
sed -e "s|@PREFIX@|$prefix|" -e "s|@LIBDIR@|$libdir|" -e "s|@INCLUDEDIR@|$includedir|" \
    "$SOURCE/zlib.pc.in" >"$DESTDIR$libdir/pkgconfig/zlib.pc"
up=$(realpath -m --relative-to="$libdir" "$includedir")
sed -e "s|@INCLUDE_FROM_LIBDIR@|$up|" "$SOURCE/cmake/ZLIBConfig.cmake.in" \
    >"$DESTDIR$libdir/cmake/zlib/ZLIBConfig.cmake"
install -m 644 "$SOURCE/cmake/ZLIBConfigVersion.cmake" "$DESTDIR$libdir/cmake/zlib/"
