# Fetches packages of Debian into a folder, where they are unpacked, not installed. Sourced.
#
# unpack_debian FOLDER PACKAGE... gives FOLDER/root, or returns 1 with the reason in MISSING.

unpack_debian() { # FOLDER PACKAGE...
    folder=$1
    shift
    [ -d "$folder/root" ] && return
    if ! command -v apt-get >/dev/null || ! command -v dpkg >/dev/null; then
        MISSING="no $* here, and no apt-get to fetch it"
        return 1
    fi
    mkdir -p "$folder"
    rm -rf "$folder"/*.deb "$folder/root.new"
    (
        cd "$folder" || exit 1
        apt-get -q download "$@" || { apt-get -q update && apt-get -q download "$@"; }
    ) >"$folder/fetch.log" 2>&1 </dev/null
    for package in "$@"; do
        # A package that is missing leaves the pattern as it is, and dpkg fails.
        if ! dpkg -x "$folder/$package"_*.deb "$folder/root.new" >>"$folder/fetch.log" 2>&1; then
            MISSING="apt-get cannot download $package: $(tail -n 1 "$folder/fetch.log")"
            return 1
        fi
    done
    mv "$folder/root.new" "$folder/root"
}
