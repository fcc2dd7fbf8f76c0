// Package admission decides whether a WebAssembly module may be compiled.
//
//	module.wasm ─► Check ─► Summary ─► (compile cell) Check again ─► Strip ─► wazero
//	                 │
//	                 └─► refusal: fault.Invalid   malformed
//	                             fault.Denied     an import, export or feature that is not allowed
//	                             fault.Limit      a named limit
//
// A module is the least trusted thing that reaches the domain, and the compiler
// behind this package believes it: a vector count of 2³²−1 in thirty bytes makes
// it allocate 32 GiB, and a few hundred kilobytes of nested blocks keep it busy
// for minutes. So the whole binary is read here first, in one pass, in time
// linear in its size, with nothing allocated that the bytes at hand do not pay
// for: every count is compared with its limit and with the bytes that are left.
//
// What is checked: the header; order, size and exact end of every section; every
// LEB128 within its width; every index against what it points into; every
// instruction of every body, with its immediates and its nesting; imports by
// module, name and signature against a closed list; the exports that the ABI
// needs; and the limits. Accepted are WebAssembly 2.0 modules: MVP, sign
// extension, saturating conversion, multi-value, bulk memory, reference types
// and SIMD. Threads, tail calls, exceptions, garbage collection, typed function
// references, several memories, 64-bit memory, extended constants and components
// are refused by name.
//
// What is not checked: the types on the operand stack. The compiler does that,
// in its cell, on bytes whose cost is bounded by then.
//
// Custom sections (names, debug information) are measured and skipped; Strip
// takes them out, so that nothing behind this package parses them.
//
// The package is pure: bytes in, verdict out. It imports fault alone, and it
// runs both in the parent, for an early answer, and in the compile cell, which
// does not take the parent's word.
package admission
