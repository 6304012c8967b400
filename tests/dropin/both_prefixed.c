/* The other half: with a prefix before all names, macros included. */
#include <string.h>

#include "rzlib.h"

int other_half(const unsigned char *packed, unsigned long len);

int other_half(const unsigned char *packed, unsigned long len)
{
    unsigned char text[200];
    z_stream z;

    memset(&z, 0, sizeof(z));
    if (rz_inflateInit(&z) != Z_OK)
        return 2;
    z.next_in = (unsigned char *)packed;
    z.avail_in = (uInt)len;
    z.next_out = text;
    z.avail_out = sizeof(text);
    if (rz_inflate(&z, Z_FINISH) != Z_STREAM_END || rz_inflateEnd(&z) != Z_OK)
        return 3;
    return strcmp((const char *)text, "packed by one library, unpacked by the other one") == 0 ? 0
                                                                                               : 4;
}
