"""Writes gzip and zlib files of all sorts, whole and damaged, for programs that inflate.

    packed.py FILE FOLDER

FOLDER gets, all made of FILE with Python's zlib:
    whole/NAME.gz       gzip files, which give whole/NAME
    whole/zlib          a zlib stream, which gives FILE
    damaged/NAME.gz     gzip files with one wrong byte, cut off, or with more behind their end
"""

import os
import sys
import zlib

# A damaged byte stands behind what gives this many bytes. Up to there zlib's inflateBack may
# take a distance for good that reaches in front of the data, and rzlib does not.
FIRST_WINDOW = 32768
# Bytes of data in a damaged file, and how many files of each kind there are.
DAMAGED_BYTES = 100_000
DAMAGED_COUNT = 60


def gzip_member(data, level=6, strategy=0, flush_every=0, wbits=31):
    stream = zlib.compressobj(level, zlib.DEFLATED, wbits, 8, strategy)
    packed = b""
    if flush_every:
        for at in range(0, len(data), flush_every):
            packed += stream.compress(data[at : at + flush_every])
            packed += stream.flush((zlib.Z_SYNC_FLUSH, zlib.Z_FULL_FLUSH)[at % 2])
    else:
        packed = stream.compress(data)
    return packed + stream.flush()


def with_header(data):
    """A member whose header has all optional fields."""
    flags = 2 | 4 | 8 | 16
    extra = b"\x05\x00extra"
    header = b"\x1f\x8b\x08" + bytes([flags]) + b"\x01\x02\x03\x04\x02\x03"
    header += extra + b"name\x00" + b"comment\x00"
    header += (zlib.crc32(header) & 0xFFFF).to_bytes(2, "little")
    trailer = zlib.crc32(data).to_bytes(4, "little") + len(data).to_bytes(4, "little")
    return header + gzip_member(data, 9, wbits=-15) + trailer


def whole(data):
    """Name, packed bytes and data."""
    for level in 0, 1, 6, 9:
        yield f"level{level}", gzip_member(data, level), data
    for strategy in range(1, 5):
        yield f"strategy{strategy}", gzip_member(data, 6, strategy), data
    yield "flushes", gzip_member(data, 6, 0, 3333), data
    yield "header", with_header(data), data
    yield "empty", gzip_member(b""), b""
    yield "zeros", gzip_member(bytes(1_000_000)), bytes(1_000_000)
    parts = [data[: 1000 * size * size] for size in range(12)]
    members = [gzip_member(part, at % 10) for at, part in enumerate(parts)]
    members.insert(5, with_header(data))
    parts.insert(5, data)
    yield "members", b"".join(members), b"".join(parts)


def first_damage(packed):
    """Where the bytes begin that give what follows the first window."""
    stream = zlib.decompressobj(31)
    given = 0
    for at in range(len(packed)):
        given += len(stream.decompress(packed[at : at + 1]))
        if given > FIRST_WINDOW:
            return at + 1
    raise ValueError("too short")


def damaged(data):
    """Name and packed bytes."""
    for name, part, level in ("text", data, 6), ("code", data[::-1], 1):
        packed = gzip_member(part[:DAMAGED_BYTES], level)
        first = first_damage(packed)
        for count in range(DAMAGED_COUNT):
            at = first + (len(packed) - first) * count // DAMAGED_COUNT
            wrong = bytearray(packed)
            wrong[at] ^= 1 << count % 8
            yield f"{name}_byte{at}", bytes(wrong)
            yield f"{name}_cut{at}", packed[:at]
        # The last bytes are the trailer, the first the header.
        for cut in range(1, 12):
            yield f"{name}_less{cut}", packed[:-cut]
            yield f"{name}_only{cut}", packed[:cut]
        for at in (*range(4), *range(-8, 0)):
            wrong = bytearray(packed)
            wrong[at] ^= 0xFF
            yield f"{name}_wrong{at}", bytes(wrong)
        yield f"{name}_garbage", packed + b"garbage"
        yield f"{name}_half_member", packed * 2 + packed[:1000]


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def main():
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    good, bad = (os.path.join(sys.argv[2], name) for name in ("whole", "damaged"))
    os.makedirs(good)
    os.makedirs(bad)
    for name, packed, unpacked in whole(data):
        write(os.path.join(good, f"{name}.gz"), packed)
        write(os.path.join(good, name), unpacked)
    write(os.path.join(good, "zlib"), zlib.compress(data))
    for name, packed in damaged(data):
        write(os.path.join(bad, f"{name}.gz"), packed)


main()
