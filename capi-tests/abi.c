/*
 * Property: our header has zlib 1.3.2's sizes, offsets, constants and version on LP64.
 *
 * Guards: all of these are compiled into programs that were built against zlib.h and then run
 * with us; a wrong one shows only as a crash. The version string must be "1.3.2" to the letter.
 */
#include "util.h"

#include "abi_rows.h"

static void check_rows(void)
{
    size_t i;

    for (i = 0; i < COUNT(abi_rows); i++) {
        context("%s", abi_rows[i].name);
        CHECK_INT(abi_rows[i].got, abi_rows[i].want);
    }
}

static void check_version(void)
{
    context("version");
    CHECK_STR(ZLIB_VERSION, "1.3.2");
    CHECK_INT(ZLIB_VERNUM, 0x1320);
    CHECK_INT(ZLIB_VER_MAJOR, 1);
    CHECK_INT(ZLIB_VER_MINOR, 3);
    CHECK_INT(ZLIB_VER_REVISION, 2);
    CHECK_INT(ZLIB_VER_SUBREVISION, 0);
}

/* What programs compare in #if must be numbers to the preprocessor. */
static void check_preprocessor(void)
{
#if ZLIB_VERNUM < 0x1320 || MAX_WBITS != 15 || MAX_MEM_LEVEL != 9 || Z_NULL != 0
    CHECK(!"preprocessor values");
#endif
#if Z_SYNC_FLUSH != 2 || Z_VERSION_ERROR != -6 || Z_DEFAULT_COMPRESSION != -1 || Z_FIXED != 4
    CHECK(!"preprocessor values");
#endif
#if !defined(Z_BLOCK) || !defined(Z_TREES) || !defined(Z_RLE) || !defined(Z_DEFLATED)
    CHECK(!"preprocessor names");
#endif
#if !defined(deflateInit) || !defined(deflateInit2) || !defined(zlib_version)
    CHECK(!"macros");
#endif
}

int main(void)
{
    if (sizeof(long) != 8 || sizeof(void *) != 8)
        test_skip("the numbers are those of LP64 systems");
    check_rows();
    check_version();
    check_preprocessor();
    return test_result();
}
