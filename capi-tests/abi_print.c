/* Prints sizes, offsets and constants of our header, or of the system's (see abi_system.sh). */
#include <stddef.h>
#include <stdio.h>

#ifdef SYSTEM_ZLIB
#include <zlib.h>
#else
#include "rzlib.h"
#endif

#include "abi_rows.h"

int main(void)
{
    size_t i;

    for (i = 0; i < sizeof(abi_rows) / sizeof(abi_rows[0]); i++)
        printf("%s %ld\n", abi_rows[i].name, abi_rows[i].got);
    return 0;
}
