# git on rzlib, by LD_PRELOAD: a repository is made, packed, checked and cloned. Sourced.

# One thread, fixed names and times: so a repository depends on nothing but the library.
git_environment() {
    export HOME="$RUN" GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null GIT_TERMINAL_PROMPT=0
    export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_AUTHOR_DATE='1700000000 +0000'
    export GIT_COMMITTER_NAME=c GIT_COMMITTER_EMAIL=c@example.org
    export GIT_COMMITTER_DATE='1700000000 +0000'
    export GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=pack.threads GIT_CONFIG_VALUE_0=1
    export GIT_CONFIG_KEY_1=gc.autoDetach GIT_CONFIG_VALUE_1=false
}

# shellcheck disable=SC2016  # the inner shell expands it
run_git() {
    folders git
    git_environment
    both git "deflate inflate" sh -ec '
        git init -q made
        cp "$0"/* made
        cd made
        git add .
        git commit -q -m "first"
        # Objects that come one by one, and are read one by one.
        for name in script sample; do
            echo more >>$name
            git commit -q -a -m "$name"
        done
        git fsck --full --strict
        git rev-parse HEAD HEAD^{tree}
        git gc -q --aggressive
        git fsck --full --strict
        git clone -q --no-local . ../clone
        cd ../clone
        git fsck --full --strict
        git log -p --stat --binary | cksum
        git archive --format=tar.gz HEAD >../archive.tar.gz
        diff -r --exclude=.git . ../made
    ' "$RUN/files" || return 1
    same_output git || return 1
    # Packs and loose objects have zlib 1.3.2's bytes.
    ls "$RUN"/git.rzlib/made/.git/objects/pack/*.pack &&
        diff -r "$RUN/git.rzlib/made/.git/objects" "$RUN/git.oracle/made/.git/objects" &&
        cmp "$RUN/git.rzlib/archive.tar.gz" "$RUN/git.oracle/archive.tar.gz"
}

git_checks() {
    if ! command -v git >/dev/null; then
        skip "there is no git here" git
    elif ! (git_environment && git init -q "$RUN/git_probed" && cd "$RUN/git_probed" &&
        calls_libz git_probe git hash-object -w --stdin </dev/null); then
        skip "this git does not use libz.so.1" git
    else
        check git run_git
    fi
}
