/*
 * The names by which code from rustc calls ThreadSanitizer's memcpy and its kind. gcc's library
 * knows them by their C names alone, and sees what these do.
 */
#include <string.h>

void *__tsan_memcpy(void *to, const void *from, size_t len);
void *__tsan_memmove(void *to, const void *from, size_t len);
void *__tsan_memset(void *to, int value, size_t len);

void *__tsan_memcpy(void *to, const void *from, size_t len)
{
    return memcpy(to, from, len);
}

void *__tsan_memmove(void *to, const void *from, size_t len)
{
    return memmove(to, from, len);
}

void *__tsan_memset(void *to, int value, size_t len)
{
    return memset(to, value, len);
}
