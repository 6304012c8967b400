/* One half of a program that has the library in it twice: here with zlib's names. */
#include <string.h>
#include <zlib.h>

int other_half(const unsigned char *packed, unsigned long len);

int main(void)
{
    static const unsigned char text[] = "packed by one library, unpacked by the other one";
    unsigned char packed[200];
    uLongf len = sizeof(packed);

    if (compress2(packed, &len, text, sizeof(text), 9) != Z_OK)
        return 1;
    return other_half(packed, len);
}
