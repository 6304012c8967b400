"""Inflates through Python's zlib module: every wbits, every manner, and all that can be wrong.

    python_inflate.py FILE            prints a line for each group of calls: their digest
    python_inflate.py FILE GROUP      prints what each call of that group gave

Run with two libraries, it must print the same lines. The streams are made by the same
library; python_zlib.py and the other tests show that those are the same.
"""

import hashlib
import itertools
import sys
import zlib

# As inflate takes them: raw, from the header, zlib, gzip, zlib or gzip.
WBITS = [*range(-16, -7), 0, *range(7, 17), *range(23, 33), *range(39, 49)]
# A stream is made for each of these, and given to all of the above.
STREAM_WBITS = [-9, -12, -15, 9, 12, 15, 25, 31]
# Bytes of data in a stream: more than the largest window.
DATA_BYTES = 50_000
DICTIONARY_BYTES = 3000
# Sizes of pieces of input and limits of output; 0 is all at once, without a limit.
PIECES = [0, 1, 7, 1000]
LIMITS = [0, 1, 100, 40_000]


def streams(data):
    """Name, wbits, packed bytes and dictionary, at all levels and strategies in turn."""
    for count, (wbits, kind) in enumerate(itertools.product(STREAM_WBITS, range(3))):
        dictionary = data[-DICTIONARY_BYTES:] if kind == 1 and wbits < 16 else b""
        level, strategy = count % 10, count % 5
        arguments = [level, zlib.DEFLATED, wbits, 1 + count % 9, strategy]
        stream = zlib.compressobj(*arguments, *([dictionary] if dictionary else []))
        packed = stream.compress(data[:DATA_BYTES])
        # One has several blocks, and an empty one between them.
        if kind == 2:
            packed += stream.flush(zlib.Z_FULL_FLUSH) + stream.compress(data[: DATA_BYTES // 9])
        yield wbits, packed + stream.flush(), dictionary


def digest(data):
    return f"{len(data)}:{hashlib.sha256(data).hexdigest()[:12]}"


def state(stream):
    return f"{stream.eof} {digest(stream.unused_data)} {digest(stream.unconsumed_tail)}"


def attempt(function, *arguments, **named):
    """What the call gave, or the words of its error."""
    try:
        return digest(function(*arguments, **named))
    except (zlib.error, ValueError) as error:
        return f"{type(error).__name__}: {error}"


def decompress_all_wbits(data):
    """zlib.decompress of every stream with every wbits, and first sizes of its buffer."""
    for (_, packed, _), wbits in itertools.product(list(streams(data)), WBITS):
        yield attempt(zlib.decompress, packed, wbits)
    for wbits, packed, _ in streams(data):
        for bufsize in 0, 1, 2, 100, DATA_BYTES, 1_000_000:
            yield attempt(zlib.decompress, packed, wbits, bufsize)
        yield attempt(zlib.decompress, packed + b"more", wbits)
        yield attempt(zlib.decompress, packed[:-5], wbits)
        yield attempt(zlib.decompress, b"", wbits)


def objects_all_wbits(data):
    """decompressobj of every stream with every wbits, with and without its dictionary."""
    for (_, packed, dictionary), wbits in itertools.product(list(streams(data)), WBITS):
        for named in {}, {"zdict": dictionary}, {"zdict": data[:100]}:
            try:
                stream = zlib.decompressobj(wbits, **named)
            except (zlib.error, ValueError) as error:
                yield f"{error}"
                continue
            yield attempt(stream.decompress, packed)
            yield attempt(stream.flush)
            yield state(stream)


def in_pieces(data):
    """Pieces of input and limits of output; what the limits left over is given again."""
    for (wbits, packed, dictionary), piece, limit in itertools.product(
        list(streams(data)), PIECES, LIMITS
    ):
        # The slowest of them need no more than this.
        source = packed[: 600 if 1 in (piece, limit) else None] + b"behind the end"
        stream = zlib.decompressobj(wbits, zdict=dictionary)
        given, out = 0, []
        while not stream.eof and (given < len(source) or stream.unconsumed_tail):
            step = source[given : given + piece] if piece else source[given:]
            given += len(step)
            out.append(attempt(stream.decompress, stream.unconsumed_tail + step, limit))
            out.append(state(stream))
            if len(out) > 4000:
                break
        out.append(attempt(stream.flush))
        yield f"{piece} {limit} {len(out)} {digest(' '.join(out).encode())} {state(stream)}"


def copies(data):
    """A copy goes on by itself, and so does the stream it was made of."""
    for wbits, packed, dictionary in streams(data):
        stream = zlib.decompressobj(wbits, zdict=dictionary)
        for at in range(0, len(packed), 1 + len(packed) // 20):
            copy = stream.copy()
            yield attempt(copy.decompress, packed[at : at + 5000], 3000)
            second = copy.copy()
            yield attempt(copy.flush) + attempt(second.flush, 10)
            yield state(copy) + state(second)
            yield attempt(stream.decompress, packed[at : at + 1 + len(packed) // 20])
        yield attempt(stream.flush)
        yield state(stream)


def damaged(data):
    """A wrong byte somewhere: what still comes out, piece by piece, and the words of the error."""
    for wbits, packed, dictionary in streams(data):
        for count in range(60):
            at = count if count < 20 else len(packed) * count // 60
            wrong = bytearray(packed)
            wrong[at] ^= 1 << count % 8
            stream = zlib.decompressobj(wbits, zdict=dictionary)
            out = []
            for begin in range(0, len(wrong), 500):
                out.append(attempt(stream.decompress, bytes(wrong[begin : begin + 500])))
                if out[-1].startswith("error"):
                    break
            yield f"{at} {out[-1]} {digest(' '.join(out).encode())} {state(stream)}"


GROUPS = [decompress_all_wbits, objects_all_wbits, in_pieces, copies, damaged]


def main():
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    for group in GROUPS:
        if len(sys.argv) > 2:
            if group.__name__ == sys.argv[2]:
                print(*group(data), sep="\n")
            continue
        results = list(group(data))
        errors = sum("rror" in result for result in results)
        whole = digest("\n".join(results).encode())
        print(f"{group.__name__}: {len(results)} results, {errors} of them errors, {whole}")


main()
