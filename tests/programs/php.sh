# PHP on rzlib, by LD_PRELOAD: gzopen and its kind, which call zlib's gz* functions. Sourced.

run_php() { # COMMAND...
    folders php "$RUN/files/script" "$RUN/files/sample"
    both php "gzdopen,gzopen gzread gzwrite gzclose deflate inflate" \
        "$@" "$SOURCE/php_gz.php" || return 1
    same_output php && diff -r "$RUN/php.rzlib" "$RUN/php.oracle" &&
        restore_with_python "$RUN/php.rzlib/script.gz" "$RUN/files/script"
}

# PHP and those of its libraries that are not installed, from Debian's packages.
fetch_php() { # FOLDER: sets PHP and PHP_LIBRARIES, or MISSING
    MISSING="there is no php here, and apt-get has no php-cli"
    package=$(apt-cache depends php-cli 2>/dev/null |
        sed -n 's/.*Depends: \(php[0-9.]*-cli\)$/\1/p' | head -n 1)
    [ -n "$package" ] || return 1
    needed=$(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts \
        --no-breaks --no-replaces --no-enhances "$package" 2>/dev/null |
        sed -n 's/^\(lib[^ ]*\)$/\1/p' | sort -u | while read -r library; do
        dpkg -s "$library" >/dev/null 2>&1 || echo "$library"
    done)
    # shellcheck disable=SC2086
    unpack_debian "$1" "$package" $needed || return 1
    root=$(realpath "$1/root")
    PHP=$(ls "$root"/usr/bin/php* | head -n 1)
    PHP_LIBRARIES=$(find "$root" -name 'lib*.so*' -exec dirname {} + | sort -u | tr '\n' ':')
    MISSING="Debian's PHP does not run here"
    LD_LIBRARY_PATH=$PHP_LIBRARIES "$PHP" -n -r 'exit(0);' >/dev/null 2>&1
}

php_checks() {
    if command -v php >/dev/null; then
        set -- php -n
    elif fetch_php "$OUT/php"; then
        set -- env LD_LIBRARY_PATH="$PHP_LIBRARIES" "$PHP" -n
    else
        skip "$MISSING" php
        return
    fi
    if ! calls_libz php_probe "$@" -r 'gzcompress("x");'; then
        skip "this PHP does not use libz.so.1" php
    else
        check php run_php "$@"
    fi
}
