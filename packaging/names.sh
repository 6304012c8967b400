#!/bin/sh
# Prints the names that the drop-in exports, one a line: those of zlib.map and unversioned.txt.
set -eu
cd "$(dirname "$0")"
{
    sed -e '/^\/\*/,/\*\//d' -e 's/ZLIB_[0-9.]*//g' zlib.map | tr -c 'A-Za-z0-9_\n' '\n' |
        grep '^[a-z]'
    cat unversioned.txt
} | sort -u
