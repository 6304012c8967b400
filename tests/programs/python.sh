# Python on rzlib, by LD_PRELOAD: grids of parameters, and Python's own tests. Sourced.

run_python_zlib() {
    folders python_zlib
    both python_zlib deflate "$PYTHON" "$SOURCE/python_zlib.py" "$RUN/files/sample" &&
        same_output python_zlib
}

run_python_inflate() {
    folders python_inflate
    both python_inflate "inflate inflateCopy inflateSetDictionary inflateEnd" \
        "$PYTHON" "$SOURCE/python_inflate.py" "$RUN/files/sample" && same_output python_inflate
}

# Runs a module of Python's tests; it must pass, and must have run something.
run_suite() { # MODULE NAMES COMMAND...
    suite=$1
    names=$2
    shift 2
    folders "$suite"
    preloaded "$LIB" "$names" "$RUN/$suite.rzlib" "$@" -m unittest "test.$suite" || return 1
    count=$(sed -n 's/^Ran \([0-9]*\) tests\? in .*/\1/p' "$RUN/$suite.log")
    result=$(sed -n 's/^\(OK.*\)/\1/p' "$RUN/$suite.log")
    [ "${count:-0}" -gt 0 ] || return 1
    echo "note: $count tests of Python $("$@" -V | sed 's/Python //'): $result"
}

has_suites() { # COMMAND...: whether this Python brings its tests
    "$@" -c 'import test.test_zlib, test.test_gzip, test.test_zipfile' >/dev/null 2>&1
}

# Debian has Python's tests in a package of its own; they go with the package's interpreter.
fetch_suites() { # FOLDER: sets SUITE_HOME and SUITE_PYTHON, or MISSING
    MISSING="this Python has no tests, and apt-get has no python3-minimal"
    version=$(apt-cache depends python3-minimal 2>/dev/null |
        sed -n 's/.*Depends: python\(3\.[0-9]*\)-minimal$/\1/p' | head -n 1)
    [ -n "$version" ] || return 1
    unpack_debian "$1" "python$version-minimal" "libpython$version-minimal" \
        "libpython$version-stdlib" "libpython$version-testsuite" || return 1
    SUITE_HOME=$(realpath "$1/root/usr")
    SUITE_PYTHON=$SUITE_HOME/bin/python$version
    MISSING="Debian's Python does not run here"
    has_suites env PYTHONHOME="$SUITE_HOME" "$SUITE_PYTHON"
}

suite_checks() { # COMMAND...: the interpreter
    if ! calls_libz suite_python "$@" -c 'import zlib; zlib.compress(b"")'; then
        skip "$* has no zlib module that uses libz.so.1" test_zlib test_gzip test_zipfile
        return
    fi
    check test_zlib run_suite test_zlib "inflate inflateCopy inflateSetDictionary deflate" "$@"
    check test_gzip run_suite test_gzip "inflate deflate" "$@"
    check test_zipfile run_suite test_zipfile "inflate deflate" "$@"
}

python_checks() {
    if calls_libz python "$PYTHON" -c 'import zlib; zlib.compress(b"")'; then
        check python_zlib run_python_zlib
        check python_inflate run_python_inflate
    else
        skip "$PYTHON has no zlib module that uses libz.so.1" python_zlib python_inflate
    fi
    if has_suites "$PYTHON"; then
        suite_checks "$PYTHON"
    elif fetch_suites "$OUT/python-tests"; then
        suite_checks env PYTHONHOME="$SUITE_HOME" "$SUITE_PYTHON"
    else
        skip "$MISSING" test_zlib test_gzip test_zipfile
    fi
}
