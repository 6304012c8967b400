"""Takes zlib's infcover.c from what it knows of the insides of zlib's inflate.

    infcover.py INFCOVER.C OUT.C

infcover.c calls the functions of inflate in the public header, and in a few places reaches
into the state, which only zlib has. Those are changed here as said beside each; all else stays.
Fails if a place is not there exactly once.
"""

import sys

# What is there once, and what comes in its place.
CHANGES = [
    # The internal headers.
    ('#define ZLIB_INTERNAL\n#include "inftrees.h"\n#include "inflate.h"\n', ""),
    # A stream without memory for its window stays so. infcover.c pulls the mode back by hand;
    # here a copy is the one that gets no memory, and the stream goes on.
    (
        "mem_limit(&strm, 1);\n            ret = inflateSetDictionary(&strm, out, 0);",
        "ret = inflateCopy(&copy, &strm);        assert(ret == Z_OK);\n"
        "            mem_limit(&strm, 1);\n"
        "            ret = inflateSetDictionary(&copy, out, 0);",
    ),
    (
        "((struct inflate_state *)strm.state)->mode = DICT;",
        "ret = inflateEnd(&copy);                assert(ret == Z_OK);",
    ),
    # Room for a copy of the state but not of the window, 256 bytes: the state's size is what
    # the stream has besides.
    ("sizeof(struct inflate_state)", "((struct mem_zone *)strm.opaque)->total - 256"),
    # inflateBack with a mode that cannot be: with the mode left alone it gets its input, a
    # whole stream, byte by byte.
    ("    struct inflate_state *state;\n", ""),
    (
        "    state = (void *)((z_stream *)desc)->state;\n"
        "    if (state != Z_NULL)\n"
        "        state->mode = SYNC;     /* force an otherwise impossible situation */\n",
        "",
    ),
    (
        "ret = inflateBack(&strm, pull, &strm, push, Z_NULL);\n"
        "                                                assert(ret == Z_STREAM_ERROR);",
        "ret = inflateBack(&strm, pull, &strm, push, Z_NULL);\n"
        "                                                assert(ret == Z_STREAM_END);",
    ),
    # inflate_table called by itself.
    ("    cover_trees();\n", ""),
]


def without_cover_trees(source):
    begin = source.index("/* cover remaining lines in inftrees.c */")
    return source[:begin] + source[source.index("/* cover remaining inffast.c", begin) :]


def main():
    with open(sys.argv[1]) as file:
        source = without_cover_trees(file.read())
    for old, new in CHANGES:
        if source.count(old) != 1:
            sys.exit(f"not once in {sys.argv[1]}: {old}")
        source = source.replace(old, new)
    with open(sys.argv[2], "w") as file:
        file.write(source)


main()
