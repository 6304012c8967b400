"""Compresses or decompresses a file with Python's zlib module.

    stream.py FILE WORK PIECE TIMES

WORK is a level, or "inflate"; PIECE is how many bytes each call gets. Does it TIMES times, and
prints the sum of the results' lengths. stream.rb, stream.php and stream.pl do the same.
"""

import sys
import zlib


def main():
    path, work, piece, times = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    with open(path, "rb") as file:
        data = file.read()
    total = 0
    for _ in range(times):
        if work == "inflate":
            stream = zlib.decompressobj()
            give = stream.decompress
        else:
            stream = zlib.compressobj(int(work))
            give = stream.compress
        for at in range(0, len(data), piece):
            total += len(give(data[at : at + piece]))
        total += len(stream.flush())
    print(total)


main()
