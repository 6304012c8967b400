//! gzprintf and gzvprintf: formatted text, which vsnprintf writes directly to the input buffer
//! of a gz file.
//!
//! # The arguments
//!
//! gzvprintf gets a va_list. Whatever a va_list is in C, as an argument it is one pointer on all
//! known systems: to the list (x86-64), to a copy of it (AArch64), or to the arguments
//! themselves. So it is passed on as a pointer that is never looked at.
//!
//! gzprintf has to make a va_list of its arguments, and stable Rust cannot define a function with
//! variable arguments. It can define a naked one, and what that has to do is fixed by the
//! calling conventions of two architectures: store the registers that may hold arguments, and
//! build the list that describes them and the arguments on the stack. Elsewhere gzprintf is a
//! function that returns Z_STREAM_ERROR, and zlibCompileFlags says so, which is what zlib does
//! where there is no vsnprintf.
//!
//! Sources: System V ABI, AMD64 supplement, 3.5.7; Procedure Call Standard for the Arm 64-bit
//! Architecture, appendix B.
//!
//! Unsafe because it takes the caller's files and arguments, and is assembly.
#![allow(unsafe_code)]

use core::ffi::{c_char, c_int, c_void};

use super::handle::with_writer;
use crate::buf::OutBuf;
use crate::error::ReturnCode;
use crate::ffi::types::gzFile;

/// C's va_list as an argument.
#[allow(non_camel_case_types)]
pub type va_list = *mut c_void;

unsafe extern "C" {
    fn vsnprintf(text: *mut c_char, size: usize, format: *const c_char, va: va_list) -> c_int;
}

/// Formats a text to `output`, if it fits with its zero byte; the text's length as vsnprintf
/// gives it.
///
/// # Safety
/// - format is a string, and va has the arguments that it asks for.
unsafe fn format_to(output: &mut OutBuf, format: *const c_char, va: va_list) -> c_int {
    let room = output.take_room();
    // SAFETY: the room is as long as the call is told; the caller promises the rest.
    let len = unsafe { vsnprintf(room.as_mut_ptr().cast(), room.len(), format, va) };
    match usize::try_from(len) {
        Ok(count) if count < room.len() => output.return_room(&mut room[count..], count),
        _ => output.return_room(room, 0),
    }
    len
}

/// What gzprintf and gzvprintf do.
///
/// # Safety
/// - file is NULL or open; format is NULL or a string, and va has the arguments that it asks for.
unsafe extern "C" fn print(file: gzFile, format: *const c_char, va: va_list) -> c_int {
    let refused = ReturnCode::StreamError.code();
    if format.is_null() {
        return refused;
    }
    // SAFETY: the caller promises NULL or an open file, and the arguments.
    unsafe {
        with_writer(file, refused, |writer| {
            match writer.write_formatted(|output| format_to(output, format, va)) {
                Ok(len) => len,
                Err(code) => code.code(),
            }
        })
    }
}

/// As gzprintf, with the arguments in a va_list.
///
/// # Safety
/// file is NULL or open; format is NULL or a string, and va has the arguments that it asks for.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gzvprintf(file: gzFile, format: *const c_char, va: va_list) -> c_int {
    // SAFETY: the caller promises the same.
    unsafe { print(file, format, va) }
}

/// True if gzprintf works.
pub(crate) const HAS_GZPRINTF: bool = cfg!(all(
    not(windows),
    target_pointer_width = "64",
    any(
        target_arch = "x86_64",
        all(
            target_arch = "aarch64",
            target_endian = "little",
            not(target_vendor = "apple")
        )
    )
));

/// gzprintf(file, format, ...): `print` with a va_list of the variable arguments.
///
/// On the stack, from rsp on: the va_list of 24 bytes (how far the integer registers are used,
/// how far the vector registers are, the address of the stack's arguments, the address of the
/// registers' copy), 8 bytes to align what follows, the copy of 6 integer and 8 vector registers
/// (48 + 128 bytes), 8 bytes to align the call. al is 0 if no vector register is used.
///
/// # Safety
/// file is NULL or open; format is NULL or a string, and the arguments are those it asks for.
#[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(windows)))]
#[unsafe(no_mangle)]
#[unsafe(naked)]
pub unsafe extern "C" fn gzprintf(file: gzFile, format: *const c_char) -> c_int {
    core::arch::naked_asm!(
        ".cfi_startproc",
        "sub rsp, 216",
        ".cfi_adjust_cfa_offset 216",
        "mov [rsp + 48], rdx",
        "mov [rsp + 56], rcx",
        "mov [rsp + 64], r8",
        "mov [rsp + 72], r9",
        "test al, al",
        "je 2f",
        "movaps [rsp + 80], xmm0",
        "movaps [rsp + 96], xmm1",
        "movaps [rsp + 112], xmm2",
        "movaps [rsp + 128], xmm3",
        "movaps [rsp + 144], xmm4",
        "movaps [rsp + 160], xmm5",
        "movaps [rsp + 176], xmm6",
        "movaps [rsp + 192], xmm7",
        "2:",
        // Two integer registers, of 8 bytes each, are used by file and format.
        "mov dword ptr [rsp], 16",
        // The vector registers follow the six integer ones.
        "mov dword ptr [rsp + 4], 48",
        // Above this frame and the return address.
        "lea rax, [rsp + 224]",
        "mov [rsp + 8], rax",
        "lea rax, [rsp + 32]",
        "mov [rsp + 16], rax",
        "mov rdx, rsp",
        "call {print}",
        "add rsp, 216",
        ".cfi_adjust_cfa_offset -216",
        "ret",
        ".cfi_endproc",
        print = sym print,
    )
}

/// gzprintf(file, format, ...): `print` with a va_list of the variable arguments.
///
/// On the stack, from sp on: the frame record of 16 bytes; the va_list of 32 bytes (the address
/// of the stack's arguments, the ends of the integer and the vector registers' copies, and how
/// far below these ends the arguments begin); the copy of x2 to x7 and of q0 to q7 (48 + 128
/// bytes).
///
/// # Safety
/// file is NULL or open; format is NULL or a string, and the arguments are those it asks for.
#[cfg(all(
    target_arch = "aarch64",
    target_pointer_width = "64",
    target_endian = "little",
    not(target_vendor = "apple"),
    not(windows)
))]
#[unsafe(no_mangle)]
#[unsafe(naked)]
pub unsafe extern "C" fn gzprintf(file: gzFile, format: *const c_char) -> c_int {
    core::arch::naked_asm!(
        ".cfi_startproc",
        "stp x29, x30, [sp, #-224]!",
        ".cfi_def_cfa_offset 224",
        ".cfi_offset x29, -224",
        ".cfi_offset x30, -216",
        "mov x29, sp",
        "stp x2, x3, [sp, #48]",
        "stp x4, x5, [sp, #64]",
        "stp x6, x7, [sp, #80]",
        "stp q0, q1, [sp, #96]",
        "stp q2, q3, [sp, #128]",
        "stp q4, q5, [sp, #160]",
        "stp q6, q7, [sp, #192]",
        "add x9, sp, #224",
        "str x9, [sp, #16]",
        "add x10, sp, #96",
        "str x10, [sp, #24]",
        "str x9, [sp, #32]",
        "mov w9, #-48",
        "str w9, [sp, #40]",
        "mov w9, #-128",
        "str w9, [sp, #44]",
        "add x2, sp, #16",
        "bl {print}",
        "ldp x29, x30, [sp], #224",
        ".cfi_def_cfa_offset 0",
        ".cfi_restore x29",
        ".cfi_restore x30",
        "ret",
        ".cfi_endproc",
        print = sym print,
    )
}

/// gzprintf(file, format, ...) where no va_list can be made: does nothing.
///
/// # Safety
/// None beyond those of any C function.
#[cfg(not(all(
    not(windows),
    target_pointer_width = "64",
    any(
        target_arch = "x86_64",
        all(
            target_arch = "aarch64",
            target_endian = "little",
            not(target_vendor = "apple")
        )
    )
)))]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gzprintf(_file: gzFile, _format: *const c_char) -> c_int {
    ReturnCode::StreamError.code()
}
