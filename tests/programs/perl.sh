# Perl on rzlib, by LD_PRELOAD: its module Compress::Raw::Zlib, and what is built on it. Sourced.

run_perl() {
    folders perl
    both perl "deflate inflate deflateParams inflateSync" \
        perl "$SOURCE/perl_zlib.pl" "$RUN/files/sample" || return 1
    same_output perl && cmp "$RUN/perl.rzlib/sample.gz" "$RUN/perl.oracle/sample.gz" &&
        restore_with_python "$RUN/perl.rzlib/sample.gz" "$RUN/files/sample"
}

perl_checks() {
    if ! command -v perl >/dev/null || ! perl -MCompress::Raw::Zlib -e 1 2>/dev/null; then
        skip "there is no perl with Compress::Raw::Zlib here" perl
    elif ! calls_libz perl_probe perl -MCompress::Zlib -e 'Compress::Zlib::compress("x")'; then
        skip "this perl does not use libz.so.1" perl
    else
        check perl run_perl
    fi
}
