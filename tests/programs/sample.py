"""Writes a file of real data that any machine with Python can put together.

    sample.py OUT BYTES

Three quarters are text, the sources of Python's standard library in the order of their
paths; the rest is machine code, from the largest file that the interpreter has loaded. So
one machine always makes the same file. Where there are fewer sources, it is shorter.
"""

import os
import sys
import sysconfig


def sources():
    top = sysconfig.get_path("stdlib")
    for folder, folders, files in os.walk(top):
        folders[:] = sorted(set(folders) - {"test", "site-packages", "dist-packages"})
        for name in sorted(files):
            if name.endswith(".py"):
                yield os.path.join(folder, name)


def loaded_files():
    """Files that this process has mapped: the interpreter, its libraries, libc."""
    with open("/proc/self/maps") as maps:
        paths = {line[line.index("/") :].rstrip("\n") for line in maps if "/" in line}
    return sorted(filter(os.path.isfile, paths))


def take(paths, count):
    data = b""
    for path in paths:
        if len(data) >= count:
            break
        with open(path, "rb") as file:
            data += file.read(count - len(data))
    return data


def main():
    out, count = sys.argv[1], int(sys.argv[2])
    data = take(sources(), count * 3 // 4)
    with open(max(loaded_files(), key=os.path.getsize), "rb") as program:
        # The code is in the middle, between tables.
        program.seek(os.path.getsize(program.name) // 4)
        data += program.read(count - len(data))
    with open(out, "wb") as file:
        file.write(data)


main()
