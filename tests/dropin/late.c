/*
 * Compresses and decompresses after the library's own end, in the program's last destructor: a
 * stream that has lived since main, and a new one. Linked statically, because the destructors of a
 * program end before those of its shared libraries begin.
 */
#include "rzlib.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DATA_LEN 200000
#define ROOM 300000

static unsigned char data[DATA_LEN], packed[ROOM], again[ROOM], back[DATA_LEN];
static z_stream from_main, late;

static void fail(const char *what)
{
    fprintf(stderr, "%s\n", what);
    _exit(1);
}

static int go_on(z_streamp z, size_t len, int flush)
{
    z->next_in = data + z->total_in;
    z->avail_in = (uInt)len;
    return deflate(z, flush);
}

static void begin(z_streamp z, unsigned char *to)
{
    if (deflateInit(z, 6) != Z_OK)
        fail("init");
    z->next_out = to;
    z->avail_out = ROOM;
    if (go_on(z, DATA_LEN / 2, Z_NO_FLUSH) != Z_OK)
        fail("the first half");
}

__attribute__((destructor(101))) static void last(void)
{
    uLongf len = DATA_LEN;

    if (rz_table_memory() != 0)
        fail("the library's end was not before this: this shows nothing");
    if (go_on(&from_main, DATA_LEN / 2, Z_FINISH) != Z_STREAM_END)
        fail("the second half");
    begin(&late, again);
    if (go_on(&late, DATA_LEN / 2, Z_FINISH) != Z_STREAM_END || rz_table_memory() != 0)
        fail("a new stream");
    if (late.total_out != from_main.total_out || memcmp(packed, again, late.total_out) != 0)
        fail("the streams differ");
    if (uncompress(back, &len, packed, from_main.total_out) != Z_OK || len != DATA_LEN ||
        memcmp(back, data, DATA_LEN) != 0)
        fail("the data did not come back");
    if (deflateEnd(&from_main) != Z_OK || deflateEnd(&late) != Z_OK)
        fail("end");
    if (write(1, "late\n", 5) != 5)
        fail("write");
}

int main(void)
{
    size_t i;

    for (i = 0; i < DATA_LEN; i++)
        data[i] = (unsigned char)(i * i >> 9 ^ i / 100);
    begin(&from_main, packed);
    if (rz_table_memory() == 0)
        fail("the stream needed no memory of the library: this shows nothing");
    return 0;
}
