/*
 * How exceptions pass through the drop-in (dropin.sh links this in place of the standard library's):
 * its frames have nothing to clean up, so whoever asks is told to go on.
 *
 * Exceptions are of others, such as a zalloc in C++ that throws, and the frames that they pass
 * through are plain ones (tests/dropin/frames.py); panics abort (panic.S). The standard library's
 * functions would bring a copy of gcc's unwinder, 20 KB.
 */
/* _URC_CONTINUE_UNWIND of the Itanium C++ ABI. */
#define CONTINUE_UNWIND 8

    .section .text.rust_eh_personality, "ax", %progbits
    .globl rust_eh_personality
    .type rust_eh_personality, %function
rust_eh_personality:
#if defined(__x86_64__)
    mov $CONTINUE_UNWIND, %eax
    ret
#elif defined(__aarch64__)
    mov w0, #CONTINUE_UNWIND
    ret
#else
#error "not for this machine: dropin.sh leaves the standard library's functions in place"
#endif
    .size rust_eh_personality, . - rust_eh_personality

/* What would go on after a cleanup: as none is ever begun, nothing comes here. */
    .section .text._Unwind_Resume, "ax", %progbits
    .globl _Unwind_Resume
    .type _Unwind_Resume, %function
_Unwind_Resume:
#if defined(__x86_64__)
    ud2
#else
    brk #1
#endif
    .size _Unwind_Resume, . - _Unwind_Resume

    .section .note.GNU-stack, "", %progbits
