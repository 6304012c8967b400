# What the drop-in is: names, versions, needs, size; and how it is loaded and unloaded. Sourced.

# Bytes that the library may have when it is stripped, what it may need, and what it says before
# it aborts: by itself, or with the standard library's panics (see packaging/dropin.sh).
if [ "${KEEP_PANIC_TEXT:-0}" = 0 ]; then
    SIZE_MAX=325000
    NEEDED=libc.so.6
    LAST_WORDS='rzlib: internal error'
else
    SIZE_MAX=600000
    NEEDED='libc.so.6 ld-linux-x86-64.so.2'
    LAST_WORDS='panicked at'
fi

exported() { # LIBRARY: each name with its version, if it has one
    readelf -W --dyn-syms "$1" 2>/dev/null | awk '$7 != "UND" && $4 == "FUNC" { print $8 }' |
        sed 's/@@*/ /' | sort -u
}

run_names() {
    exported "$LIB" | cut -d' ' -f1 >"$RUN/names"
    sh "$ROOT/packaging/names.sh" | diff - "$RUN/names" || return 1
    # All 95 functions of zlib 1.3.2, five that are macros in C, and three of ours.
    [ "$(wc -l <"$RUN/names")" -eq 103 ] || return 1
    exported "$ORACLE" | cut -d' ' -f1 >"$RUN/names.zlib"
    for name in $(cat "$RUN/names.zlib"); do
        # What zlib's own map keeps local.
        case $name in
        _* | deflate_copyright | inflate_copyright | inflate_fast | inflate_table | zcalloc | \
            zcfree | z_errmsg | gz_error | gz_intmax | inflate_fixed) ;;
        *) grep -qx "$name" "$RUN/names" || { echo "$name is missing"; return 1; } ;;
        esac
    done
}

# The versions of the system's libz, which may be an older zlib's: they must be ours, too.
run_versions() {
    [ "$(readelf -V "$LIB" 2>/dev/null | grep -c 'Name: ZLIB_')" -ge 16 ] || return 1
    exported "$LIB" >"$RUN/versions"
    exported "$SYSTEM_LIBZ" | while read -r name version; do
        grep -qx "$name${version:+ $version}" "$RUN/versions" ||
            { echo "$name has another version than $version"; exit 1; }
    done
}

run_abidiff() {
    # Nothing removed and nothing changed; new functions are what a later zlib has.
    abidiff --no-added-syms --no-architecture "$SYSTEM_LIBZ" "$LIB"
}

run_needs() {
    readelf -dW "$LIB" 2>/dev/null | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' >"$RUN/needed"
    readelf -dW "$LIB" 2>/dev/null | grep -q 'SONAME.*\[libz.so.1\]' || return 1
    # shellcheck disable=SC2086
    [ "$(cat "$RUN/needed")" = "$(printf '%s\n' $NEEDED)" ] || { cat "$RUN/needed"; return 1; }
    # Destructors of thread-local variables would run after dlclose.
    ! readelf -W --dyn-syms "$LIB" 2>/dev/null | grep __cxa_thread_atexit || return 1
    strip -o "$RUN/stripped" "$LIB" && size=$(wc -c <"$RUN/stripped") || return 1
    echo "note: $size bytes stripped"
    [ "$size" -le "$SIZE_MAX" ] && grep -q "$LAST_WORDS" "$RUN/stripped"
}

# A program that is linked with the system's libz, versions and all.
run_linked_elsewhere() {
    $CC $STRICT -O1 -o "$RUN/elsewhere" "$HERE/elsewhere.c" -L"$RUN" -l:libz.so.1 || return 1
    folder=$RUN/elsewhere.run
    dropped "compressBound,deflate inflateCopy crc32_z" "$folder" "$RUN/elsewhere" \
        >"$folder.out" 2>"$folder.err" || { cat "$folder.err"; return 1; }
    # ld.so complains on stderr of a version that is missing.
    [ ! -s "$folder.err" ] || { cat "$folder.err"; return 1; }
}

run_lifecycle() {
    $CC $STRICT -O1 -o "$RUN/lifecycle" "$HERE/lifecycle.c" -ldl -pthread || return 1
    "$RUN/lifecycle" "$LIB" 1000
}

run_unload() {
    $CC $STRICT -O1 -I"$INCLUDE" -o "$RUN/unload" "$HERE/unload.c" -ldl || return 1
    "$RUN/unload" "$LIB" 100 && "$RUN/unload" "$FOLDER/librzlib.so" 100
}

run_late() {
    $CC $STRICT -O1 -I"$INCLUDE" -o "$RUN/late" "$HERE/late.c" "$FOLDER/libz.a" -pthread || return 1
    [ "$("$RUN/late")" = late ]
}

run_lifecycle_valgrind() {
    valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite,indirect \
        "$RUN/lifecycle" "$LIB" 20
}

# Functions of the program that throw or jump, called by the library: by the drop-in, by its static
# form, by librzlib.
run_exceptions() {
    for library in "$LIB" "$FOLDER/libz.a" "$FOLDER/librzlib.so"; do
        echo "with $library"
        $CXX -std=c++11 -Wall -Wextra -Werror -O1 -I"$INCLUDE" -o "$RUN/exceptions" \
            "$HERE/exceptions.cc" "$library" || return 1
        LD_LIBRARY_PATH=$FOLDER "$RUN/exceptions" || return 1
    done
}

run_frames() {
    "$PYTHON" "$HERE/frames.py" "$FOLDER/librzlib.so"
}

# What an emulated processor may lack, each by itself. It is said not to be there while what needs it
# is, which is more than any that was made lacks.
FEATURES="sse3 ssse3 sse4.1 sse4.2 avx avx2 bmi1 bmi2 popcnt pclmulqdq abm movbe fma f16c xsave"

run_processors() {
    $CC $STRICT -O1 -I"$INCLUDE" -o "$RUN/processors" "$HERE/processors.c" "$FOLDER/libz.a" ||
        return 1
    "$RUN/processors" >"$RUN/processors.here" || return 1
    for model in qemu64 max $(printf ' max,-%s' $FEATURES); do
        # Without an environment, since glibc's getenv compares names with instructions of BMI2 where
        # there is AVX2.
        env -i "$(command -v qemu-x86_64)" -cpu "$model" "$RUN/processors" \
            >"$RUN/processors.there" 2>"$RUN/qemu.log" ||
            { echo "fails on $model:"; cat "$RUN/qemu.log"; return 1; }
        diff "$RUN/processors.here" "$RUN/processors.there" || { echo "on $model"; return 1; }
    done
}

library_checks() {
    check dropin_names run_names
    check dropin_needs run_needs
    SYSTEM_LIBZ=$(ldconfig -p 2>/dev/null | sed -n 's/.*libz\.so\.1 .* => //p' | head -n 1)
    if [ -z "$SYSTEM_LIBZ" ]; then
        skip "this system has no libz.so.1" dropin_versions dropin_abidiff dropin_linked_elsewhere
    else
        ln -sf "$SYSTEM_LIBZ" "$RUN/libz.so.1"
        check dropin_versions run_versions
        check dropin_linked_elsewhere run_linked_elsewhere
        if has abidiff; then
            check dropin_abidiff run_abidiff
        else
            skip "there is no abidiff (abigail-tools) here" dropin_abidiff
        fi
    fi
    if has "$CXX"; then
        check dropin_exceptions run_exceptions
    else
        skip "there is no C++ compiler here" dropin_exceptions
    fi
    check dropin_frames run_frames
    check dropin_lifecycle run_lifecycle
    check dropin_unload run_unload
    check dropin_late run_late
    if has valgrind; then
        check dropin_lifecycle_valgrind run_lifecycle_valgrind
    else
        skip "there is no valgrind here" dropin_lifecycle_valgrind
    fi
    if [ "$(uname -m)" != x86_64 ] || ! has qemu-x86_64; then
        skip "there is no qemu-x86_64 (qemu-user) for x86-64 here" dropin_processors
    else
        check dropin_processors run_processors
    fi
}
