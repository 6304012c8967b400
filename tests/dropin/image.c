/* An image to PNG and back through libpng, at all levels and strategies, in memory. */
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 200
#define HEIGHT 150
#define MEMORY (4 * WIDTH * HEIGHT * 3)

static unsigned char image[HEIGHT][WIDTH * 3], got[HEIGHT][WIDTH * 3], memory[MEMORY];
static size_t len, at;

static void put(png_structp png, png_bytep data, png_size_t count)
{
    if (count > MEMORY - len)
        png_error(png, "no room");
    memcpy(memory + len, data, count);
    len += count;
}

static void take(png_structp png, png_bytep data, png_size_t count)
{
    if (count > len - at)
        png_error(png, "no data");
    memcpy(data, memory + at, count);
    at += count;
}

static void flush(png_structp png)
{
    (void)png;
}

static void write_image(int level, int strategy)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    int y;

    len = 0;
    if (setjmp(png_jmpbuf(png)))
        exit(1);
    png_set_write_fn(png, NULL, put, flush);
    png_set_compression_level(png, level);
    png_set_compression_strategy(png, strategy);
    png_set_IHDR(png, info, WIDTH, HEIGHT, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (y = 0; y < HEIGHT; y++)
        png_write_row(png, image[y]);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
}

static void read_image(void)
{
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    int y;

    at = 0;
    if (setjmp(png_jmpbuf(png)))
        exit(2);
    png_set_read_fn(png, NULL, take);
    png_read_info(png, info);
    for (y = 0; y < HEIGHT; y++)
        png_read_row(png, got[y], NULL);
    png_read_end(png, info);
    png_destroy_read_struct(&png, &info, NULL);
}

int main(void)
{
    int x, y, level, strategy;

    for (y = 0; y < HEIGHT; y++)
        for (x = 0; x < WIDTH * 3; x++)
            image[y][x] = (unsigned char)(x * y / 64 ^ (x % 7 == 0 ? rand() : x));
    for (level = 0; level <= 9; level++)
        for (strategy = 0; strategy <= 4; strategy++) {
            write_image(level, strategy);
            memset(got, 0, sizeof(got));
            read_image();
            if (memcmp(got, image, sizeof(image)) != 0)
                return 3;
        }
    return 0;
}
