/*
 * Property: memory goes back through the zfree that the stream holds at that moment, with the
 * very pointers that were handed out; those of the default allocator are plain malloc pointers.
 *
 * Guards: fwupd sets zalloc and zfree after init, mono only one of them; zlib-ng kept its own
 * pointers beside malloc's and crashed. opaque is what the stream holds, too.
 */
#include "heap.h"
#include "twin.h"

/* More blocks than a stream has. */
#define MOST_BLOCKS 64

static const unsigned char input[] = "free me, free me, free me";

static size_t freed;
static voidpf freed_with;
static size_t allocated;
static voidpf live_blocks[MOST_BLOCKS];

static voidpf own_alloc(voidpf opaque, uInt items, uInt size)
{
    size_t i;
    voidpf memory = malloc((size_t)items * size);

    (void)opaque;
    allocated++;
    for (i = 0; i < MOST_BLOCKS; i++)
        if (live_blocks[i] == NULL) {
            live_blocks[i] = memory;
            return memory;
        }
    test_abort("more blocks than expected");
    return NULL;
}

/* free() itself checks the pointer: glibc and AddressSanitizer abort on any but malloc's. */
static void own_free(voidpf opaque, voidpf address)
{
    freed_with = opaque;
    freed++;
    free(address);
}

/* Takes only what own_alloc gave. */
static void strict_free(voidpf opaque, voidpf address)
{
    size_t i;

    for (i = 0; i < MOST_BLOCKS; i++)
        if (address != NULL && live_blocks[i] == address) {
            live_blocks[i] = NULL;
            own_free(opaque, address);
            return;
        }
    CHECK(!"zfree got what zalloc did not give");
}

static void use(z_streamp z)
{
    unsigned char out[200];

    z->next_in = (void *)(uintptr_t)input;
    z->avail_in = sizeof(input);
    z->next_out = out;
    z->avail_out = sizeof(out);
    CHECK_INT(deflate(z, Z_FINISH), Z_STREAM_END);
}

static void start(z_streamp z)
{
    memset(z, 0, sizeof(*z));
    freed = 0;
    allocated = 0;
    freed_with = NULL;
}

/* zfree replaced after init: it gets the default allocator's pointers, and all of them. */
static void test_replaced_zfree(void)
{
    int marker, level;
    z_stream z;

    for (level = 0; level <= 9; level++) {
        context("zfree replaced, level %d", level);
        start(&z);
        CHECK_INT(deflateInit(&z, level), Z_OK);
        CHECK(z.zalloc != Z_NULL && z.zfree != Z_NULL);
        CHECK(z.opaque == NULL);
        z.zfree = own_free;
        z.opaque = &marker;
        use(&z);
        CHECK_UINT(freed, 0);
        CHECK_INT(deflateEnd(&z), Z_OK);
        CHECK(freed >= 5);
        CHECK(freed_with == &marker);
    }
}

/* Both replaced after init: a copy is made with the new zalloc, both end with the new zfree. */
static void test_replaced_both(void)
{
    z_stream z, copy;
    int marker;

    context("both replaced");
    start(&z);
    CHECK_INT(deflateInit2(&z, 6, Z_DEFLATED, 31, 4, Z_DEFAULT_STRATEGY), Z_OK);
    z.zalloc = own_alloc;
    z.zfree = own_free;
    z.opaque = &marker;
    CHECK_INT(deflateCopy(&copy, &z), Z_OK);
    CHECK_UINT(allocated, 5);
    copy.zfree = strict_free;
    use(&copy);
    CHECK_INT(deflateEnd(&copy), Z_OK);
    CHECK_UINT(freed, 5);
    use(&z);
    CHECK_INT(deflateEnd(&z), Z_OK);
    CHECK(freed >= 10);
}

/* Only one of the two given to init: the other is the default one. */
static void test_only_one(void)
{
    z_stream z;
    int marker;

    context("only zalloc given");
    start(&z);
    z.zalloc = own_alloc;
    z.opaque = &marker;
    CHECK_INT(deflateInit(&z, 6), Z_OK);
    CHECK(z.zalloc == own_alloc && z.zfree != Z_NULL);
    CHECK(z.opaque == &marker);
    CHECK_UINT(allocated, 5);
    use(&z);
    CHECK_INT(deflateEnd(&z), Z_OK);
    memset(live_blocks, 0, sizeof(live_blocks));

    context("only zfree given");
    start(&z);
    z.zfree = own_free;
    z.opaque = &marker;
    CHECK_INT(deflateInit(&z, 6), Z_OK);
    CHECK(z.zalloc != Z_NULL && z.zfree == own_free);
    /* zlib clears opaque when it fills in zalloc. */
    CHECK(z.opaque == NULL);
    use(&z);
    CHECK_INT(deflateEnd(&z), Z_OK);
    CHECK(freed >= 5);
    CHECK(freed_with == NULL);
}

/* zfree swapped for one that takes exactly what zalloc gave: no pointer was moved or added. */
static void test_exact_pointers(void)
{
    z_stream z;
    int level;

    for (level = 0; level <= 9; level++) {
        size_t i, left = 0;

        context("exact pointers, level %d", level);
        start(&z);
        z.zalloc = own_alloc;
        z.zfree = strict_free;
        CHECK_INT(deflateInit(&z, level), Z_OK);
        use(&z);
        CHECK_INT(deflateReset(&z), Z_OK);
        use(&z);
        CHECK_INT(deflateEnd(&z), Z_OK);
        CHECK_UINT(allocated, 5);
        CHECK_UINT(freed, 5);
        for (i = 0; i < MOST_BLOCKS; i++)
            left += live_blocks[i] != NULL;
        CHECK_UINT(left, 0);
    }
}

/* One of the two taken away after init: every call refuses the stream, as zlib does, and none
 * calls a NULL pointer; given back, the stream goes on. */
static void test_taken_away(void)
{
    int which;

    for (which = 0; which < 2; which++) {
        z_stream z;
        alloc_func zalloc;
        free_func zfree;

        context("%s taken away", which == 0 ? "zalloc" : "zfree");
        start(&z);
        CHECK_INT(deflateInit(&z, 6), Z_OK);
        zalloc = z.zalloc;
        zfree = z.zfree;
        if (which == 0)
            z.zalloc = Z_NULL;
        else
            z.zfree = Z_NULL;
        CHECK_INT(deflate(&z, Z_FINISH), Z_STREAM_ERROR);
        CHECK_INT(deflateReset(&z), Z_STREAM_ERROR);
        CHECK_INT(deflateEnd(&z), Z_STREAM_ERROR);
        z.zalloc = zalloc;
        z.zfree = zfree;
        use(&z);
        CHECK_INT(deflateEnd(&z), Z_OK);
    }
}

/* inflate: the state and the window, with zfree replaced, both replaced, and taken away. */
static void test_inflate(void)
{
    unsigned char in[200], out[200];
    uLong len = sizeof(in);
    z_stream z, copy;
    int marker;

    context("inflate, zfree replaced");
    CHECK_INT(compress(in, &len, input, sizeof(input)), Z_OK);
    start(&z);
    CHECK_INT(inflateInit(&z), Z_OK);
    CHECK(z.zalloc != Z_NULL && z.zfree != Z_NULL);
    z.next_in = in;
    z.avail_in = (uInt)len;
    z.next_out = out;
    z.avail_out = 10;
    CHECK_INT(inflate(&z, Z_NO_FLUSH), Z_OK);
    z.zfree = own_free;
    z.opaque = &marker;
    CHECK_UINT(freed, 0);
    CHECK_INT(inflateReset2(&z, 9), Z_OK);
    CHECK_UINT(freed, 1); /* a window of another size */
    CHECK_INT(inflateEnd(&z), Z_OK);
    CHECK_UINT(freed, 2);
    CHECK(freed_with == &marker);

    context("inflate, both replaced");
    start(&z);
    CHECK_INT(inflateInit(&z), Z_OK);
    z.zalloc = own_alloc;
    z.zfree = own_free;
    z.opaque = &marker;
    z.next_in = in;
    z.avail_in = (uInt)len;
    z.next_out = out;
    z.avail_out = 10;
    CHECK_INT(inflate(&z, Z_NO_FLUSH), Z_OK);
    CHECK_UINT(allocated, 1);
    CHECK_INT(inflateCopy(&copy, &z), Z_OK);
    CHECK_UINT(allocated, 3);
    copy.zfree = strict_free;
    copy.avail_out = 100;
    CHECK_INT(inflate(&copy, Z_NO_FLUSH), Z_STREAM_END);
    CHECK_INT(inflateEnd(&copy), Z_OK);
    CHECK_UINT(freed, 2);
    z.zalloc = Z_NULL;
    CHECK_INT(inflate(&z, Z_NO_FLUSH), Z_STREAM_ERROR);
    CHECK_INT(inflateEnd(&z), Z_STREAM_ERROR);
    z.zalloc = own_alloc;
    CHECK_INT(inflateEnd(&z), Z_OK);
    CHECK_UINT(freed, 4);
    memset(live_blocks, 0, sizeof(live_blocks));
}

int main(void)
{
    test_replaced_zfree();
    test_replaced_both();
    test_only_one();
    test_exact_pointers();
    test_taken_away();
    test_inflate();
    return test_result();
}
