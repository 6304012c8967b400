#!/bin/sh
# Prints zlib.h or zconf.h of the drop-in: rzlib.h, with a head as zlib's has it.
#
# Each is all of rzlib.h, and does not include it, because build systems read these files as text:
# MySQL looks for ZLIB_VER_MAJOR in zlib.h, CMake's FindZLIB for ZLIB_VERSION, others for the
# version in the first lines, or for macros in zconf.h.
#
# usage: zlib_header.sh zlib.h|zconf.h
set -eu
rzlib=$(dirname "$0")/../include/rzlib.h
version=$(sed -n 's/^#define ZLIB_VERSION "\(.*\)"$/\1/p' "$rzlib")
case $1 in
zlib.h) what="interface of the 'zlib' general purpose compression library" ;;
zconf.h) what="configuration of the zlib compression library" ;;
*) echo "usage: $0 zlib.h|zconf.h" >&2; exit 2 ;;
esac
cat - "$rzlib" <<END
/* $1 -- $what
  version $version, as rzlib has it: what follows is rzlib.h.
*/

END
