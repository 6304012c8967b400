# Finds zlib's own example programs, zlib.h and the system's libz. Meant to be sourced.
#
# find_zlib_dev FOLDER sets
#   EXAMPLES      folder with example.c, minigzip.c and what else there is
#   ZLIB_CFLAGS   flags to find zlib.h, none if the system has it
#   ZLIB_LIBS     flags to link with the system's libz
# or returns 1 with the reason in MISSING.
#
# What the system lacks is taken from Debian's package zlib1g-dev, which is downloaded to
# FOLDER and unpacked there (debian.sh). ZLIB_DEV=fetch does so in any case.

# Copies the examples of one installation, of which a packager may have compressed some.
copy_examples() { # FROM TO
    [ -d "$1" ] && mkdir -p "$2" || return 1
    for file in "$1"/*.[ch]; do
        [ -f "$file" ] && cp "$file" "$2/"
    done
    for file in "$1"/*.[ch].gz; do
        [ -f "$file" ] && gzip -dc "$file" >"$2/$(basename "$file" .gz)"
    done
    [ -f "$2/example.c" ] && [ -f "$2/minigzip.c" ]
}

has_zlib_h() {
    # shellcheck disable=SC2086
    printf '#include <zlib.h>\n' | $CC ${ZLIB_CFLAGS:-} -E -x c - >/dev/null 2>&1
}

links_with() { # FLAGS
    # shellcheck disable=SC2086
    printf 'const char *zlibVersion(void);\nint main(void) { return zlibVersion() == 0; }\n' |
        $CC -x c -o "$EXAMPLES/links" - $1 >/dev/null 2>&1
}

find_zlib_dev() { # FOLDER
    doc=usr/share/doc/zlib1g-dev/examples
    EXAMPLES=$1/examples
    ZLIB_CFLAGS=
    if [ "${ZLIB_DEV:-}" = fetch ] || ! has_zlib_h || ! copy_examples "/$doc" "$EXAMPLES"; then
        unpack_debian "$1" zlib1g-dev || return 1
        MISSING="no examples in zlib1g-dev"
        copy_examples "$1/root/$doc" "$EXAMPLES" || return 1
        if [ "${ZLIB_DEV:-}" = fetch ] || ! has_zlib_h; then
            ZLIB_CFLAGS="-I$1/root/usr/include"
            for folder in "$1"/root/usr/include/*-linux-*; do
                ZLIB_CFLAGS="$ZLIB_CFLAGS -I$folder"
            done
            MISSING="no zlib.h in zlib1g-dev"
            has_zlib_h || return 1
        fi
    fi
    for ZLIB_LIBS in -lz -l:libz.so.1; do
        [ "${ZLIB_DEV:-} $ZLIB_LIBS" = "fetch -lz" ] && continue
        links_with "$ZLIB_LIBS" && return
    done
    MISSING="the system has no libz.so.1"
    return 1
}
