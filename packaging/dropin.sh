#!/bin/sh
# Makes the drop-in of rzlib's static library: libz.so.1 and libz.a, which programs take for
# zlib's own.
#
# usage: dropin.sh LIBRZLIB_A OUTDIR [PREFIX]
#
#   LIBRZLIB_A  the static library of `cargo rustc --release --crate-type staticlib`
#   OUTDIR      gets libz.so.1, libz.so and libz.a; with a PREFIX, which is put before every
#               exported name, librzlib.so and librzlib.a
#
# environment: CC, OBJCOPY, READELF, AR; LDFLAGS for links, such as -fuse-ld=lld;
# KEEP_PANIC_TEXT=1 leaves out step 2
#
# 1. All of the static library becomes one object in which only the API's names are global: so
#    it links beside other Rust static libraries, which have the same names of Rust's own.
# 2. drop_panic_text: the standard library's panics, which print a message and a backtrace, are
#    replaced by packaging/panic.S, which prints one line and aborts; the functions that tell how
#    exceptions pass, by those of packaging/unwind.S. The reason is size: the backtrace brings code
#    that reads debug information and a copy of gcc's unwinder, with which the stripped library has
#    590 KB in place of 317, and needs ld.so besides libc. No panic is reachable, as far as is
#    known. Whoever wants the standard library as it was compiled, or the place of a panic in a
#    report, builds with KEEP_PANIC_TEXT=1. Where these files have nothing for the machine, or the
#    functions are not found, the standard library's stay.
# 3. The object is linked with zlib's symbol versions and SONAME. rustc cannot put versions on a
#    library by itself.
set -eu

if [ $# -lt 2 ]; then
    echo "usage: $0 LIBRZLIB_A OUTDIR [PREFIX]" >&2
    exit 2
fi
SOURCE=$(cd "$(dirname "$0")" && pwd)
library=$1
out=$2
prefix=${3:-}
CC=${CC:-cc}
OBJCOPY=${OBJCOPY:-objcopy}
READELF=${READELF:-readelf}
AR=${AR:-ar}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM
mkdir -p "$out"
sh "$SOURCE/names.sh" >"$work/names"

# GNU tools may have plugins that try to read the bitcode in Rust's own objects, and complain.
quietly() {
    "$@" 2>"$work/messages" || { cat "$work/messages" >&2; return 1; }
}

# Makes one object of others. Groups are resolved, because a group that another Rust library has,
# too, would be taken once, and its names are local here; and what nothing needs is left out, or
# the linker takes what it asks for as needed. LLVM's linker can do neither, nor need it.
one_object() { # OUTPUT INPUT...
    object=$1
    shift
    for flags in "-Wl,--force-group-allocation -Wl,--gc-sections" ""; do
        # shellcheck disable=SC2046,SC2086
        if $CC -r -nostdlib ${LDFLAGS:-} $flags -o "$object" \
            $(sed 's/^/-Wl,-u,/' "$work/names") "$@" 2>"$work/messages"; then
            return
        fi
    done
    cat "$work/messages" >&2
    return 1
}
one_object "$work/all.o" "$library"

# Name and size, in decimal, of the code sections with a name like this.
sections() { # PATTERN
    "$READELF" -SW "$work/all.o" 2>/dev/null | sed 's/^ *\[ *[0-9]*\] *//' |
        awk -v pattern="$1" '$1 ~ /^\.text/ && $1 ~ pattern { print $1, $5 }' |
        while read -r name size; do echo "$name" $((0x$size)); done
}

# Puts code in a section's place, and traps behind it, so that its length stays.
replace() { # NAME SIZE CODE TRAP
    room=$(($2 - $(wc -c <"$3")))
    [ "$room" -ge 0 ] || return 0
    { cat "$3" && head -c "$room" /dev/zero | tr '\0' "$4"; } >"$work/code"
    quietly "$OBJCOPY" --remove-relocations="$1" "$work/all.o" "$work/bare.o"
    quietly "$OBJCOPY" --update-section "$1=$work/code" "$work/bare.o" "$work/all.o"
}

# Assembles code to replace a function with; fails where there is none for this machine.
assemble() { # NAME
    $CC -c -o "$work/$1.o" "$SOURCE/$1.S" 2>/dev/null &&
        quietly "$OBJCOPY" -O binary -j .text "$work/$1.o" "$work/$1"
}

# Step 2, on all.o.
drop_panic_text() {
    # int3 on x86; on AArch64 the byte makes an instruction that is not defined.
    trap_byte='\314'
    if assemble panic; then
        : >"$work/nothing"
        # The places that all panics come to, and the one of the standard library's own lack of
        # memory.
        sections '9panicking[0-9]*((rust_)?panic_with_hook|panic_handler0)' |
            while read -r name size; do
                replace "$name" "$size" "$work/panic" "$trap_byte"
            done
        sections 'RNCN.*5alloc8rust_oom' | while read -r name size; do
            replace "$name" "$size" "$work/nothing" "$trap_byte"
        done
    fi
    unwind=
    if "$READELF" -sW "$work/all.o" 2>/dev/null | grep -q ' rust_eh_personality$' &&
        $CC -c -o "$work/unwind.o" "$SOURCE/unwind.S" 2>/dev/null; then
        unwind=$work/unwind.o
        quietly "$OBJCOPY" --weaken-symbol=rust_eh_personality "$work/all.o" "$work/weak.o"
        mv "$work/weak.o" "$work/all.o"
    fi
    # Once more, without what only panics needed.
    # shellcheck disable=SC2086
    one_object "$work/needed.o" "$work/all.o" $unwind
    mv "$work/needed.o" "$work/all.o"
}

[ "${KEEP_PANIC_TEXT:-0}" != 0 ] || drop_panic_text

# Panics counted themselves in a thread-local variable, for which the library would need ld.so. The
# name of that function is left over when they are gone, as are those of the unwinder. (Other names
# that nothing uses any more stay: libc has them in any case.)
quietly "$OBJCOPY" --wildcard --strip-debug --strip-unneeded-symbol=__tls_get_addr \
    --strip-unneeded-symbol='_Unwind_*' \
    --keep-global-symbols="$work/names" "$work/all.o" "$work/rzlib.o"
shared=libz.so.1
static=libz.a
soname=libz.so.1
map=$SOURCE/zlib.map
if [ -n "$prefix" ]; then
    sed "s/.*/& $prefix&/" "$work/names" >"$work/renamed"
    quietly "$OBJCOPY" --redefine-syms="$work/renamed" "$work/rzlib.o"
    shared=librzlib.so
    static=librzlib.a
    soname=librzlib.so.${prefix%_}
    # The versions are zlib's, and these are not zlib's names.
    echo '{ local: _*; };' >"$work/map"
    map=$work/map
fi
rm -f "$out/$static"
quietly "$AR" rcs "$out/$static" "$work/rzlib.o"
# shellcheck disable=SC2086
quietly $CC -shared -static-libgcc -Wl,--gc-sections -Wl,-z,relro -Wl,-z,now \
    -Wl,--version-script="$map" -Wl,-soname,"$soname" ${LDFLAGS:-} \
    -o "$out/$shared" "$work/rzlib.o"
if [ -z "$prefix" ]; then
    ln -sf libz.so.1 "$out/libz.so"
fi
