#!/bin/sh
# Makes Debian packages of the drop-in, which install beside zlib1g and replace nothing:
# rzlib-zlib1 (the library) and rzlib-zlib-dev (headers and what links with it).
#
# usage: deb.sh FROM OUTDIR       FROM has libz.so.1 and libz.a
#
# All files lie in folders of their own (/usr/lib/TRIPLET/rzlib, /usr/include/rzlib), so no
# program uses the library until it is told to, and nothing is left when a package is removed.
# The README that is installed says how to tell it. Needs dpkg-deb and dpkg-architecture or gcc.
# DEBFULLNAME and DEBEMAIL name the packages' maintainer, as for Debian's own tools.
set -eu

if [ $# -ne 2 ]; then
    echo "usage: $0 FROM OUTDIR" >&2
    exit 2
fi
command -v dpkg-deb >/dev/null || { echo "dpkg-deb is missing" >&2; exit 1; }
SOURCE=$(cd "$(dirname "$0")" && pwd)
from=$1
out=$2
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$SOURCE/../Cargo.toml" | head -n 1)
maintainer="${DEBFULLNAME:-The rzlib developers}${DEBEMAIL:+ <$DEBEMAIL>}"
architecture=$(dpkg --print-architecture)
triplet=$(${CC:-cc} -print-multiarch)
libdir=/usr/lib/$triplet/rzlib
includedir=/usr/include/rzlib

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM
chmod 755 "$work"
mkdir -p "$out"
rm -f "$out"/rzlib-zlib1_*.deb "$out"/rzlib-zlib-dev_*.deb

control() { # PACKAGE SECTION DEPENDS SUMMARY, the description on stdin
    root=$work/$1
    mkdir -p "$root/DEBIAN" "$root/usr/share/doc/$1"
    cp "$SOURCE/../LICENSE" "$root/usr/share/doc/$1/copyright"
    gzip -9nc "$SOURCE/../CHANGELOG.md" >"$root/usr/share/doc/$1/changelog.gz"
    {
        echo "Package: $1"
        echo "Version: $version"
        echo "Architecture: $architecture"
        echo "Maintainer: $maintainer"
        echo "Section: $2"
        echo "Priority: optional"
        echo "Multi-Arch: same"
        echo "Installed-Size: $(du -sk "$root/usr" | cut -f1)"
        echo "Depends: $3"
        echo "Description: $4"
        sed 's/^$/./; s/^/ /'
    } >"$root/DEBIAN/control"
    dpkg-deb --root-owner-group --build "$root" "$out" >/dev/null
}

DESTDIR=$work/all sh "$SOURCE/install.sh" install "$from" /usr "$libdir" "$includedir"
library=$work/rzlib-zlib1
headers=$work/rzlib-zlib-dev
mkdir -p "$library$libdir" "$library/usr/share/doc/rzlib-zlib1" "$headers$libdir"
mv "$work/all$libdir/libz.so.1" "$library$libdir/"
mv "$work/all$libdir/libz.so" "$work/all$libdir/libz.a" "$work/all$libdir/pkgconfig" \
    "$work/all$libdir/cmake" "$headers$libdir/"
mkdir -p "$headers/usr/include"
mv "$work/all$includedir" "$headers/usr/include/"
cat >"$library/usr/share/doc/rzlib-zlib1/README.Debian" <<END
rzlib in zlib's place

One program:      LD_LIBRARY_PATH=$libdir program
A whole service:  Environment=LD_LIBRARY_PATH=$libdir (in a systemd drop-in)
The whole system: echo $libdir >/etc/ld.so.conf.d/000-rzlib.conf && ldconfig
                  and back: rm /etc/ld.so.conf.d/000-rzlib.conf && ldconfig

zlib1g stays where it is, and removing this package brings it back; remove the file in
/etc/ld.so.conf.d with it, if you made it.
END
# The version is that of the glibc that the library was linked with.
glibc=$(getconf GNU_LIBC_VERSION | sed 's/.* //')
control rzlib-zlib1 libs "libc6 (>= $glibc)" "zlib's library in Rust, beside zlib1g" <<END
libz.so.1 with zlib 1.3.2's interface and output, in a folder of its own: no program
uses it until it is told to.
END
control rzlib-zlib-dev libdevel "rzlib-zlib1 (= $version)" \
    "zlib's library in Rust, to compile with" <<END
Headers, static library, pkg-config and CMake files of rzlib-zlib1, in folders of their
own. pkg-config finds them with PKG_CONFIG_PATH=$libdir/pkgconfig.
END
for package in "$out"/rzlib-zlib*.deb; do
    echo "made $package"
done
