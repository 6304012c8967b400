/*
 * Property: zlibVersion, zlibCompileFlags and zError answer as zlib 1.3.2 does.
 *
 * Programs compare the version with ZLIB_VERSION as a whole (CPython's tests do); a suffix
 * breaks them. The flags tell the sizes of types that the program was compiled against.
 */
#include "twin.h"

/* Flags of zlib on x86-64: uInt 4, uLong 8, voidpf 8, z_off_t 8 bytes (2 bits each: 1, 2, 2, 2). */
#define FLAGS_LP64 0xa9

static void check_versions(void)
{
    CHECK_STR(zlibVersion(), "1.3.2");
    CHECK_STR(zlibVersion(), ZLIB_VERSION);
    CHECK_STR(zlib_version, ZLIB_VERSION);
    CHECK(zlibVersion() == zlibVersion());
}

static void check_flags(void)
{
    uLong flags = zlibCompileFlags();

    CHECK_UINT(flags, api[ORACLE]->zlibCompileFlags());
    if (sizeof(uLong) == 8 && sizeof(voidpf) == 8 && sizeof(z_off_t) == 8)
        CHECK_UINT(flags, FLAGS_LP64);
}

static void check_messages(void)
{
    /* zError(2) first, as zlib numbers its texts: from Z_NEED_DICT down to Z_VERSION_ERROR. */
    static const char *const texts[] = {
        "need dictionary", "stream end",   "",
        "file error",      "stream error", "data error",
        "insufficient memory", "buffer error", "incompatible version"};
    int code;

    for (code = -10; code <= 10; code++) {
        context("zError(%d)", code);
        CHECK_STR(zError(code), api[ORACLE]->zError(code));
        CHECK_STR(zError(code), code >= Z_VERSION_ERROR && code <= Z_NEED_DICT
                                    ? texts[Z_NEED_DICT - code]
                                    : "");
    }
    context("zError of the extremes");
    CHECK_STR(zError(2147483647), "");
    CHECK_STR(zError(-2147483647 - 1), "");
}

int main(void)
{
    oracle_open();
    check_versions();
    check_flags();
    check_messages();
    return test_result();
}
