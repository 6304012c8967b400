#!/bin/sh
# Lays out files to measure with: text, code, markup, binaries and tables from Debian's packages.
#
# usage: corpus.sh OUTDIR
#
# Packages are downloaded and unpacked, not installed. A file is cut at 8 MB, so that no kind of
# data decides the result alone. What cannot be had is left out with a word about it.
set -eu

if [ $# -ne 1 ]; then
    echo "usage: $0 OUTDIR" >&2
    exit 2
fi
LARGEST=8000000
mkdir -p "$1"
OUT=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM

# Takes the file of a package that find names with this pattern, or all of them one behind the
# other.
take() { # NAME PACKAGE PATTERN
    [ -s "$OUT/$1" ] && return
    rm -rf "$work/package"
    mkdir "$work/package"
    if ! (cd "$work/package" && apt-get -q download "$2" && dpkg -x ./*.deb root) \
        >"$work/log" 2>&1; then
        echo "$1 is left out: $2 cannot be fetched: $(tail -n 1 "$work/log")" >&2
        return
    fi
    find "$work/package/root" -type f -path "$3" -size +0 | sort | while read -r file; do
        case $file in
        *.gz | *.dz) gzip -dc "$file" ;;
        *) cat "$file" ;;
        esac
    done 2>/dev/null | head -c "$LARGEST" >"$OUT/$1"
    [ -s "$OUT/$1" ] || { rm -f "$OUT/$1"; echo "$1 is left out: not in $2" >&2; }
}

take dictionary.txt dict-gcide '*gcide.dict.dz'
take words.txt wpolish '*/share/dict/polish'
take code.js node-typescript '*/typescript.js'
take code.py libpython3.11-stdlib '*.py'
take page.html python3.11-doc '*/library/*.html'
take machine-code.bin libicu72 '*/libicui18n.so.*'
take data.bin libicu72 '*/libicudata.so.*'
take table.bin geoip-database '*/GeoIP*.dat'
take pictures.bin adwaita-icon-theme '*.png'
take drawing.svg adwaita-icon-theme '*.svg'
take font.ttf fonts-dejavu-core '*/DejaVuSans.ttf'
ls -l "$OUT"
