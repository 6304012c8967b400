# How the drop-in installs, and how programs find it: CMake, pkg-config, autoconf, Meson, static
# linking, a prefix before all names, Debian packages. Sourced.
#
# All is staged below RUN/stage; nothing of the system changes.

STAGE_PREFIX=/opt/rzlib

# A program that says which zlib it was compiled with and runs on.
run_stage() {
    DESTDIR=$RUN/stage sh "$ROOT/packaging/install.sh" install "$FOLDER" "$STAGE_PREFIX" &&
        (cd "$STAGED" && find . ! -type d | sort) >"$RUN/staged" && diff - "$RUN/staged" <<END
./include/rzlib.h
./include/zconf.h
./include/zlib.h
./lib/cmake/zlib/ZLIBConfig.cmake
./lib/cmake/zlib/ZLIBConfigVersion.cmake
./lib/libz.a
./lib/libz.so
./lib/libz.so.1
./lib/pkgconfig/zlib.pc
END
}

run_uninstall() {
    for twice in 1 2; do
        DESTDIR=$RUN/unstage sh "$ROOT/packaging/install.sh" install "$FOLDER" /usr/local \
            /usr/local/lib/x /usr/local/include/y || return 1
        DESTDIR=$RUN/unstage sh "$ROOT/packaging/install.sh" uninstall "$FOLDER" /usr/local \
            /usr/local/lib/x /usr/local/include/y || return 1
        [ -z "$(find "$RUN/unstage" ! -type d)" ] || return 1
    done
}

# Build systems read zlib.h and zconf.h as text.
headers_read() { # INCLUDEDIR
    [ "$(sed -n 's/^  version \([0-9.]*\), .*/\1/p' "$1/zlib.h" | head -n 1)" = 1.3.2 ] &&
        head -n 5 "$1/zlib.h" | grep -Eq '^/\* zlib\.h -- interface of the .zlib. general purpose' &&
        [ "$(head -n 2 "$1/zlib.h" | grep -Eo 'version [0-9.]+')" = 'version 1.3.2' ] &&
        [ "$(sed -n '/VERSION "/s/.*"\(.*\)".*/\1/p' "$1/zlib.h")" = 1.3.2 ] &&
        [ "$(awk '$2 == "ZLIB_VERSION" { print $3 }' "$1/zlib.h")" = '"1.3.2"' ] &&
        [ "$(awk '$2 == "ZLIB_VERNUM" { print $3 }' "$1/zlib.h")" = 0x1320 ] &&
        grep -Eq '^#define[ 	]+ZLIB_VER_SUBREVISION[ 	]+0$' "$1/zlib.h" || return 1
    for name in deflateInit2_ inflateGetHeader gzopen64 crc32_combine_gen zlibVersion; do
        grep -q "$name *(" "$1/zlib.h" || { echo "zlib.h does not declare $name"; return 1; }
    done
    for words in 'ifdef ZLIB_CONST' 'define MAX_WBITS *15' 'define MAX_MEM_LEVEL *9' \
        'define Z_HAVE_UNISTD_H' 'define Z_HAVE_STDARG_H' Z_PREFIX; do
        grep -q "$words" "$1/zconf.h" || { echo "zconf.h has no $words"; return 1; }
    done
    # Nobody must take it for a library whose names have a prefix.
    ! grep -E '^# *define Z_PREFIX' "$1/zconf.h"
}

# The text and what a compiler makes of it agree, whichever header is included.
headers_agree() { # INCLUDEDIR
    for header in zlib.h zconf.h rzlib.h; do
        echo "#include <$header>" | $CC -I"$1" -E -dM -x c - |
            grep -E '^#define (ZLIB_VER|MAX_|Z_)' | sort >"$RUN/macros.$header"
        grep -E '^#define ZLIB_VER' "$1/$header" | sort >"$RUN/macros.text"
        grep '^#define ZLIB_VER' "$RUN/macros.$header" | diff "$RUN/macros.text" - &&
            diff "$RUN/macros.zlib.h" "$RUN/macros.$header" || return 1
    done
    [ "$(wc -l <"$RUN/macros.text")" -eq 6 ]
}

# In any order, and after macros of the program's own.
headers_compile() { # INCLUDEDIR
    for order in "zlib.h zconf.h rzlib.h" "zconf.h zlib.h" "rzlib.h zlib.h zconf.h" zconf.h; do
        printf '#include <%s>\n' $order >"$RUN/order.c"
        echo 'int main(void) { z_stream strm; return deflateInit(&strm, 99) == Z_OK; }' \
            >>"$RUN/order.c"
        for compiler in "$CC -std=c90 -Wno-long-long" "$CC -std=c11" "$CXX -x c++ -std=c++98 -Wno-long-long"; do
            has "${compiler%% *}" || continue
            # shellcheck disable=SC2086
            $compiler -Wall -Wextra -Werror -pedantic -I"$1" -DMAX_WBITS=15 -DZLIB_CONST \
                -DZ_HAVE_UNISTD_H=1 -c -o "$RUN/order.o" "$RUN/order.c" || return 1
        done
    done
}

run_headers() { # INCLUDEDIR
    headers_read "$1" && headers_agree "$1" && headers_compile "$1"
}

run_headers_cmake() { # INCLUDEDIR
    cmake -DINCLUDE_DIR="$1" -DWANTED=1.3.2 -P "$HERE/read_headers.cmake"
}

says_rzlib() { # PROGRAM: it must run on the staged library, or have it inside
    LD_LIBRARY_PATH=$STAGED/lib "$1" | grep -qx 'compiled with 1.3.2, runs on 1.3.2 of rzlib'
}

run_cmake() { # KIND ARGUMENT...: shared or static, by CMake's own FindZLIB or our config file
    kind=$1
    shift
    build=$RUN/cmake.$kind
    cmake -S "$HERE/consumer" -B "$build" -DCMAKE_PREFIX_PATH="$STAGED" "$@" &&
        cmake --build "$build" && says_rzlib "$build/consumer" || return 1
    case $kind in
    *static) ! ldd "$build/consumer" | grep libz ;;
    *) readelf -dW "$build/consumer" | grep -q 'NEEDED.*libz.so.1' ;;
    esac
}

run_pkg_config() {
    export PKG_CONFIG_PATH="$STAGED/lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$RUN/stage"
    # shellcheck disable=SC2046
    $CC -o "$RUN/by_pkg_config" $(pkg-config --cflags zlib) "$HERE/consumer/consumer.c" \
        $(pkg-config --libs zlib) && says_rzlib "$RUN/by_pkg_config" &&
        [ "$(pkg-config --modversion zlib)" = 1.3.2 ]
}

run_autoconf() {
    cp -r "$HERE/consumer" "$RUN/autoconf" && cd "$RUN/autoconf" && autoconf &&
        ./configure CPPFLAGS="-I$STAGED/include" LDFLAGS="-L$STAGED/lib" >configure.log || return 1
    grep -q 'checking for deflate in -lz... yes' configure.log &&
        grep -q 'checking for zlib.h... yes' configure.log && make -s && says_rzlib ./consumer
}

run_meson() {
    cp -r "$HERE/consumer" "$RUN/meson" && cd "$RUN/meson" &&
        PKG_CONFIG_PATH="$STAGED/lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$RUN/stage" \
            meson setup build && meson compile -C build && says_rzlib build/consumer
}

# Two static libraries made of Rust have the same names of Rust's own in them.
run_static_beside_rust() {
    rustc --edition 2024 -O --crate-type staticlib -o "$RUN/libother.a" "$HERE/other.rs" &&
        $CC -o "$RUN/beside" -I"$STAGED/include" -DWITH_OTHER "$HERE/consumer/consumer.c" \
            "$STAGED/lib/libz.a" "$RUN/libother.a" -ldl -lm -lpthread && says_rzlib "$RUN/beside"
}

# Both libraries in one program: all names of one have a prefix.
run_prefix() {
    prefixed=$RUN/prefixed
    sh "$ROOT/packaging/dropin.sh" "$STATIC_RZLIB" "$prefixed" rz_ &&
        sh "$ROOT/packaging/prefix_header.sh" rz_ >"$prefixed/rzlib.h" || return 1
    readelf -W --dyn-syms "$prefixed/librzlib.so" 2>/dev/null |
        awk '$7 != "UND" && $4 == "FUNC" { print $8 }' >"$RUN/prefixed.names"
    [ "$(wc -l <"$RUN/prefixed.names")" -eq 103 ] && ! grep -v '^rz_' "$RUN/prefixed.names" ||
        return 1
    $CC $STRICT -c -o "$RUN/plain.o" -I"$STAGED/include" "$HERE/both_plain.c" &&
        $CC $STRICT -c -o "$RUN/prefixed.o" -I"$prefixed" "$HERE/both_prefixed.c" &&
        $CC -static -o "$RUN/both" "$RUN/plain.o" "$RUN/prefixed.o" "$STAGED/lib/libz.a" \
            "$prefixed/librzlib.a" && "$RUN/both"
}

# The library as another linker makes it.
run_lld() {
    LDFLAGS=-fuse-ld=lld sh "$ROOT/packaging/dropin.sh" "$STATIC_RZLIB" "$RUN/lld" &&
        exported "$RUN/lld/libz.so.1" >"$RUN/lld.names" && exported "$LIB" | diff - "$RUN/lld.names" &&
        "$RUN/lifecycle" "$RUN/lld/libz.so.1" 3
}

run_deb() {
    sh "$ROOT/packaging/deb.sh" "$FOLDER" "$RUN/deb" || return 1
    for package in "$RUN"/deb/*.deb; do
        dpkg-deb --info "$package" >/dev/null && dpkg-deb -x "$package" "$RUN/deb/root" || return 1
    done
    # Beside zlib1g, and nothing in its places.
    library=$(find "$RUN/deb/root" -path '*/rzlib/libz.so.1')
    [ -n "$library" ] && [ -z "$(find "$RUN/deb/root" -name 'zlib.h' ! -path '*/rzlib/*')" ] &&
        "$RUN/lifecycle" "$library" 3 && headers_read "$RUN/deb/root/usr/include/rzlib" &&
        diff -r "$STAGED/include" "$RUN/deb/root/usr/include/rzlib"
}

install_checks() {
    STAGED=$RUN/stage$STAGE_PREFIX
    STATIC_RZLIB=$FOLDER/../dropin/release/librzlib.a
    check dropin_stage run_stage
    check dropin_uninstall run_uninstall
    check dropin_headers run_headers "$STAGED/include"
    if has cmake make; then
        check dropin_headers_cmake run_headers_cmake "$STAGED/include"
        check dropin_cmake run_cmake module
        check dropin_cmake_config run_cmake config -DUSE_CONFIG=ON
        check dropin_cmake_config_static run_cmake config_static -DUSE_CONFIG=ON \
            -DZLIB_USE_STATIC_LIBS=ON
    else
        skip "there is no cmake here" dropin_headers_cmake dropin_cmake dropin_cmake_config dropin_cmake_config_static
    fi
    if has pkg-config; then
        check dropin_pkg_config run_pkg_config
    else
        skip "there is no pkg-config here" dropin_pkg_config
    fi
    if has autoconf make; then
        check dropin_autoconf run_autoconf
    else
        skip "there is no autoconf here" dropin_autoconf
    fi
    if has meson ninja pkg-config; then
        check dropin_meson run_meson
    else
        skip "there is no meson here" dropin_meson
    fi
    check dropin_static_beside_rust run_static_beside_rust
    check dropin_prefix run_prefix
    if has ld.lld; then
        check dropin_lld run_lld
    else
        skip "there is no lld here" dropin_lld
    fi
    if has dpkg-deb; then
        check dropin_deb run_deb
    else
        skip "there is no dpkg-deb here" dropin_deb
    fi
}
