"""Proves which library a program used: reads what ld.so says it bound each name to.

    proof.py LIBRARY NAMES FOLDER      the program ran with LD_DEBUG=bindings and
                                       LD_DEBUG_OUTPUT=FOLDER/bindings

Every name that LIBRARY exports must have been bound to it whenever it was bound, by the
program or by another library, and all of NAMES must be among them: words between spaces,
of which one may give a choice, separated by commas.
Names are bound when they are first called, or when the program starts if it was linked so.
Prints the names.
"""

import os
import re
import subprocess
import sys

BINDING = re.compile(r"binding file (.+) \[\d+\] to (.+) \[\d+\]: normal symbol [`'](\w+)'")


def bindings(folder):
    """User, library and name of each binding; a library's bindings to itself left out."""
    for log_name in sorted(os.listdir(folder)):
        if not log_name.startswith("bindings."):
            continue
        with open(os.path.join(folder, log_name), errors="replace") as log:
            for match in filter(None, map(BINDING.search, log)):
                user, library, name = match.groups()
                user, library = os.path.realpath(user), os.path.realpath(library)
                if user != library:
                    yield user, library, name


def exported_names(library):
    lines = subprocess.check_output(["nm", "-D", "--defined-only", library], text=True)
    return {line.split()[2].split("@")[0] for line in lines.splitlines()}


def used_names(library, folder):
    """The names bound to the library. Ends the program if one was bound elsewhere."""
    exported = exported_names(library)
    used = set()
    for user, target, name in bindings(folder):
        if name in exported:
            if target != library:
                sys.exit(f"{name}, called by {user}, was bound to {target}, not {library}")
            used.add(name)
    return used


def library_of(name, folder):
    """The library that this name was bound to, and with it all others that it exports."""
    libraries = {library for _, library, bound in bindings(folder) if bound == name}
    if not libraries:
        sys.exit(f"{name} was bound to no library: has the program a zlib of its own?")
    if len(libraries) > 1:
        sys.exit(f"{name} was bound to {' and '.join(sorted(libraries))}")
    library = libraries.pop()
    used_names(library, folder)
    return library


def main():
    library, wanted, folder = os.path.realpath(sys.argv[1]), sys.argv[2], sys.argv[3]
    used = used_names(library, folder)
    for choice in wanted.split():
        if not used.intersection(choice.split(",")):
            sys.exit(f"nothing bound {choice} to {library}")
    print(f"bound to {library}: {' '.join(sorted(used))}")


if __name__ == "__main__":
    main()
