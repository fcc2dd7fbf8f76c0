/** The calls of the host, docs/GUEST-ABI.md. A pointer goes with its size in bytes. */

@external("yingbi", "inputs")
export declare function inputs(): i32;

@external("yingbi", "input_kind")
export declare function input_kind(input: i32): i32;

@external("yingbi", "input_name")
export declare function input_name(input: i32, buffer: usize, size: i32): i32;

@external("yingbi", "input_next")
export declare function input_next(input: i32): i32;

@external("yingbi", "input_read")
export declare function input_read(input: i32, buffer: usize, size: i32): i32;

@external("yingbi", "input_rewind")
export declare function input_rewind(input: i32): i32;

@external("yingbi", "query")
export declare function query(sql: usize, size: i32): i32;

@external("yingbi", "emit")
export declare function emit(output: usize, outputSize: i32, frame: usize, size: i32): i32;

@external("yingbi", "log")
export declare function log(text: usize, size: i32): i32;

@external("yingbi", "record")
export declare function record(field: i32, value: i64): i32;
