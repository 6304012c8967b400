/*
 * The numbers a program compiled against zlib.h has inside it: sizes, offsets and constants.
 *
 * Included after either our header or the system's zlib.h. The last column is zlib 1.3.2's value
 * on LP64 systems. What differs between versions of zlib stands in abi.c.
 */
struct abi_row {
    const char *name;
    long got;
    long want;
};

#define SIZE(type, want) {"sizeof(" #type ")", (long)sizeof(type), want}
#define OFFSET(type, field, want) {#type "." #field, (long)offsetof(type, field), want}
#define WIDTH(type, field, want) \
    {"sizeof " #type "." #field, (long)sizeof(((type *)0)->field), want}
#define UNSIGNED(type) {#type " is unsigned", (type)-1 > (type)0, 1}
#define SIGNED(type) {#type " is signed", (type)-1 < (type)0, 1}
#define VALUE(constant, want) {#constant, (long)(constant), want}

static const struct abi_row abi_rows[] = {
    SIZE(Byte, 1), SIZE(Bytef, 1), SIZE(charf, 1), SIZE(intf, 4), SIZE(uInt, 4), SIZE(uIntf, 4),
    SIZE(uLong, 8), SIZE(uLongf, 8), SIZE(voidp, 8), SIZE(voidpc, 8), SIZE(voidpf, 8),
    SIZE(z_size_t, 8), SIZE(z_crc_t, 4), SIZE(z_off_t, 8), SIZE(z_off64_t, 8),
    SIZE(alloc_func, 8), SIZE(free_func, 8), SIZE(in_func, 8), SIZE(out_func, 8),
    SIZE(z_streamp, 8), SIZE(gz_headerp, 8),
    UNSIGNED(Byte), UNSIGNED(uInt), UNSIGNED(uLong), UNSIGNED(z_size_t), UNSIGNED(z_crc_t),
    SIGNED(z_off_t), SIGNED(z_off64_t),

    SIZE(z_stream, 112), SIZE(struct z_stream_s, 112),
    OFFSET(z_stream, next_in, 0), OFFSET(z_stream, avail_in, 8), OFFSET(z_stream, total_in, 16),
    OFFSET(z_stream, next_out, 24), OFFSET(z_stream, avail_out, 32),
    OFFSET(z_stream, total_out, 40), OFFSET(z_stream, msg, 48), OFFSET(z_stream, state, 56),
    OFFSET(z_stream, zalloc, 64), OFFSET(z_stream, zfree, 72), OFFSET(z_stream, opaque, 80),
    OFFSET(z_stream, data_type, 88), OFFSET(z_stream, adler, 96), OFFSET(z_stream, reserved, 104),
    WIDTH(z_stream, avail_in, 4), WIDTH(z_stream, total_in, 8), WIDTH(z_stream, avail_out, 4),
    WIDTH(z_stream, total_out, 8), WIDTH(z_stream, data_type, 4), WIDTH(z_stream, adler, 8),
    WIDTH(z_stream, reserved, 8),

    SIZE(struct gzFile_s, 24), SIZE(gzFile, 8),
    OFFSET(struct gzFile_s, have, 0), OFFSET(struct gzFile_s, next, 8),
    OFFSET(struct gzFile_s, pos, 16),
    SIZE(gz_header, 80), SIZE(struct gz_header_s, 80),
    OFFSET(gz_header, text, 0), OFFSET(gz_header, time, 8), OFFSET(gz_header, xflags, 16),
    OFFSET(gz_header, os, 20), OFFSET(gz_header, extra, 24), OFFSET(gz_header, extra_len, 32),
    OFFSET(gz_header, extra_max, 36), OFFSET(gz_header, name, 40), OFFSET(gz_header, name_max, 48),
    OFFSET(gz_header, comment, 56), OFFSET(gz_header, comm_max, 64), OFFSET(gz_header, hcrc, 68),
    OFFSET(gz_header, done, 72),
    WIDTH(gz_header, text, 4), WIDTH(gz_header, time, 8), WIDTH(gz_header, xflags, 4),
    WIDTH(gz_header, os, 4), WIDTH(gz_header, hcrc, 4), WIDTH(gz_header, done, 4),

    VALUE(Z_NO_FLUSH, 0), VALUE(Z_PARTIAL_FLUSH, 1), VALUE(Z_SYNC_FLUSH, 2),
    VALUE(Z_FULL_FLUSH, 3), VALUE(Z_FINISH, 4), VALUE(Z_BLOCK, 5), VALUE(Z_TREES, 6),
    VALUE(Z_OK, 0), VALUE(Z_STREAM_END, 1), VALUE(Z_NEED_DICT, 2), VALUE(Z_ERRNO, -1),
    VALUE(Z_STREAM_ERROR, -2), VALUE(Z_DATA_ERROR, -3), VALUE(Z_MEM_ERROR, -4),
    VALUE(Z_BUF_ERROR, -5), VALUE(Z_VERSION_ERROR, -6),
    VALUE(Z_NO_COMPRESSION, 0), VALUE(Z_BEST_SPEED, 1), VALUE(Z_BEST_COMPRESSION, 9),
    VALUE(Z_DEFAULT_COMPRESSION, -1),
    VALUE(Z_FILTERED, 1), VALUE(Z_HUFFMAN_ONLY, 2), VALUE(Z_RLE, 3), VALUE(Z_FIXED, 4),
    VALUE(Z_DEFAULT_STRATEGY, 0),
    VALUE(Z_BINARY, 0), VALUE(Z_TEXT, 1), VALUE(Z_ASCII, 1), VALUE(Z_UNKNOWN, 2),
    VALUE(Z_DEFLATED, 8), VALUE(Z_NULL, 0), VALUE(MAX_WBITS, 15), VALUE(MAX_MEM_LEVEL, 9),
};
