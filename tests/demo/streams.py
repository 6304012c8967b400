"""Compresses or inflates a file with Python's zlib module, once for each line it reads.

    streams.py compress|inflate FILE FOLDER

A line is NAME LEVEL WBITS MEMLEVEL STRATEGY DICTIONARY, the last in bytes. compress writes
the stream to FOLDER/NAME and prints the seconds of CPU time that it took; inflate reads it
and prints the seconds, and "same" if it gives FILE. First the program prints zlib's version.
Which zlib that is, the caller decides by LD_PRELOAD. demo.c does the same in C.
"""

import os
import sys
import time
import zlib

# Bytes given to zlib in one call, as programs do that read a file in pieces.
PIECE_BYTES = 65536


def pieces(data):
    return (data[at : at + PIECE_BYTES] for at in range(0, len(data), PIECE_BYTES))


def compress(data, dictionary, path, level, wbits, memory, strategy):
    begin = time.process_time()
    if dictionary:
        stream = zlib.compressobj(level, zlib.DEFLATED, wbits, memory, strategy, dictionary)
    else:
        stream = zlib.compressobj(level, zlib.DEFLATED, wbits, memory, strategy)
    packed = [stream.compress(piece) for piece in pieces(data)]
    packed.append(stream.flush())
    seconds = time.process_time() - begin
    with open(path, "wb") as file:
        file.writelines(packed)
    return f"{seconds:.6f}"


def inflate(data, dictionary, path, _level, wbits, _memory, _strategy):
    with open(path, "rb") as file:
        packed = file.read()
    begin = time.process_time()
    stream = zlib.decompressobj(wbits, zdict=dictionary)
    unpacked = [stream.decompress(piece) for piece in pieces(packed)]
    unpacked.append(stream.flush())
    seconds = time.process_time() - begin
    whole = stream.eof and not stream.unused_data
    return f"{seconds:.6f} {'same' if whole and b''.join(unpacked) == data else 'different'}"


def main():
    work = {"compress": compress, "inflate": inflate}[sys.argv[1]]
    with open(sys.argv[2], "rb") as file:
        data = file.read()
    print(zlib.ZLIB_RUNTIME_VERSION, flush=True)
    for line in sys.stdin:
        name, *numbers = line.split()
        *numbers, dictionary_len = map(int, numbers)
        dictionary = data[len(data) - dictionary_len :]
        path = os.path.join(sys.argv[3], name)
        print(work(data, dictionary, path, *numbers), flush=True)


main()
