"""Checks that exceptions and longjmp pass through frames with nothing to clean up.

    frames.py librzlib.so

The functions of a program, zalloc, zfree, in() and out(), may leave the library by an exception,
for which the drop-in runs no cleanup (packaging/unwind.S), or by longjmp, for which nobody does. So
the functions of rzlib that call them, or call one that does, must have none: no table of landing
pads. The table of a function stands in its entry of .eh_frame.
"""

import re
import subprocess
import sys

# What calls back, and what lies between: all of inflate, what makes and ends streams, what allocates.
CALLING = re.compile(
    r"(deflate(Init2?_?|End|Copy)"
    r"|inflate(Init2?_?|End|Copy|Reset2|SetDictionary)?|inflateBack(Init_?|End)?)$"
    r"|rzlib::(inflate|alloc|ffi::(back|border|deflate|handle|inflate|unfinished))::"
    r"|<rzlib::(inflate|alloc|ffi::(back|border|deflate|handle|inflate|unfinished))::"
    r"|rzlib::deflate::.*::alloc\w*$"
)
# Those that are not inlined in any build.
KNOWN = {"deflateInit2_", "deflateEnd", "deflateCopy", "inflateInit2_", "inflate", "inflateBack"}


def read(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def names(library):
    """The names of each address."""
    found = {}
    for line in read("nm", "-C", "--defined-only", library).splitlines():
        if match := re.match(r"([0-9a-f]+) [tT] (.*)", line):
            found.setdefault(int(match[1], 16), []).append(match[2])
    return found


def frames(library):
    """The address of each function, and whether it has a table of landing pads."""
    address = None
    for line in read("readelf", "-W", "--debug-dump=frames", library).splitlines():
        if match := re.search(r" FDE cie=\S+ pc=([0-9a-f]+)\.\.", line):
            if address is not None:
                yield address, False
            address = int(match[1], 16)
        elif address is not None and (match := re.match(r"\s+Augmentation data:\s+(.*)", line)):
            yield address, any(byte != "00" for byte in match[1].split())
            address = None
    if address is not None:
        yield address, False


def main():
    known = names(sys.argv[1])
    checked, with_cleanup, cleaning = set(), [], 0
    for address, has_table in frames(sys.argv[1]):
        cleaning += has_table
        for name in known.get(address, []):
            if CALLING.match(name):
                checked.add(name)
                if has_table:
                    with_cleanup.append(name)
    for name in with_cleanup:
        print(f"{name} has something to clean up")
    print(f"note: {len(checked)} functions through which calls of the program's own go")
    # Others have tables, so that these are read at all.
    sys.exit(bool(with_cleanup) or not KNOWN <= checked or cleaning == 0)


main()
