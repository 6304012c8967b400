# What all checks of run.sh use: their counts, the runs with proof, the compiler. Sourced.
#
# Needs CC, PYTHON, SOURCE, INCLUDE, LIB, ORACLE and RUN, as run.sh sets them.

# Seconds that one run of a program may take.
TIMEOUT=${TIMEOUT:-300}

passed=0
failed=0
skipped=0

check() { # NAME COMMAND...: runs a command, which is a check; its variables do not come back
    name=$1
    shift
    if ("$@") >"$RUN/$name.log" 2>&1; then
        echo "ok $name"
        # What a check has to tell, such as how many tests a suite has.
        sed -n 's/^note: /    /p' "$RUN/$name.log"
        passed=$((passed + 1))
    else
        echo "FAIL $name"
        sed 's/^/    /' "$RUN/$name.log"
        failed=$((failed + 1))
    fi
}

skip() { # REASON NAME...
    reason=$1
    shift
    for name in "$@"; do
        echo "skip $name: $reason"
        skipped=$((skipped + 1))
    done
}

# Runs in FOLDER, with PRELOAD before all other libraries unless it is empty, and proves that
# LIBRARY's functions were used. NAMES are those that must be among them; see proof.py.
traced() { # PRELOAD LIBRARY NAMES FOLDER COMMAND...
    preload=$1
    library=$2
    names=$3
    folder=$4
    shift 4
    if ! (
        [ -z "$preload" ] || export LD_PRELOAD="$preload"
        export LD_DEBUG=bindings LD_DEBUG_OUTPUT="$folder/bindings"
        cd "$folder" && exec timeout "$TIMEOUT" "$@"
    ); then
        echo "failed with $library, or took more than $TIMEOUT seconds: $*"
        return 1
    fi
    "$PYTHON" "$SOURCE/proof.py" "$library" "$names" "$folder" && rm -f "$folder"/bindings.*
}

preloaded() { # LIBRARY NAMES FOLDER COMMAND...: a program that is linked with another zlib
    traced "$1" "$@"
}

# What a program wrote stands in RUN/NAME.rzlib.out and RUN/NAME.oracle.out.
both() { # NAME NAMES COMMAND...: runs with each library in a folder of its own, RUN/NAME.*
    name=$1
    names=$2
    shift 2
    preloaded "$LIB" "$names" "$RUN/$name.rzlib" "$@" >"$RUN/$name.rzlib.out" || return 1
    preloaded "$ORACLE" "$names" "$RUN/$name.oracle" "$@" >"$RUN/$name.oracle.out"
}

both_linked() { # NAME NAMES COMMAND...: the same for a program that is linked with rzlib
    name=$1
    names=$2
    shift 2
    traced "" "$LIB" "$names" "$RUN/$name.rzlib" "$@" >"$RUN/$name.rzlib.out" || return 1
    preloaded "$ORACLE" "$names" "$RUN/$name.oracle" "$@" >"$RUN/$name.oracle.out"
}

folders() { # NAME FILE...: makes the folders for both, with these files in them
    for library in rzlib oracle; do
        mkdir -p "$RUN/$1.$library"
    done
    name=$1
    shift
    for file in "$@"; do
        cp "$file" "$RUN/$name.rzlib" && cp "$file" "$RUN/$name.oracle"
    done
}

# What a program wrote with each library, but for the line that proves it, which differs.
same_output() { # NAME
    grep -v '^bound to ' "$RUN/$1.rzlib.out" >"$RUN/$1.rzlib.words"
    grep -v '^bound to ' "$RUN/$1.oracle.out" >"$RUN/$1.oracle.words"
    [ -s "$RUN/$1.oracle.words" ] && diff "$RUN/$1.rzlib.words" "$RUN/$1.oracle.words"
}

# Whether a program calls the libz of its machine; some have a zlib of their own.
calls_libz() { # NAME COMMAND...: the command must compress something
    folder=$RUN/$1
    mkdir "$folder"
    shift
    LD_DEBUG=bindings LD_DEBUG_OUTPUT=$folder/bindings "$@" >"$folder/log" 2>&1 &&
        grep -qs "symbol .deflate'" "$folder"/bindings.*
}

STRICT="-Wall -Wextra -Werror"
# zlib's examples are written for compilers of all ages.
LENIENT=-w

compile() { # PROGRAM FLAG...: sources, flags and libraries; names are bound when first called
    program=$1
    shift
    # shellcheck disable=SC2086
    $CC -std=gnu11 -O1 -o "$RUN/$program" "$@" -Wl,-z,lazy
}

compile_for_libz() { # PROGRAM SOURCE FLAG...
    # shellcheck disable=SC2086
    compile "$@" $ZLIB_CFLAGS $ZLIB_LIBS
}

# The flags to link with rzlib, and to find it at run time.
linked_with_rzlib() {
    echo "-L$(dirname "$LIB") -lrzlib -Wl,-rpath,$(dirname "$LIB")"
}

# Here #include "zlib.h" gives rzlib.h, as README tells users to have it.
compile_for_rzlib() { # PROGRAM SOURCE FLAG...
    mkdir -p "$RUN/include"
    echo '#include "rzlib.h"' >"$RUN/include/zlib.h"
    # shellcheck disable=SC2046
    compile "$@" -I"$RUN/include" -I"$INCLUDE" $(linked_with_rzlib)
}

restore_with_python() { # PACKED ORIGINAL
    "$PYTHON" -c 'import gzip, sys
sys.exit(gzip.open(sys.argv[1]).read() != open(sys.argv[2], "rb").read())' "$1" "$2" || {
        echo "$1 is not $2"
        return 1
    }
}
