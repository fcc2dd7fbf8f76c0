//! The calls of the host, docs/GUEST-ABI.md. Pointers go with their length.

mod raw {
    #[link(wasm_import_module = "yingbi")]
    extern "C" {
        pub fn inputs() -> i32;
        pub fn input_kind(input: i32) -> i32;
        pub fn input_name(input: i32, buf: *mut u8, size: usize) -> i32;
        pub fn input_next(input: i32) -> i32;
        pub fn input_read(input: i32, buf: *mut u8, size: usize) -> i32;
        pub fn input_rewind(input: i32) -> i32;
        pub fn query(sql: *const u8, size: usize) -> i32;
        pub fn emit(name: *const u8, name_size: usize, frame: *const u8, size: usize) -> i32;
        pub fn log(text: *const u8, size: usize) -> i32;
        pub fn record(field: i32, value: i64) -> i32;
    }
}

// SAFETY, of each: the host reads and writes nothing but the slice.

pub fn inputs() -> i32 {
    unsafe { raw::inputs() }
}
pub fn input_kind(input: i32) -> i32 {
    unsafe { raw::input_kind(input) }
}
pub fn input_name(input: i32, to: &mut [u8]) -> i32 {
    unsafe { raw::input_name(input, to.as_mut_ptr(), to.len()) }
}
pub fn input_next(input: i32) -> i32 {
    unsafe { raw::input_next(input) }
}
pub fn input_read(input: i32, to: &mut [u8]) -> i32 {
    unsafe { raw::input_read(input, to.as_mut_ptr(), to.len()) }
}
pub fn input_rewind(input: i32) -> i32 {
    unsafe { raw::input_rewind(input) }
}
pub fn query(sql: &str) -> i32 {
    unsafe { raw::query(sql.as_ptr(), sql.len()) }
}
pub fn emit(name: &str, frame: &[u8]) -> i32 {
    unsafe { raw::emit(name.as_ptr(), name.len(), frame.as_ptr(), frame.len()) }
}
pub fn log(text: &str) -> i32 {
    unsafe { raw::log(text.as_ptr(), text.len()) }
}
pub fn record(field: i32, value: i64) -> i32 {
    unsafe { raw::record(field, value) }
}
