package admission

import "yingbi/internal/fault"

// Limits bounds a module. A limit of zero admits nothing of its kind.
type Limits struct {
	ModuleBytes  int // the whole binary
	CustomBytes  int // all custom sections together
	NameBytes    int // one import or export name
	Types        int
	Params       int // of one function type
	Results      int // of one function type
	Imports      int
	Functions    int // imports included
	Globals      int
	Exports      int
	Tables       int
	TableEntries int // the sum of what all tables may grow to
	Elements     int // element segments
	Data         int // data segments; Go splits its data at runs of zeros and has tens of thousands
	MemoryPages  int // initial pages of 64 KiB; the host holds growth to the task's own limit
	BodyBytes    int // one function's code
	Locals       int // of one function, parameters included
	ModuleLocals int // of all functions
	Depth        int // nested block, loop and if of one function
	Blocks       int // block, loop and if of one function
	Targets      int // br_table targets of one function
	FunctionWork int // work of one function, see work
	ModuleWork   int // work of all functions
}

// DefaultLimits admits what the SDKs' compilers make, with room. A Go module with
// encoding/json and time has 3 MB, 2,100 functions, in one of them 800 blocks
// nested 550 deep, 36,000 data segments, and 3 million of work; it compiles in
// 1.2 s. A module at ModuleWork takes about a minute at worst.
func DefaultLimits() Limits {
	return Limits{
		ModuleBytes: 16 << 20, CustomBytes: 4 << 20, NameBytes: 128,
		Types: 2048, Params: 64, Results: 16,
		Imports: 64, Functions: 32768, Globals: 1024, Exports: 256,
		Tables: 4, TableEntries: 1 << 18, Elements: 4096, Data: 1 << 17, MemoryPages: 4096,
		BodyBytes: 1 << 20, Locals: 4096, ModuleLocals: 1 << 21, Depth: 4096, Blocks: 8192, Targets: 1 << 15,
		FunctionWork: 1 << 22, ModuleWork: 1 << 25,
	}
}

// atMost refuses a number above its limit, by the limit's name.
func atMost(what string, got uint64, limit int) error {
	if limit >= 0 && got <= uint64(limit) {
		return nil
	}
	return fault.Errorf(fault.Limit, "module refused: %s: %d, at most %d allowed", what, got, limit)
}

func malformed(at int, format string, args ...any) error {
	return fault.Errorf(fault.Invalid, "module is malformed at byte %d: "+format, append([]any{at}, args...)...)
}

func denied(format string, args ...any) error {
	return fault.Errorf(fault.Denied, "module refused: "+format, args...)
}
