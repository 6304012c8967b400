/*
 * A program that is linked with the system's libz, as all programs of a distribution are: it uses
 * functions of several of zlib's symbol versions. Declared here, since zlib.h may be missing.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

unsigned long compressBound(unsigned long len);
int compress(unsigned char *to, unsigned long *to_len, const unsigned char *from,
             unsigned long len);
int uncompress2(unsigned char *to, unsigned long *to_len, const unsigned char *from,
                unsigned long *len);
unsigned long crc32_z(unsigned long crc, const unsigned char *data, size_t len);
unsigned long zlibCompileFlags(void);
int inflateCopy(void *to, void *from);
const char *zlibVersion(void);

int main(void)
{
    static unsigned char text[] = "compress this, this, this and this", packed[200], got[200];
    unsigned long packed_len = sizeof(packed), len = sizeof(got), used;

    if (compressBound(sizeof(text)) > sizeof(packed) ||
        compress(packed, &packed_len, text, sizeof(text)) != 0)
        return 1;
    used = packed_len;
    if (uncompress2(got, &len, packed, &used) != 0 || used != packed_len ||
        len != sizeof(text) || memcmp(got, text, len) != 0)
        return 2;
    if (inflateCopy(NULL, NULL) != -2 || zlibCompileFlags() == 0)
        return 3;
    printf("%s %08lx\n", zlibVersion(), crc32_z(0, text, sizeof(text)));
    return 0;
}
