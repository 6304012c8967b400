/* gz files in two libraries side by side (see gz.h). */
#include "gz.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[GZ_PATH_MAX / 4];

static void remove_folder(const char *path)
{
    DIR *entries = opendir(path);
    struct dirent *entry;
    char name[2 * GZ_PATH_MAX];

    while (entries != NULL && (entry = readdir(entries)) != NULL) {
        snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
        unlink(name);
    }
    if (entries != NULL)
        closedir(entries);
    rmdir(path);
}

static void remove_all(void)
{
    char name[GZ_PATH_MAX];
    int side;

    for (side = OURS; side < SIDES; side++) {
        snprintf(name, sizeof(name), "%s/%d", folder, side);
        remove_folder(name);
    }
    rmdir(folder);
}

static void make_folder(void)
{
    char name[GZ_PATH_MAX];
    const char *place = getenv("TMPDIR");
    int side;

    snprintf(folder, sizeof(folder), "%.40s/rzlib-XXXXXX", place == NULL ? "/tmp" : place);
    if (mkdtemp(folder) == NULL)
        test_abort("no temporary folder");
    for (side = OURS; side < SIDES; side++) {
        snprintf(name, sizeof(name), "%s/%d", folder, side);
        if (mkdir(name, 0700) != 0)
            test_abort("no temporary folder");
    }
    atexit(remove_all);
}

const char *gz_path(int side, const char *name)
{
    static char paths[2][GZ_PATH_MAX];
    static int last;

    if (folder[0] == '\0')
        make_folder();
    last = !last;
    snprintf(paths[last], GZ_PATH_MAX, "%s/%d/%s", folder, side, name);
    return paths[last];
}

void gz_put(const char *name, const void *bytes, size_t len)
{
    int side;

    for (side = OURS; side < SIDES; side++) {
        FILE *file = fopen(gz_path(side, name), "wb");

        if (file == NULL || fwrite(bytes, 1, len, file) != len || fclose(file) != 0)
            test_abort("a test file could not be written");
    }
}

unsigned char *gz_get(int side, const char *name, size_t *len)
{
    FILE *file = fopen(gz_path(side, name), "rb");
    struct stat status;
    unsigned char *bytes;

    if (file == NULL || fstat(fileno(file), &status) != 0)
        test_abort("a test file could not be read");
    *len = (size_t)status.st_size;
    bytes = must_alloc(*len);
    if (fread(bytes, 1, *len, file) != *len)
        test_abort("a test file could not be read");
    fclose(file);
    return bytes;
}

/* Decompresses members to the end of in, with the oracle; how many bytes came, -1 if they are no
 * gzip members. */
static long gunzip(unsigned char *in, size_t in_len, unsigned char *out, size_t room)
{
    z_stream z;
    int code = Z_STREAM_END;

    memset(&z, 0, sizeof(z));
    if (inflate_init2(ORACLE, &z, 31) != Z_OK)
        test_abort("inflateInit2 failed");
    z.next_in = in;
    z.avail_in = (uInt)in_len;
    z.next_out = out;
    z.avail_out = (uInt)room;
    while (z.avail_in != 0 && code == Z_STREAM_END) {
        api[ORACLE]->inflateReset(&z);
        code = api[ORACLE]->inflate(&z, Z_FINISH);
    }
    api[ORACLE]->inflateEnd(&z);
    return code == Z_STREAM_END && in_len != 0 ? z.next_out - out : -1;
}

void gz_check_file(const char *name, enum gz_kind kind, const void *want, size_t len)
{
    size_t ours_len, oracle_len;
    unsigned char *ours = gz_get(OURS, name, &ours_len);
    unsigned char *oracle = gz_get(ORACLE, name, &oracle_len);
    unsigned char *plain = must_alloc(len + 1);

    if (CHECK_UINT(ours_len, oracle_len))
        CHECK_MEM(ours, oracle, ours_len);
    if (kind == GZ_PLAIN) {
        if (CHECK_UINT(ours_len, len))
            CHECK_MEM(ours, want, len);
    } else if (CHECK_INT(gunzip(ours, ours_len, plain, len + 1), len)) {
        CHECK_MEM(plain, want, len);
    }
    free(plain);
    free(oracle);
    free(ours);
}

size_t gz_member(const void *bytes, size_t len, int level, unsigned char *out, size_t room)
{
    z_stream z;
    unsigned char *copy = must_alloc(len);
    size_t produced;

    memset(&z, 0, sizeof(z));
    memcpy(copy, bytes, len);
    if (init2(ORACLE, &z, level, 31, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        test_abort("deflateInit2 failed");
    z.next_in = copy;
    z.avail_in = (uInt)len;
    z.next_out = out;
    z.avail_out = (uInt)room;
    if (api[ORACLE]->deflate(&z, Z_FINISH) != Z_STREAM_END)
        test_abort("deflate failed");
    produced = (size_t)(z.next_out - out);
    api[ORACLE]->deflateEnd(&z);
    free(copy);
    return produced;
}

int gz_open(struct gz_twin *t, const char *name, const char *mode)
{
    int side;

    for (side = OURS; side < SIDES; side++) {
        snprintf(t->path[side], GZ_PATH_MAX, "%s", gz_path(side, name));
        t->file[side] = api[side]->gzopen(t->path[side], mode);
    }
    return CHECK_INT(t->file[OURS] != NULL, t->file[ORACLE] != NULL) && t->file[OURS] != NULL;
}

/* The part of a message behind the path, which it begins with; all of it if it has none. */
static const char *behind_path(const struct gz_twin *t, int side, const char *text)
{
    size_t len = strlen(t->path[side]);

    return strncmp(text, t->path[side], len) == 0 ? text + len : text;
}

void gz_compare(const struct gz_twin *t)
{
    const char *text[SIDES];
    int code[SIDES], side;

    for (side = OURS; side < SIDES; side++)
        text[side] = behind_path(t, side, api[side]->gzerror(t->file[side], &code[side]));
    CHECK_INT(code[OURS], code[ORACLE]);
    CHECK_STR(text[OURS], text[ORACLE]);
    CHECK_INT(api[OURS]->gztell(t->file[OURS]), api[ORACLE]->gztell(t->file[ORACLE]));
    CHECK_INT(api[OURS]->gzoffset(t->file[OURS]), api[ORACLE]->gzoffset(t->file[ORACLE]));
    CHECK_INT(api[OURS]->gzeof(t->file[OURS]), api[ORACLE]->gzeof(t->file[ORACLE]));
    CHECK_INT(t->file[OURS]->pos, t->file[ORACLE]->pos);
    CHECK_UINT(t->file[OURS]->have, t->file[ORACLE]->have);
    if (t->file[OURS]->have != 0)
        CHECK_MEM(t->file[OURS]->next, t->file[ORACLE]->next, t->file[OURS]->have);
}

int gz_close(struct gz_twin *t)
{
    int ours = api[OURS]->gzclose(t->file[OURS]);

    CHECK_INT(ours, api[ORACLE]->gzclose(t->file[ORACLE]));
    return ours;
}
