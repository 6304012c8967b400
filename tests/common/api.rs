//! The functions under test, twice: zlib's by dlsym and rzlib's by name.
//!
//! The oracle is opened with RTLD_LOCAL and is never linked, so that its names and ours,
//! which are the same, cannot mix.
// dlopen, dlsym, and function pointers of C signature.
#![allow(unsafe_code)]

use rzlib::ffi::types::*;
use rzlib::testing::{Choice, Use, choose, rob_every, use_index};
use std::ffi::{CStr, CString, c_char, c_int, c_long, c_uint, c_ulong, c_void};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// `ZLIB_VERSION` of the oracle, which the init functions want to see.
pub const VERSION: &CStr = c"1.3.2";

pub const Z_NO_FLUSH: c_int = 0;
pub const Z_PARTIAL_FLUSH: c_int = 1;
pub const Z_SYNC_FLUSH: c_int = 2;
pub const Z_FULL_FLUSH: c_int = 3;
pub const Z_FINISH: c_int = 4;
pub const Z_BLOCK: c_int = 5;
pub const Z_TREES: c_int = 6;

pub const Z_OK: c_int = 0;
pub const Z_STREAM_END: c_int = 1;
pub const Z_NEED_DICT: c_int = 2;
pub const Z_ERRNO: c_int = -1;
pub const Z_STREAM_ERROR: c_int = -2;
pub const Z_DATA_ERROR: c_int = -3;
pub const Z_MEM_ERROR: c_int = -4;
pub const Z_BUF_ERROR: c_int = -5;

/// The only method there is.
pub const Z_DEFLATED: c_int = 8;
/// zlib's default window, as a power of two.
pub const MAX_WBITS: c_int = 15;

/// The name of a return code.
pub fn code_name(code: c_int) -> String {
    match code {
        Z_OK => "Z_OK".into(),
        Z_STREAM_END => "Z_STREAM_END".into(),
        Z_NEED_DICT => "Z_NEED_DICT".into(),
        Z_STREAM_ERROR => "Z_STREAM_ERROR".into(),
        Z_DATA_ERROR => "Z_DATA_ERROR".into(),
        Z_MEM_ERROR => "Z_MEM_ERROR".into(),
        Z_BUF_ERROR => "Z_BUF_ERROR".into(),
        _ => code.to_string(),
    }
}

/// Declares a table of C functions that can be filled from a shared object.
macro_rules! table {
    ($(#[$doc:meta])* $table:ident {
        $( $abi:tt $name:ident ( $($arg:ty),* ) $(-> $ret:ty)? ; )*
    }) => {
        $(#[$doc])*
        #[allow(non_snake_case)]
        pub struct $table {
            $(
                #[doc = concat!("zlib's ", stringify!($name), ".")]
                pub $name: unsafe extern $abi fn($($arg),*) $(-> $ret)?,
            )*
        }

        impl $table {
            /// The functions of a shared object, all of which must be there.
            fn of(object: &Object) -> Self {
                $table {
                    $(
                        $name: {
                            let address = object.address(stringify!($name));
                            // SAFETY: the object is zlib, whose zlib.h gives the function
                            // this signature; it stays open to the end of the process.
                            unsafe {
                                std::mem::transmute::<
                                    *mut c_void,
                                    unsafe extern $abi fn($($arg),*) $(-> $ret)?,
                                >(address)
                            }
                        },
                    )*
                }
            }

            /// Name and address of each function.
            pub fn addresses(&self) -> Vec<(&'static str, *const c_void)> {
                vec![$( (stringify!($name), self.$name as *const c_void), )*]
            }
        }
    };
}

/// The modules with rzlib's functions, each by one name.
mod modules {
    pub use rzlib::ffi::gz::{
        open as gz_open, printf as gzprintf, read as gz_read, seek as gz_seek, write as gz_write,
    };
    pub use rzlib::ffi::*;
}

/// Declares the functions that both libraries have, with rzlib's module and ABI of each.
macro_rules! shared_table {
    ($( $module:ident $abi:tt { $( $name:ident ( $($arg:ty),* ) $(-> $ret:ty)? ; )* } )*) => {
        table! {
            /// What zlib and rzlib both export, as far as rzlib has it.
            Api { $( $( $abi $name ( $($arg),* ) $(-> $ret)? ; )* )* }
        }

        impl Api {
            fn of_rzlib() -> Self {
                Api { $( $( $name: modules::$module::$name, )* )* }
            }
        }
    };
}

shared_table! {
    deflate "C-unwind" {
        deflateInit_(z_streamp, c_int, *const c_char, c_int) -> c_int;
        deflateInit2_(z_streamp, c_int, c_int, c_int, c_int, c_int, *const c_char, c_int) -> c_int;
        deflate(z_streamp, c_int) -> c_int;
        deflateEnd(z_streamp) -> c_int;
        deflateReset(z_streamp) -> c_int;
        deflateResetKeep(z_streamp) -> c_int;
        deflateParams(z_streamp, c_int, c_int) -> c_int;
        deflateTune(z_streamp, c_int, c_int, c_int, c_int) -> c_int;
        deflatePrime(z_streamp, c_int, c_int) -> c_int;
        deflatePending(z_streamp, *mut c_uint, *mut c_int) -> c_int;
        deflateUsed(z_streamp, *mut c_int) -> c_int;
        deflateSetDictionary(z_streamp, *const Bytef, uInt) -> c_int;
        deflateGetDictionary(z_streamp, *mut Bytef, *mut uInt) -> c_int;
        deflateSetHeader(z_streamp, gz_headerp) -> c_int;
        deflateCopy(z_streamp, z_streamp) -> c_int;
        deflateBound(z_streamp, uLong) -> uLong;
        deflateBound_z(z_streamp, z_size_t) -> z_size_t;
    }
    inflate "C-unwind" {
        inflateInit_(z_streamp, *const c_char, c_int) -> c_int;
        inflateInit2_(z_streamp, c_int, *const c_char, c_int) -> c_int;
        inflate(z_streamp, c_int) -> c_int;
        inflateEnd(z_streamp) -> c_int;
        inflateReset(z_streamp) -> c_int;
        inflateReset2(z_streamp, c_int) -> c_int;
        inflateResetKeep(z_streamp) -> c_int;
        inflateSetDictionary(z_streamp, *const Bytef, uInt) -> c_int;
        inflateGetDictionary(z_streamp, *mut Bytef, *mut uInt) -> c_int;
        inflateSync(z_streamp) -> c_int;
        inflateSyncPoint(z_streamp) -> c_int;
        inflateCopy(z_streamp, z_streamp) -> c_int;
        inflatePrime(z_streamp, c_int, c_int) -> c_int;
        inflateMark(z_streamp) -> c_long;
        inflateGetHeader(z_streamp, gz_headerp) -> c_int;
        inflateUndermine(z_streamp, c_int) -> c_int;
        inflateValidate(z_streamp, c_int) -> c_int;
        inflateCodesUsed(z_streamp) -> c_ulong;
    }
    back "C-unwind" {
        inflateBackInit_(z_streamp, c_int, *mut u8, *const c_char, c_int) -> c_int;
        inflateBack(z_streamp, in_func, *mut c_void, out_func, *mut c_void) -> c_int;
        inflateBackEnd(z_streamp) -> c_int;
    }
    oneshot "C" {
        compress(*mut Bytef, *mut uLongf, *const Bytef, uLong) -> c_int;
        compress2(*mut Bytef, *mut uLongf, *const Bytef, uLong, c_int) -> c_int;
        compress_z(*mut Bytef, *mut z_size_t, *const Bytef, z_size_t) -> c_int;
        compress2_z(*mut Bytef, *mut z_size_t, *const Bytef, z_size_t, c_int) -> c_int;
        compressBound(uLong) -> uLong;
        compressBound_z(z_size_t) -> z_size_t;
        uncompress(*mut Bytef, *mut uLongf, *const Bytef, uLong) -> c_int;
        uncompress2(*mut Bytef, *mut uLongf, *const Bytef, *mut uLong) -> c_int;
        uncompress_z(*mut Bytef, *mut z_size_t, *const Bytef, z_size_t) -> c_int;
        uncompress2_z(*mut Bytef, *mut z_size_t, *const Bytef, *mut z_size_t) -> c_int;
    }
    checksum "C" {
        adler32(uLong, *const Bytef, uInt) -> uLong;
        adler32_z(uLong, *const Bytef, z_size_t) -> uLong;
        adler32_combine(uLong, uLong, z_off_t) -> uLong;
        adler32_combine64(uLong, uLong, z_off64_t) -> uLong;
        crc32(uLong, *const Bytef, uInt) -> uLong;
        crc32_z(uLong, *const Bytef, z_size_t) -> uLong;
        crc32_combine(uLong, uLong, z_off_t) -> uLong;
        crc32_combine64(uLong, uLong, z_off64_t) -> uLong;
        crc32_combine_gen(z_off_t) -> uLong;
        crc32_combine_gen64(z_off64_t) -> uLong;
        crc32_combine_op(uLong, uLong, uLong) -> uLong;
        get_crc_table() -> *const z_crc_t;
    }
    gz_open "C" {
        gzopen(*const c_char, *const c_char) -> gzFile;
        gzopen64(*const c_char, *const c_char) -> gzFile;
        gzdopen(c_int, *const c_char) -> gzFile;
        gzbuffer(gzFile, c_uint) -> c_int;
        gzsetparams(gzFile, c_int, c_int) -> c_int;
        gzerror(gzFile, *mut c_int) -> *const c_char;
        gzclearerr(gzFile) -> ();
        gzclose(gzFile) -> c_int;
        gzclose_r(gzFile) -> c_int;
        gzclose_w(gzFile) -> c_int;
    }
    gz_read "C" {
        gzread(gzFile, *mut c_void, c_uint) -> c_int;
        gzfread(*mut c_void, z_size_t, z_size_t, gzFile) -> z_size_t;
        gzgets(gzFile, *mut c_char, c_int) -> *mut c_char;
        gzgetc(gzFile) -> c_int;
        gzgetc_(gzFile) -> c_int;
        gzungetc(c_int, gzFile) -> c_int;
        gzdirect(gzFile) -> c_int;
    }
    gz_write "C" {
        gzwrite(gzFile, *const c_void, c_uint) -> c_int;
        gzfwrite(*const c_void, z_size_t, z_size_t, gzFile) -> z_size_t;
        gzputs(gzFile, *const c_char) -> c_int;
        gzputc(gzFile, c_int) -> c_int;
        gzflush(gzFile, c_int) -> c_int;
    }
    gz_seek "C" {
        gzseek(gzFile, z_off_t, c_int) -> z_off_t;
        gzseek64(gzFile, z_off64_t, c_int) -> z_off64_t;
        gzrewind(gzFile) -> c_int;
        gztell(gzFile) -> z_off_t;
        gztell64(gzFile) -> z_off64_t;
        gzoffset(gzFile) -> z_off_t;
        gzoffset64(gzFile) -> z_off64_t;
        gzeof(gzFile) -> c_int;
    }
    gzprintf "C" {
        gzvprintf(gzFile, *const c_char, *mut c_void) -> c_int;
    }
    version "C" {
        zlibVersion() -> *const c_char;
        zlibCompileFlags() -> uLong;
        zError(c_int) -> *const c_char;
    }
}

/// gzprintf, which the tables cannot have because its arguments vary.
pub type Printf = unsafe extern "C" fn(gzFile, *const c_char, ...) -> c_int;

/// A function as gzprintf.
fn as_printf(address: *const c_void) -> Printf {
    // SAFETY: it is one of the two libraries' gzprintf, which zlib.h gives this signature.
    unsafe { std::mem::transmute::<*const c_void, Printf>(address) }
}

/// rzlib's gzprintf.
pub fn our_gzprintf() -> Printf {
    as_printf(rzlib::ffi::gz::printf::gzprintf as *const c_void)
}

/// An open shared object.
struct Object {
    handle: *mut c_void,
    path: PathBuf,
}

impl Object {
    fn open(path: &Path) -> Self {
        let name = CString::new(path.to_str().expect("path in UTF-8")).expect("path without NUL");
        // SAFETY: dlopen runs the object's constructors; zlib has none.
        let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
        assert!(
            !handle.is_null(),
            "cannot open {}: {}",
            path.display(),
            dl_error()
        );
        Object {
            handle,
            path: path.to_path_buf(),
        }
    }

    fn address(&self, name: &str) -> *mut c_void {
        let symbol = CString::new(name).expect("name without NUL");
        // SAFETY: the handle is open and the name ends with a zero byte.
        let address = unsafe { libc::dlsym(self.handle, symbol.as_ptr()) };
        assert!(!address.is_null(), "{} has no {name}", self.path.display());
        address
    }
}

fn dl_error() -> String {
    // SAFETY: dlerror returns NULL or a string that lives until the thread's next dl call.
    unsafe {
        let text = libc::dlerror();
        if text.is_null() {
            "no reason given".into()
        } else {
            CStr::from_ptr(text).to_string_lossy().into_owned()
        }
    }
}

/// zlib 1.3.2 as a shared object of its own.
pub struct Oracle {
    /// The functions that are compared.
    pub api: Api,
    /// Its gzprintf.
    pub gzprintf: Printf,
    /// Where the object lies.
    pub path: PathBuf,
}

/// The oracle, opened (and, if it is not there, compiled) at the first call.
pub fn oracle() -> &'static Oracle {
    static ORACLE: OnceLock<Oracle> = OnceLock::new();
    ORACLE.get_or_init(|| {
        let path = oracle_path();
        let object = Object::open(&path);
        Oracle {
            api: Api::of(&object),
            gzprintf: as_printf(object.address("gzprintf")),
            path,
        }
    })
}

/// rzlib's functions, as linked into this program. RZLIB_INFLATE makes inflate use one of its
/// loops: branchless, branchy, or scalar, which is for any CPU. RZLIB_INDEX makes deflate use its
/// index always or never. Without them the library chooses. RZLIB_ROB lets a stream lose its table
/// at every so many of its uses.
pub fn ours() -> &'static Api {
    static OURS: OnceLock<Api> = OnceLock::new();
    OURS.get_or_init(|| {
        choose(match std::env::var("RZLIB_INFLATE").as_deref() {
            Ok("branchless") => Choice::Branchless,
            Ok("branchy") => Choice::Branchy,
            Ok("scalar") => Choice::Scalar,
            _ => Choice::Suited,
        });
        use_index(match std::env::var("RZLIB_INDEX").as_deref() {
            Ok("always") => Use::Always,
            Ok("never") => Use::Never,
            _ => Use::WhenRepaid,
        });
        rob_every(std::env::var("RZLIB_ROB").map_or(0, |nth| nth.parse().expect("a number")));
        Api::of_rzlib()
    })
}

/// RZLIB_ORACLE, or the default place, where tests/oracle/build.sh puts it if need be.
fn oracle_path() -> PathBuf {
    if let Some(path) = std::env::var_os("RZLIB_ORACLE") {
        return path.into();
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("target/oracle/libz-oracle.so");
    if !path.exists() {
        let script = root.join("tests/oracle/build.sh");
        let status = Command::new("sh").arg(&script).arg(&path).status();
        let built = status.as_ref().is_ok_and(|status| status.success());
        assert!(built, "{} failed: {status:?}", script.display());
    }
    path
}
