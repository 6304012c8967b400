# Programs of the system on the drop-in, and what they must do there. Sourced.
#
# shellcheck disable=SC2016  # the inner shells expand what is in single quotes

# Whether a program gets the drop-in when it stands first; some have a zlib of their own.
takes_libz() { # COMMAND...
    LD_LIBRARY_PATH=$RUN/drop LD_DEBUG=files LD_DEBUG_OUTPUT=$RUN/takes "$@" >/dev/null 2>&1
    grep -qs "$RUN/drop/libz.so.1" "$RUN"/takes.*
    taken=$?
    rm -f "$RUN"/takes.*
    return $taken
}

# A check of a program that may be missing, or have its own zlib.
program_check() { # NAME COMMAND: COMMAND is tried first, and must load libz.so.1
    name=$1
    shift
    if ! has "$1"; then
        skip "there is no $1 here" "dropin_$name"
    elif ! takes_libz "$@"; then
        skip "this $1 does not use libz.so.1" "dropin_$name"
    else
        check "dropin_$name" "run_$name"
    fi
}

# The same work with the oracle in the drop-in's place.
with_oracle() { # FOLDER COMMAND...
    folder=$1
    shift
    mkdir -p "$folder" "$RUN/oracle" && ln -sf "$ORACLE" "$RUN/oracle/libz.so.1" &&
        (cd "$folder" && LD_PRELOAD=$ORACLE timeout "$TIMEOUT" "$@")
}

run_python() {
    for suite in test_zlib test_gzip test_zipfile test_tarfile; do
        dropped "deflate inflate" "$RUN/python" "$PYTHON" -m unittest "test.$suite" || return 1
    done
    sed -n 's/^Ran \([0-9]*\) tests\? in .*/note: \1 tests of Python/p' "$RUN/dropin_python.log"
}

run_git() {
    export HOME="$RUN" GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
    dropped "deflate inflate" "$RUN/git" sh -ec '
        export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org
        export GIT_COMMITTER_NAME=c GIT_COMMITTER_EMAIL=c@example.org
        git init -q made && cp "$0"/* made && cd made && git add . && git commit -q -m first
        git gc -q && git fsck --full --strict && git clone -q --no-local . ../clone
        cd ../clone && git fsck --full --strict && diff -r --exclude=.git . ../made' "$RUN/files"
}

run_perl() {
    dropped "deflate inflate" "$RUN/perl" perl "$SOURCE/perl_zlib.pl" "$RUN/files/sample" &&
        restore_with_python "$RUN/perl/sample.gz" "$RUN/files/sample"
}

run_ruby() {
    dropped "deflate inflate" "$RUN/ruby" ruby "$HERE/zlib.rb" "$RUN/files/sample"
}

run_java() {
    javac -d "$RUN/java.classes" "$HERE/Zip.java" &&
        dropped "deflate inflate" "$RUN/java" java -cp "$RUN/java.classes" Zip "$RUN/files/sample"
}

# dpkg-deb, and what it needs; the bytes are zlib 1.3.2's.
run_dpkg_deb() {
    folder=$RUN/dpkg_deb
    mkdir -p "$folder/made/DEBIAN" && cp "$RUN"/files/* "$folder/made" &&
        printf 'Package: made\nVersion: 1\nArchitecture: all\nMaintainer: a <a@b>\nDescription: x\n' \
            >"$folder/made/DEBIAN/control" || return 1
    export SOURCE_DATE_EPOCH=1700000000
    dropped "gzdopen,deflate" "$folder" dpkg-deb --root-owner-group -Zgzip -z9 --build made ours.deb &&
        dropped "gzdopen,inflate" "$folder" dpkg-deb -x ours.deb restored &&
        with_oracle "$folder" dpkg-deb --root-owner-group -Zgzip -z9 --build made zlib.deb &&
        cmp "$folder/ours.deb" "$folder/zlib.deb" || return 1
    for file in "$RUN"/files/*; do
        cmp "$file" "$folder/restored/$(basename "$file")" || return 1
    done
}

# gcc's assembler and linker compress debug information.
run_ld() {
    folder=$RUN/ld
    mkdir -p "$folder" && cp "$HERE/elsewhere.c" "$folder" || return 1
    for pass in ours zlib; do
        run=dropped_ld
        [ $pass = zlib ] && run=oracle_ld
        $run "$folder" "$CC" -g -gz=zlib -c -o "$pass.o" elsewhere.c || return 1
    done
    readelf -SW "$folder/ours.o" | grep -q '\.debug_info.*C' || return 1
    cmp "$folder/ours.o" "$folder/zlib.o" || return 1
    dropped "compress,deflate" "$folder" ld -r --compress-debug-sections=zlib -o linked.o ours.o &&
        dropped "uncompress,inflate" "$folder" objcopy --decompress-debug-sections linked.o plain.o &&
        ! readelf -SW "$folder/plain.o" | grep -q '\.debug_info.*C'
}

dropped_ld() { # FOLDER COMMAND...
    folder=$1
    shift
    dropped "compress,deflate" "$folder" "$@"
}

oracle_ld() {
    with_oracle "$@"
}

run_mksquashfs() {
    folder=$RUN/squash
    dropped "deflate" "$folder" mksquashfs "$RUN/files" made.sqfs -comp gzip -noappend -quiet \
        -no-progress -processors 2 &&
        dropped "uncompress,inflate" "$folder" unsquashfs -q -no-progress -d restored made.sqfs &&
        diff -r "$RUN/files" "$folder/restored"
}

run_qemu_img() {
    folder=$RUN/qemu
    mkdir -p "$folder" && cat "$RUN"/files/* >"$folder/raw" && truncate -s 4M "$folder/raw" &&
        dropped "deflate" "$folder" qemu-img convert -c -f raw -O qcow2 raw packed.qcow2 &&
        dropped "inflate" "$folder" qemu-img convert -f qcow2 -O raw packed.qcow2 restored &&
        cmp "$folder/raw" "$folder/restored" &&
        [ "$(wc -c <"$folder/packed.qcow2")" -lt 1600000 ]
}

run_pigz() {
    folder=$RUN/pigz
    mkdir -p "$folder" && cp "$RUN/files/sample" "$folder" || return 1
    for options in "-1 -p1" "-6 -p2 -b 128" "-9 -p4 -i" "-6 -p2 -z"; do
        # shellcheck disable=SC2086
        dropped "deflate" "$folder" sh -c 'pigz -c '"$options"' sample >packed && pigz -dc <packed | cmp - sample' ||
            return 1
    done
    dropped "inflateBack" "$folder" sh -c 'pigz -c sample >packed.gz && pigz -t packed.gz'
}

# libpng, by a small program of the test's own: an image there and back at all levels.
run_libpng() {
    # shellcheck disable=SC2046
    $CC -O1 -o "$RUN/image" "$HERE/image.c" $(pkg-config --cflags --libs libpng) &&
        dropped "deflate inflate" "$RUN/libpng" "$RUN/image"
}

run_rsync() {
    folder=$RUN/rsync
    mkdir -p "$folder/from" && cp "$RUN"/files/* "$folder/from" || return 1
    # A shell in ssh's place; both ends run on the drop-in. Debian's rsync takes zlib's method if
    # it is asked for.
    printf '#!/bin/sh\nshift\nexec "$@"\n' >"$folder/shell" && chmod +x "$folder/shell" &&
        dropped "deflate inflate" "$folder" rsync -a -z --compress-choice=zlibx -e ./shell from/ \
            localhost:"$folder/to/" && diff -r "$folder/from" "$folder/to"
}

# A session with many of the system's own tools.
run_session() {
    dropped "deflate inflate" "$RUN/session" sh -ec '
        git --version >/dev/null
        python3 -c "import zlib; assert zlib.decompress(zlib.compress(b\"x\" * 1000)) == b\"x\" * 1000"
        perl -e "print 1" >/dev/null
        dpkg-deb --version >/dev/null
        dpkg -l >/dev/null
        ssh -V 2>/dev/null
        curl --version >/dev/null
        echo "int main(void) { return 0; }" >main.c
        gcc -g -o main main.c && ./main
        ld --version >/dev/null
        apt-cache policy >/dev/null
        tar czf all.tar.gz main main.c && tar tzf all.tar.gz >/dev/null'
}

# The crate flate2 on libz-sys, which finds the drop-in by pkg-config.
run_flate2() {
    cp -r "$HERE/flate2" "$RUN/flate2" && cd "$RUN/flate2" || return 1
    export PKG_CONFIG_PATH="$STAGED/lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$RUN/stage"
    # libz-sys builds its own zlib only if it finds none.
    "$CARGO" build --release --target-dir "$OUT/flate2-target" >build.log 2>&1 ||
        { cat build.log; return 1; }
    dropped "deflate inflate" "$RUN/flate2.run" "$OUT/flate2-target/release/rzlib-flate2" \
        "$RUN/files/sample"
}

program_checks() {
    CARGO=${CARGO:-cargo}
    if ! "$PYTHON" -c 'import test.test_zlib, test.test_gzip, test.test_zipfile, test.test_tarfile' \
        2>/dev/null; then
        skip "$PYTHON has no tests" dropin_python
    elif ! takes_libz "$PYTHON" -c 'import zlib'; then
        skip "$PYTHON has no zlib module that uses libz.so.1" dropin_python
    else
        check dropin_python run_python
    fi
    program_check git git --version
    program_check perl perl -MCompress::Raw::Zlib -e 1
    program_check ruby ruby -rzlib -e 1
    if has java javac; then
        check dropin_java run_java
    else
        skip "there is no java with javac here" dropin_java
    fi
    program_check dpkg_deb dpkg-deb --version
    program_check ld ld --version
    program_check mksquashfs mksquashfs -version
    program_check qemu_img qemu-img --version
    program_check pigz pigz --version
    program_check rsync rsync --version
    if has pkg-config && pkg-config --exists libpng; then
        check dropin_libpng run_libpng
    else
        skip "there is no libpng to compile with here" dropin_libpng
    fi
    if has git perl dpkg-deb ssh curl gcc apt-cache python3; then
        check dropin_session run_session
    else
        skip "one of git, perl, dpkg-deb, ssh, curl, gcc, apt-cache is missing here" dropin_session
    fi
    if has pkg-config "$CARGO"; then
        check dropin_flate2 run_flate2
    else
        skip "there is no pkg-config here" dropin_flate2
    fi
}
