/* A program of somebody who never heard of rzlib, but for what it prints at the end. */
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#ifdef WITH_OTHER
unsigned long other_library(unsigned long number);
#endif

int main(void)
{
    static const Bytef text[] = "some text, some text, some text";
    Bytef packed[100], got[100];
    uLongf packed_len = sizeof(packed), len = sizeof(got);

    if (compress(packed, &packed_len, text, sizeof(text)) != Z_OK ||
        uncompress(got, &len, packed, packed_len) != Z_OK || len != sizeof(text) ||
        memcmp(got, text, len) != 0)
        return 1;
#ifdef WITH_OTHER
    if (other_library(20) != 210)
        return 1;
#endif
    printf("compiled with %s, runs on %s of %s\n", ZLIB_VERSION, zlibVersion(),
           rz_version() != NULL ? "rzlib" : "?");
    return 0;
}
