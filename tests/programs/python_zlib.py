"""Compresses through Python's zlib module with every parameter and in every manner.

    python_zlib.py FILE     prints a line for each group of streams: their digest

Run with two libraries, it must print the same lines. That one library's streams are
right shows in the other tests; this one is about the module, as programs use it.
"""

import hashlib
import itertools
import sys
import zlib

LEVELS = range(-1, 10)
WBITS = [*range(-15, -8), *range(9, 16), *range(25, 32)]
MEM_LEVELS = range(1, 10)
STRATEGIES = range(5)
FLUSHES = [
    zlib.Z_NO_FLUSH,
    zlib.Z_PARTIAL_FLUSH,
    zlib.Z_SYNC_FLUSH,
    zlib.Z_FULL_FLUSH,
    zlib.Z_BLOCK,
]
# Bytes of a stream: several blocks at the smallest memLevel, and more than a small window.
STREAM_BYTES = 3000
# Bytes of a stream where manners are tried: more than the largest window.
LONG_BYTES = 70_000
DICTIONARY_BYTES = 400


def pieces(data, first):
    """The data in pieces of growing length."""
    while data:
        yield data[:first]
        data, first = data[first:], first * 3 + 1


def parameters(data):
    """Every combination of level, wbits, memLevel and strategy, plain and with a dictionary."""
    dictionary = data[-DICTIONARY_BYTES:]
    for level in LEVELS:
        digest, count = hashlib.sha256(), 0
        for wbits, memory, strategy in itertools.product(WBITS, MEM_LEVELS, STRATEGIES):
            begin = 97 * count % (len(data) - STREAM_BYTES)
            part = data[begin : begin + STREAM_BYTES]
            settings = [(level, zlib.DEFLATED, wbits, memory, strategy)]
            # gzip has no dictionaries.
            if wbits < 16:
                settings.append((*settings[0], dictionary))
            for arguments in settings:
                stream = zlib.compressobj(*arguments)
                digest.update(stream.compress(part) + stream.flush())
                count += 1
        yield f"level {level}, all parameters", digest, count


def manners(data):
    """Flushes between pieces of many sizes, and copies that go on by themselves."""
    data = data[:LONG_BYTES]
    for flush in FLUSHES:
        digest, count = hashlib.sha256(), 0
        for level, wbits, first in itertools.product(LEVELS, (-9, -15, 10, 15, 31), (1, 700)):
            stream = zlib.compressobj(level, zlib.DEFLATED, wbits, 1 + count % 9, count % 5)
            for piece in pieces(data, first):
                digest.update(stream.compress(piece))
                digest.update(stream.flush(flush))
                copy = stream.copy()
                digest.update(copy.compress(data[:100]) + copy.flush())
                count += 1
            digest.update(stream.flush())
            count += 1
        yield f"flush {flush} and copies", digest, count


def one_shot(data):
    """zlib.compress, and the check values."""
    digest = hashlib.sha256()
    for level in LEVELS:
        digest.update(zlib.compress(data, level))
    yield "compress", digest, len(LEVELS)
    digest, count = hashlib.sha256(), 0
    for piece in pieces(data, 1):
        for function in zlib.crc32, zlib.adler32:
            for start in 0, 1, 0xFFFFFFFF, 0x12345678:
                digest.update(b"%d " % function(piece, start))
                count += 1
    yield "crc32 and adler32", digest, count


def main():
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    for group in parameters, manners, one_shot:
        for name, digest, count in group(data):
            print(f"{name}: {count} results, {digest.hexdigest()[:16]}")


main()
