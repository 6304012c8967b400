# zlib's examples: compiled with rzlib.h, linked with rzlib alone. Sourced.
#
# Each runs on rzlib and, by LD_PRELOAD, on zlib 1.3.2; files come from packed.py. Programs
# that read stdin or write stdout are run by sh, in the folder of the library.
#
# shellcheck disable=SC2016  # the inner shells expand what is in single quotes
# shellcheck disable=SC2046,SC2086  # lists of names and flags without spaces

EXAMPLE_PROGRAMS="zran gun gzappend fitblk zpipe gzjoin gznorm gzlog"
WHOLE=$RUN/packed/whole

# What one program wrote with the two libraries: every file that is in their folders.
same_files() { # NAME
    diff -r "$RUN/$1.rzlib" "$RUN/$1.oracle"
}

run_zran() {
    folders zran
    for case in level6.gz:50000 level9.gz:1 strategy4.gz:100000 flushes.gz:7000 \
        members.gz:20000 zlib:30000; do
        packed=${case%:*}
        original=$WHOLE/${packed%.gz}
        [ "$packed" = zlib ] && original=$RUN/files/sample
        both_linked zran "inflate inflatePrime inflateSetDictionary" \
            "$RUN/zran" "$WHOLE/$packed" "$original" "${case#*:}" || return 1
        same_output zran || return 1
    done
}

# inflateBack; gun replaces NAME.gz by NAME, and says what is wrong with a file it leaves.
run_gun() {
    folders gun "$WHOLE"/*.gz
    both_linked gun "inflateBackInit_ inflateBack inflateBackEnd" \
        sh -c '"$0" *.gz 2>messages; [ ! -s messages ]' "$RUN/gun" || return 1
    for packed in "$WHOLE"/*.gz; do
        base=$(basename "$packed" .gz)
        cmp "$RUN/gun.rzlib/$base" "$WHOLE/$base" || return 1
    done
    same_files gun
}

run_gun_damaged() {
    folders gun_damaged "$RUN"/packed/damaged/*.gz
    both_linked gun_damaged inflateBack \
        sh -c '"$0" -t *.gz 2>tested; "$0" *.gz 2>messages; wc -l <messages' "$RUN/gun" || return 1
    grep -q 'data error' "$RUN/gun_damaged.rzlib/messages" &&
        grep -q 'unexpected end' "$RUN/gun_damaged.rzlib/messages" || return 1
    same_files gun_damaged
}

# gzappend inflates a file to its end and lets deflate go on from there.
run_gzappend() {
    folders gzappend "$RUN/files/script" "$RUN/files/library"
    for level in "" 0 1 9; do
        for base in level6 level0 strategy4 flushes empty header; do
            name=$base-to-$level.gz
            folders gzappend "$WHOLE/$base.gz"
            both_linked gzappend "inflate deflate deflateSetDictionary" \
                sh -c 'mv "$1.gz" "$2" && "$0" $3 "$2" script library && "$0" "$2" <script' \
                "$RUN/gzappend" "$base" "$name" "${level:+-$level}" || return 1
            cat "$WHOLE/$base" "$RUN/files/script" "$RUN/files/library" "$RUN/files/script" \
                >"$RUN/gzappend.original"
            restore_with_python "$RUN/gzappend.rzlib/$name" "$RUN/gzappend.original" || return 1
        done
    done
    same_files gzappend
}

# fitblk fills a block of a given size: it deflates, inflates what fits, and deflates again.
run_fitblk() {
    folders fitblk "$RUN/files/sample"
    for size in 300 1000 4096 32768 200000 2000000; do
        both_linked fitblk "deflate" \
            sh -c '"$0" "$1" <sample >"block.$1" 2>"said.$1"' "$RUN/fitblk" $size || return 1
        "$PYTHON" -c 'import sys, zlib
block, data = (open(path, "rb").read() for path in sys.argv[1:])
got = zlib.decompress(block)
sys.exit(not got or not data.startswith(got))' \
            "$RUN/fitblk.rzlib/block.$size" "$RUN/files/sample" || return 1
    done
    same_files fitblk
}

run_zpipe() {
    folders zpipe "$RUN"/files/*
    for file in "$RUN"/files/*; do
        base=$(basename "$file")
        both_linked zpipe "deflate deflateEnd" \
            sh -c '"$0" <"$1" >"$1.z"' "$RUN/zpipe" "$base" || return 1
        both_linked zpipe "inflate inflateEnd" \
            sh -c '"$0" -d <"$1.z" >"$1.back"' "$RUN/zpipe" "$base" || return 1
        cmp "$RUN/zpipe.rzlib/$base.back" "$file" || return 1
    done
    # A stream that ends too early, and one that is none.
    both_linked zpipe inflate sh -c 'head -c 5000 sample.z | "$0" -d >cut 2>cut.said
        [ $? -ne 0 ] && ! "$0" -d <sample >none 2>none.said' "$RUN/zpipe" || return 1
    same_files zpipe
}

# gzjoin finds the ends of the streams bit by bit (Z_BLOCK), and makes one stream of them.
run_gzjoin() {
    parts="level6 flushes empty strategy4 header level0 zeros"
    folders gzjoin
    cd "$WHOLE" || return 1
    folders gzjoin $(printf '%s.gz ' $parts)
    cat $parts >"$RUN/gzjoin.original"
    both_linked gzjoin "inflate crc32_combine,crc32_combine64" \
        sh -c '"$0" "$@" >joined' "$RUN/gzjoin" $(printf '%s.gz ' $parts) || return 1
    restore_with_python "$RUN/gzjoin.rzlib/joined" "$RUN/gzjoin.original" && same_files gzjoin
}

# gznorm makes one member of several.
run_gznorm() {
    folders gznorm "$WHOLE/members.gz" "$RUN/packed/damaged/text_half_member.gz"
    both_linked gznorm "inflate inflateReset" \
        sh -c '"$0" <members.gz >normal &&
            ! "$0" <text_half_member.gz >damaged 2>damaged.said' "$RUN/gznorm" || return 1
    restore_with_python "$RUN/gznorm.rzlib/normal" "$WHOLE/members" && same_files gznorm
}

# gzlog appends lines to a gzip file in stored blocks, and compresses them when there are many.
run_gzlog() {
    folders gzlog "$RUN/files/script"
    for round in 1 2 3; do
        both_linked gzlog "deflate deflateSetDictionary crc32" \
            "$RUN/gzlog" log script || return 1
    done
    cat "$RUN/files/script" "$RUN/files/script" "$RUN/files/script" >"$RUN/gzlog.original"
    restore_with_python "$RUN/gzlog.rzlib/log.gz" "$RUN/gzlog.original" || return 1
    # The extra field holds the time.
    size=$(wc -c <"$RUN/gzlog.rzlib/log.gz")
    [ "$size" -eq "$(wc -c <"$RUN/gzlog.oracle/log.gz")" ]
}

# zlib's infcover.c, but for what needs the insides of zlib's inflate (infcover.py). What it
# says about memory depends on the size of the state.
run_infcover() {
    folders infcover
    "$PYTHON" "$SOURCE/infcover.py" "$EXAMPLES/infcover.c" "$RUN/infcover.c" &&
        compile_for_rzlib infcover "$RUN/infcover.c" $LENIENT || return 1
    both_linked infcover "inflate inflateBack inflateCopy inflateSync inflateMark" \
        sh -c '"$0" 2>said && ! grep "^\*\*" said &&
            sed "s/: [0-9]* \(allocated\|high water\)/: N \1/" said >masked && rm said' \
        "$RUN/infcover" || return 1
    same_files infcover
}

# The bounds of the tables of Huffman codes that inflate builds, counted over all codes.
run_enough() {
    compile enough "$EXAMPLES/enough.c" $LENIENT -O2 || return 1
    "$RUN/enough" 286 9 15 | grep -q 'maximum of 852 table entries for root = 9$' &&
        "$RUN/enough" 30 6 15 | grep -q 'maximum of 592 table entries for root = 6$'
}

compile_example() { # PROGRAM
    case $1 in
    zran) compile_for_rzlib zran "$EXAMPLES/zran.c" "$SOURCE/random_access.c" $LENIENT -I"$EXAMPLES" ;;
    gzlog) compile_for_rzlib gzlog "$EXAMPLES/gzlog.c" "$SOURCE/gzlog_run.c" $LENIENT -I"$EXAMPLES" ;;
    *) compile_for_rzlib "$1" "$EXAMPLES/$1.c" $LENIENT ;;
    esac
}

example_checks() {
    "$PYTHON" "$SOURCE/packed.py" "$RUN/files/sample" "$RUN/packed" || exit 2
    for program in $EXAMPLE_PROGRAMS infcover enough; do
        if [ ! -f "$EXAMPLES/$program.c" ]; then
            skip "zlib1g-dev has no $program.c here" "$program"
            continue
        fi
        case $program in
        infcover | enough) ;;
        *) compile_example "$program" || { check "${program}_compiles" false; continue; } ;;
        esac
        check "$program" "run_$program"
        [ "$program" = gun ] && check gun_damaged run_gun_damaged
    done
}
