/*
 * Property: gzprintf and gzvprintf write what snprintf gives, and return its length; a text must
 * be shorter than the buffer, or nothing is written and 0 returned, as in zlib 1.3.2.
 *
 * Guards: arguments of all kinds, more than there are registers for (gzprintf has to find them
 * itself, see src/ffi/gzprintf.rs), long double among them; texts of the buffer's length - 1, the
 * length and more, at each fill of the buffer; zero bytes in a text; a format that fails.
 */
#include "gz.h"

#include <stdarg.h>
#include <wchar.h>

static char text[200000];
static size_t text_len;

/* Adds what snprintf makes of the arguments to the text that is expected. */
#define EXPECT(...)                                                                            \
    (text_len += (size_t)snprintf(text + text_len, sizeof(text) - text_len, __VA_ARGS__))

/* The same call on both files, and the text it must give. */
#define PRINT(t, ...)                                                                          \
    do {                                                                                       \
        size_t before_ = text_len;                                                             \
        EXPECT(__VA_ARGS__);                                                                   \
        GZ_CHECK(t, f->gzprintf(g, __VA_ARGS__), text_len - before_);                          \
    } while (0)

static void check_arguments(void)
{
    struct gz_twin t;
    int i, n = 0, m = 0;

    context("arguments");
    CHECK(gz_open(&t, "file", "w"));
    text_len = 0;
    PRINT(&t, "no arguments %%\n");
    PRINT(&t, "%d", 1);
    PRINT(&t, "%d %d %d %d %d %d %d %d %d %d\n", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    PRINT(&t, "%g", 1.5);
    PRINT(&t, "%g %g %g %g %g %g %g %g %g %g %g %g\n", 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5,
          9.5, 10.5, 11.5, 12.5);
    PRINT(&t, "%s %c %ld %llx %zu %hhd %p %5.3f|%-8s|%08d|%+d\n", "text", 'c', -5L,
          0x123456789abcdefULL, (size_t)77, 'x', (void *)text, 3.14159, "left", 42, 7);
    PRINT(&t, "%d %g %d %g %d %g %d %g %d %g %d %g %d %g %d %g %d %g %d %g\n", 1, 1.25, 2, 2.25,
          3, 3.25, 4, 4.25, 5, 5.25, 6, 6.25, 7, 7.25, 8, 8.25, 9, 9.25, 10, 10.25);
    PRINT(&t, "%Lg %d %Lg %g %Lg %d\n", 1.125L, 1, 2.125L, 2.5, 3.125L, 3);
    PRINT(&t, "%d %d %d %d %Lg %d %Lg %g\n", 1, 2, 3, 4, 5.125L, 6, 7.125L, 8.5);
    PRINT(&t, "%*d|%-*.*f|%.*s\n", 10, 5, 12, 3, 2.71828, 3, "abcdef");
    PRINT(&t, "%ls\n", L"wide");
    GZ_CHECK(&t, f->gzprintf(g, "%d%n%s%n", 12345, &n, "ab", &m), 7);
    EXPECT("12345ab");
    CHECK_INT(n, 5);
    CHECK_INT(m, 7);
    GZ_CHECK(&t, f->gzprintf(g, ""), 0);
    GZ_CHECK(&t, f->gzprintf(g, "%s", ""), 0);
    for (i = 0; i < 3000; i++)
        PRINT(&t, "line %d of %s, %g\n", i, "many", i / 8.0);
    CHECK_INT(gz_close(&t), Z_OK);
    gz_check_file("file", GZ_COMPRESSED, text, text_len);
}

/* Calls gzvprintf of one side, and checks that it left the list where vsnprintf does. */
static int print_list(int side, gzFile g, const char *format, ...)
{
    va_list list;
    int result;

    va_start(list, format);
    result = api[side]->gzvprintf(g, format, list);
    va_end(list);
    return result;
}

static void check_list(void)
{
    struct gz_twin t;
    int side;

    context("gzvprintf");
    CHECK(gz_open(&t, "file", "wT"));
    for (side = OURS; side < SIDES; side++) {
        CHECK_INT(print_list(side, t.file[side], "%d %g %s %d %d %d %d %Lg\n", 1, 2.5, "three", 4,
                             5, 6, 7, 8.5L), 24);
        CHECK_INT(print_list(side, t.file[side], "nothing\n"), 8);
        CHECK_INT(print_list(side, NULL, "%d", 1), Z_STREAM_ERROR);
    }
    CHECK_INT(gz_close(&t), Z_OK);
    gz_check_file("file", GZ_PLAIN, "1 2.5 three 4 5 6 7 8.5\nnothing\n", 32);
}

/* Texts around the buffer's size, with `filled` bytes in the buffer. */
static void check_sizes(unsigned size, unsigned filled, const char *mode)
{
    static const int around[] = {-9, -2, -1, 0, 1, 2, 5000};
    struct gz_twin t;
    unsigned i;
    size_t k;

    for (k = 0; k < COUNT(around); k++) {
        int len = (int)size + around[k];

        if (len <= 0)
            continue;
        context("text of %d bytes in a buffer of %u with %u, mode %s", len, size, filled, mode);
        CHECK(gz_open(&t, "file", mode));
        GZ_CHECK(&t, f->gzbuffer(g, size), 0);
        text_len = 0;
        for (i = 0; i < filled; i++) {
            GZ_CHECK(&t, f->gzputc(g, 'f'), 'f');
            text[text_len++] = 'f';
        }
        if (around[k] < 0) {
            PRINT(&t, "%*d", len, 1);
            PRINT(&t, "%-*d", len, 2);
            PRINT(&t, "%s", "!");
        } else {
            GZ_CHECK(&t, f->gzprintf(g, "%*d", len, 1), 0);
            GZ_CHECK(&t, f->gztell(g), filled);
            PRINT(&t, "%s", "!");
        }
        CHECK_INT(gz_close(&t), Z_OK);
        gz_check_file("file", strchr(mode, 'T') ? GZ_PLAIN : GZ_COMPRESSED, text, text_len);
    }
}

/* Zero bytes are part of the text; a character that cannot be encoded makes vsnprintf fail. */
static void check_odd(void)
{
    struct gz_twin t;

    context("odd texts");
    CHECK(gz_open(&t, "file", "w"));
    GZ_CHECK(&t, f->gzprintf(g, "a%cb%c", 0, 0), 4);
    GZ_CHECK(&t, f->gzprintf(g, "%lc", (wint_t)0xdfff), 0);
    GZ_CHECK(&t, f->gztell(g), 4);
    /* A seek that waits is done first. */
    GZ_CHECK(&t, f->gzseek(g, 2, SEEK_CUR), 6);
    GZ_CHECK(&t, f->gzprintf(g, "%s", "end"), 3);
    CHECK_INT(gz_close(&t), Z_OK);
    gz_check_file("file", GZ_COMPRESSED, "a\0b\0\0\0end", 9);
}

int main(void)
{
    static const unsigned sizes[] = {1, 8, 9, 100, 8192};
    size_t i;

    oracle_open();
    check_arguments();
    check_list();
    check_odd();
    for (i = 0; i < COUNT(sizes); i++) {
        /* Less than 8 become 8. */
        unsigned size = sizes[i] < 8 ? 8 : sizes[i];

        check_sizes(size, 0, "w");
        check_sizes(size, 1, "w");
        check_sizes(size, size / 2, "w0");
        check_sizes(size, size - 1, "w");
        check_sizes(size, size, "w1");
        check_sizes(size, size - 1, "wT");
        check_sizes(size, size, "wT");
        check_sizes(size, size + 1, "w");
    }
    return test_result();
}
