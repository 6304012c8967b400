# zlib's example.c and minigzip.c, linked with the system's libz and run with LD_PRELOAD. Sourced.
#
# shellcheck disable=SC2046,SC2086  # lists of names and flags without spaces

# What minigzip calls for any file, also for an empty one.
MINIGZIP="gzopen,gzdopen gzclose"
MODES="1 2 3 4 5 6 7 8 9 f h r"

# zlib's example.c: most functions of the interface, one after the other.
run_example() {
    folders example
    both example "deflate inflate compress uncompress deflateParams inflateSync gzopen gzputc gzputs
        gzprintf gzseek gzread gztell gzgetc,gzgetc_ gzungetc gzgets gzclose" "$RUN/example" &&
        same_output example
}

# minigzip as gzip is used: files are replaced by packed ones, and back.
run_minigzip() { # NAME FLAG
    folders "$1" "$RUN"/files/*
    for file in "$RUN"/files/*; do
        base=$(basename "$file")
        both "$1" "$MINIGZIP" "$RUN/minigzip" "$2" "$base" || return 1
        cmp "$RUN/$1.rzlib/$base.gz" "$RUN/$1.oracle/$base.gz" || return 1
        restore_with_python "$RUN/$1.rzlib/$base.gz" "$file" || return 1
        preloaded "$LIB" "$MINIGZIP" "$RUN/$1.rzlib" "$RUN/minigzip" -d "$base.gz" || return 1
        cmp "$RUN/$1.rzlib/$base" "$file" || return 1
    done
}

# minigzip in a pipe: there is no file name, and short reads come as they come.
run_pipe() {
    folders minigzip_pipe
    for library in rzlib oracle; do
        preload=$LIB
        [ $library = oracle ] && preload=$ORACLE
        folder=$RUN/minigzip_pipe.$library
        cat "$RUN"/files/* | preloaded "$preload" "$MINIGZIP" "$folder" \
            sh -c "\"$RUN/minigzip\" -6 >packed.gz" || return 1
    done
    cat "$RUN"/files/* >"$RUN/minigzip_pipe.original"
    packed=$RUN/minigzip_pipe.rzlib/packed.gz
    cmp "$packed" "$RUN/minigzip_pipe.oracle/packed.gz" || return 1
    restore_with_python "$packed" "$RUN/minigzip_pipe.original" || return 1
    # shellcheck disable=SC2002
    cat "$packed" | preloaded "$LIB" "$MINIGZIP" "$RUN/minigzip_pipe.rzlib" \
        sh -c "\"$RUN/minigzip\" -d >restored" || return 1
    cmp "$RUN/minigzip_pipe.rzlib/restored" "$RUN/minigzip_pipe.original"
}

libz_program_checks() {
    if ! compile_for_libz example "$EXAMPLES/example.c" $LENIENT ||
        ! compile_for_libz minigzip "$EXAMPLES/minigzip.c" $LENIENT; then
        check examples_compile false
        return
    fi
    check example run_example
    for mode in $MODES; do
        check "minigzip_$mode" run_minigzip "minigzip_$mode" "-$mode"
    done
    check minigzip_pipe run_pipe
}
