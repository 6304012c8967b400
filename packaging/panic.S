/*
 * What a panic does in the drop-in: says so on stderr and aborts (dropin.sh puts it there).
 *
 * It is copied as bytes, without relocations, so it calls the kernel and nothing else.
 */
#if defined(__linux__) && defined(__x86_64__)
    .text
    /* write(2, text, length) */
    mov $1, %eax
    mov $2, %edi
    lea text(%rip), %rsi
    mov $(text_end - text), %edx
    syscall
    /* tgkill(getpid(), gettid(), SIGABRT) */
    mov $39, %eax
    syscall
    mov %eax, %r8d
    mov $186, %eax
    syscall
    mov %r8d, %edi
    mov %eax, %esi
    mov $6, %edx
    mov $234, %eax
    syscall
    ud2
#elif defined(__linux__) && defined(__aarch64__)
    .text
    /* write(2, text, length) */
    mov x0, #2
    adr x1, text
    mov x2, #(text_end - text)
    mov x8, #64
    svc #0
    /* tgkill(getpid(), gettid(), SIGABRT) */
    mov x8, #172
    svc #0
    mov x9, x0
    mov x8, #178
    svc #0
    mov x1, x0
    mov x0, x9
    mov x2, #6
    mov x8, #131
    svc #0
    brk #1
#else
#error "no panic for this system: dropin.sh leaves the standard library's in place"
#endif
text:
    .ascii "rzlib: internal error, please report it\n"
text_end:
