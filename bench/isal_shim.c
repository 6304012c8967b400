/*
 * ISA-L behind functions without its structures, for the benchmark: zlib streams, in pieces of
 * `chunk` bytes in and out. Each returns how many bytes it made, -1 for an error.
 */
#include <stdint.h>
#include <stdlib.h>

#include <crc.h>
#include <igzip_lib.h>

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

long bench_isal_compress(int level, const uint8_t *in, size_t in_len, uint8_t *out, size_t out_len,
                         size_t chunk)
{
    static const uint32_t sizes[] = {ISAL_DEF_LVL0_DEFAULT, ISAL_DEF_LVL1_DEFAULT,
                                     ISAL_DEF_LVL2_DEFAULT, ISAL_DEF_LVL3_DEFAULT};
    struct isal_zstream *z = malloc(sizeof(*z));
    size_t read = 0, wrote = 0;
    long result = -1;

    if (z == NULL || level < 0 || level > 3)
        goto end;
    isal_deflate_init(z);
    z->level = (uint32_t)level;
    z->level_buf_size = sizes[level];
    z->level_buf = malloc(z->level_buf_size);
    z->gzip_flag = IGZIP_ZLIB;
    if (z->level_buf == NULL)
        goto end;
    do {
        z->next_in = (uint8_t *)in + read;
        z->avail_in = (uint32_t)least(chunk, in_len - read);
        read += z->avail_in;
        z->end_of_stream = read == in_len;
        do {
            size_t room = least(chunk, out_len - wrote);

            z->next_out = out + wrote;
            z->avail_out = (uint32_t)room;
            if (isal_deflate(z) != COMP_OK)
                goto end;
            wrote += room - z->avail_out;
        } while (z->avail_out == 0);
    } while (z->internal_state.state != ZSTATE_END);
    result = (long)wrote;
end:
    if (z != NULL)
        free(z->level_buf);
    free(z);
    return result;
}

long bench_isal_decompress(const uint8_t *in, size_t in_len, uint8_t *out, size_t out_len,
                           size_t chunk)
{
    struct inflate_state *z = malloc(sizeof(*z));
    size_t read = 0, wrote = 0;
    long result = -1;

    if (z == NULL)
        return -1;
    isal_inflate_init(z);
    z->crc_flag = IGZIP_ZLIB;
    while (z->block_state != ISAL_BLOCK_FINISH) {
        z->next_in = (uint8_t *)in + read;
        z->avail_in = (uint32_t)least(chunk, in_len - read);
        read += z->avail_in;
        do {
            size_t room = least(chunk, out_len - wrote);

            z->next_out = out + wrote;
            z->avail_out = (uint32_t)room;
            if (isal_inflate(z) != ISAL_DECOMP_OK)
                goto end;
            wrote += room - z->avail_out;
        } while (z->avail_out == 0 && z->block_state != ISAL_BLOCK_FINISH);
    }
    result = (long)wrote;
end:
    free(z);
    return result;
}

uint32_t bench_isal_crc32(uint32_t crc, const uint8_t *data, uint64_t len)
{
    return crc32_gzip_refl(crc, data, len);
}
