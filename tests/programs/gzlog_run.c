/*
 * Keeps a log with zlib's gzlog.c: gzlog_run LOG FILE writes the file's lines to LOG.gz, some by
 * some, and has it compressed now and then.
 */
#include <stdio.h>
#include <string.h>

#include "gzlog.h"

/* Lines between two compressions that are asked for. */
#define LINES 20

int main(int argc, char **argv)
{
    char line[4096];
    unsigned long count = 0;
    gzlog *log;
    FILE *file;

    if (argc != 3 || (file = fopen(argv[2], "r")) == NULL ||
        (log = gzlog_open(argv[1])) == NULL) {
        fprintf(stderr, "usage: gzlog_run LOG FILE\n");
        return 2;
    }
    while (fgets(line, sizeof(line), file) != NULL) {
        int code = gzlog_write(log, line, strlen(line));

        if (code == 0 && ++count % LINES == 0)
            code = gzlog_compress(log);
        if (code != 0) {
            fprintf(stderr, "gzlog: %d at line %lu\n", code, count);
            return 1;
        }
    }
    fclose(file);
    return gzlog_close(log) == 0 ? 0 : 1;
}
