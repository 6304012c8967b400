# Finds zlib's own example programs, zlib.h and the system's libz. Meant to be sourced.
#
# find_zlib_dev FOLDER sets
#   EXAMPLES      folder with example.c and minigzip.c
#   ZLIB_CFLAGS   flags to find zlib.h, none if the system has it
#   ZLIB_LIBS     flags to link with the system's libz
# or returns 1 with the reason in MISSING.
#
# What the system lacks is taken from Debian's package zlib1g-dev, which is downloaded to
# FOLDER and unpacked there, not installed. ZLIB_DEV=fetch does so in any case.

unpack_zlib_dev() { # FOLDER
    [ -d "$1/root" ] && return
    if ! command -v apt-get >/dev/null || ! command -v dpkg >/dev/null; then
        MISSING="no zlib1g-dev here, and no apt-get to fetch it"
        return 1
    fi
    mkdir -p "$1"
    (
        cd "$1" || exit 1
        apt-get -q download zlib1g-dev || { apt-get -q update && apt-get -q download zlib1g-dev; }
    ) >"$1/fetch.log" 2>&1 </dev/null
    for package in "$1"/zlib1g-dev_*.deb; do
        [ -f "$package" ] || continue
        dpkg -x "$package" "$1/root.new" >>"$1/fetch.log" 2>&1 &&
            mv "$1/root.new" "$1/root" && return
    done
    MISSING="apt-get cannot download zlib1g-dev: $(tail -n 1 "$1/fetch.log")"
    return 1
}

# Copies the examples of one installation, of which a packager may have compressed some.
copy_examples() { # FROM TO
    mkdir -p "$2"
    for program in example.c minigzip.c; do
        if [ -f "$1/$program" ]; then
            cp "$1/$program" "$2/$program"
        elif [ -f "$1/$program.gz" ]; then
            gzip -dc "$1/$program.gz" >"$2/$program"
        else
            return 1
        fi
    done
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
        unpack_zlib_dev "$1" || return 1
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
