/*
 * What the drop-in says of its frames to an exception that passes through them (dropin.sh puts it
 * there): go on. Exceptions are of others, such as a zalloc in C++ that throws; rzlib's own
 * functions have nothing to clean up, because its panics abort, and they alone call such
 * functions, none of the standard library does. That library's function for this would bring a
 * copy of gcc's unwinder, 20 KB.
 */
/* _URC_CONTINUE_UNWIND of the Itanium C++ ABI. */
#define CONTINUE_UNWIND 8
#if defined(__x86_64__)
    .text
    mov $CONTINUE_UNWIND, %eax
    ret
#elif defined(__aarch64__)
    .text
    mov w0, #CONTINUE_UNWIND
    ret
#else
#error "no personality for this machine: dropin.sh leaves the standard library's in place"
#endif
