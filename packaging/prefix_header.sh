#!/bin/sh
# Prints rzlib.h with a prefix before every name that the library exports, and before the macros
# that stand for such names: the header of a library that was built with RZLIB_PREFIX.
#
# usage: prefix_header.sh PREFIX
set -eu
SOURCE=$(cd "$(dirname "$0")" && pwd)
script=$(sh "$SOURCE/names.sh" | sed "s/.*/s,\\\\b&\\\\b,$1&,g/")
sed -e "$script" "$SOURCE/../include/rzlib.h"
