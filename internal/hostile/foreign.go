package hostile

// Foreign lists modules of another machine: calls, features and shapes that
// guests do not have.
func Foreign() []Module {
	mem, run := ExportOf("memory", kindMemory, 0), ExportOf("yb_run", kindFunction, 0)
	return []Module{
		{Name: "path_open", Wasm: importing("wasi_snapshot_preview1", "path_open", "\x7f\x7f\x7f\x7f\x7f\x7e\x7e\x7f\x7f", "\x7f"), Outcome: Denied, Says: "path_open"},
		{Name: "sock_accept", Wasm: importing("wasi_snapshot_preview1", "sock_accept", "\x7f\x7f\x7f", "\x7f"), Outcome: Denied, Says: "sock_accept"},
		{Name: "a host of its own wish", Wasm: importing("env", "system", "\x7f", "\x7f"), Outcome: Denied, Says: "env"},
		{Name: "a right name with a wrong signature", Wasm: importing("wasi_snapshot_preview1", "fd_write", "\x7f\x7e\x7f\x7f", "\x7f"), Outcome: Denied, Says: "signature"},
		{Name: "a right name in a wrong module", Wasm: importing("yingbi", "fd_write", "\x7f\x7f\x7f\x7f", "\x7f"), Outcome: Denied, Says: "not a call"},
		{Name: "imported memory", Wasm: With(Sec(secImport, Vec(Cat(Str("env"), Str("memory"), []byte{kindMemory, 0, 1})))), Outcome: Denied, Says: "only functions"},
		{Name: "imported table", Wasm: With(Sec(secImport, Vec(Cat(Str("yingbi"), Str("log"), []byte{kindTable, 0x70, 0, 1})))), Outcome: Denied, Says: "only functions"},

		{Name: "two memories", Wasm: With(Sec(secMemory, Vec([]byte{0, 1}, []byte{0, 1}))), Outcome: Denied, Says: "exactly one"},
		{Name: "no memory", Wasm: With(Sec(secMemory, Vec())), Outcome: Denied, Says: "exactly one"},
		{Name: "shared memory", Wasm: With(Sec(secMemory, Vec([]byte{3, 1, 1}))), Outcome: Denied, Says: "shared"},
		{Name: "64-bit memory", Wasm: With(Sec(secMemory, Vec([]byte{4, 1}))), Outcome: Denied, Says: "64-bit"},
		{Name: "a memory of 64 GiB", Wasm: With(Sec(secMemory, Vec(Cat([]byte{0}, Leb(1<<20))))), Outcome: Limit, Says: "memory pages"},
		{Name: "memory with max below min", Wasm: With(Sec(secMemory, Vec([]byte{1, 2, 1}))), Outcome: Invalid, Says: "below"},
		{Name: "a table of 2^32-1 entries", Wasm: With(Sec(secTable, Vec(Cat([]byte{0x70, 0}, most())))), Outcome: Limit, Says: "table entries"},
		{Name: "a table that may grow to 2^32-1", Wasm: With(Sec(secTable, Vec(Cat([]byte{0x70, 1, 0}, most())))), Outcome: Limit, Says: "table entries"},
		{Name: "table.grow without a maximum", Wasm: Growing(0, 1), Outcome: Denied, Says: "table.grow"},
		{Name: "table of a new reference type", Wasm: With(Sec(secTable, Vec([]byte{0x63, 0x70, 0, 1}))), Outcome: Denied, Says: "table of type"},

		{Name: "threads", Wasm: Running(NoLocals(), 0xfe, 0x03, 0), Outcome: Denied, Says: "threads"},
		{Name: "exceptions: tag section", Wasm: Join(Sec(secTag, Vec())), Outcome: Denied, Says: "exceptions"},
		{Name: "exceptions: throw", Wasm: Running(NoLocals(), 0x08, 0), Outcome: Denied, Says: "exceptions"},
		{Name: "tail call", Wasm: Running(NoLocals(), 0x12, 0), Outcome: Denied, Says: "tail calls"},
		{Name: "call_ref", Wasm: Running(NoLocals(), 0x14, 0), Outcome: Denied, Says: "typed function references"},
		{Name: "struct.new", Wasm: Running(NoLocals(), 0xfb, 0, 0), Outcome: Denied, Says: "garbage collection"},
		{Name: "struct type", Wasm: Join(Sec(secType, Vec([]byte{0x5f, 0, 0}))), Outcome: Denied, Says: "type form"},
		{Name: "relaxed vector", Wasm: Running(NoLocals(), 0xfd, 0x80, 0x02), Outcome: Denied, Says: "relaxed"},
		{Name: "padded vector opcode", Wasm: Running(NoLocals(), 0xfd, 0xa3, 0x00), Outcome: Denied, Says: "relaxed"},
		{Name: "padded bulk opcode", Wasm: Running(NoLocals(), 0xfc, 0x8b, 0x00, 0), Outcome: Denied, Says: "unknown"},
		{Name: "second memory in memory.fill", Wasm: Running(NoLocals(), 0xfc, 11, 1), Outcome: Denied, Says: "several memories"},
		{Name: "second memory in a load", Wasm: Running(NoLocals(), opI32Load, 0x42, 1, 0), Outcome: Invalid, Says: "alignment"},
		{Name: "extended constant", Wasm: With(Sec(secGlobal, Vec([]byte{typeI32, 0, opI32Const, 1, opI32Const, 1, 0x6a, opEnd}))), Outcome: Denied, Says: "extended"},
		{Name: "global read in a constant", Wasm: With(Sec(secGlobal, Vec([]byte{typeI32, 0, opGlobalGet, 0, opEnd}))), Outcome: Invalid, Says: "constant"},

		{Name: "no exports", Wasm: With(Sec(secExport, Vec())), Outcome: Denied, Says: "memory"},
		{Name: "no yb_run", Wasm: exporting(mem), Outcome: Denied, Says: "yb_run"},
		{Name: "yb_run is a memory", Wasm: exporting(mem, ExportOf("yb_run", kindMemory, 0)), Outcome: Denied, Says: "yb_run"},
		{Name: "memory is a function", Wasm: exporting(ExportOf("memory", kindFunction, 0), run), Outcome: Denied, Says: "memory"},
		{Name: "yb_run takes a parameter", Wasm: With(Sec(secType, Vec(FuncType("\x7f", "\x7f")))), Outcome: Denied, Says: "yb_run"},
		{Name: "yb_map is a memory", Wasm: exporting(mem, run, ExportOf("yb_map", kindMemory, 0)), Outcome: Denied, Says: "yb_map"},
		{Name: "yb_map takes a parameter", Wasm: With(
			Sec(secType, Vec(FuncType("", "\x7f"), FuncType("\x7f", "\x7f"))), Sec(secFunction, Vec(Leb(0), Leb(1))),
			Sec(secExport, Vec(mem, run, ExportOf("yb_map", kindFunction, 1))),
			Sec(secCode, Vec(Code(NoLocals(), opI32Const, 0, opEnd), Code(NoLocals(), opI32Const, 0, opEnd))),
		), Outcome: Denied, Says: "yb_map"},
		{Name: "_initialize returns", Wasm: exporting(mem, run, ExportOf("_initialize", kindFunction, 0)), Outcome: Denied, Says: "_initialize"},
		{Name: "a command", Wasm: exporting(mem, run, ExportOf("_start", kindFunction, 0)), Outcome: Denied, Says: "reactor"},
		{Name: "exported twice", Wasm: exporting(mem, run, run), Outcome: Invalid, Says: "twice"},
		{Name: "export of nothing", Wasm: exporting(mem, ExportOf("yb_run", kindFunction, 9)), Outcome: Invalid, Says: "points to nothing"},
		{Name: "export of a tag", Wasm: exporting(mem, run, ExportOf("t", 4, 0)), Outcome: Denied, Says: "kind 4"},
		{Name: "name that is not UTF-8", Wasm: exporting(mem, run, ExportOf("\xff", kindMemory, 0)), Outcome: Invalid, Says: "UTF-8"},
	}
}

// importing gives a module whose one import has the type (params) results.
func importing(module, name, params, results string) []byte {
	return With(
		Sec(secType, Vec(FuncType(params, results), FuncType("", "\x7f"))),
		Sec(secImport, Vec(ImportFunc(module, name, 0))),
		Sec(secFunction, Vec(Leb(1))),
		Sec(secExport, Vec(ExportOf("memory", kindMemory, 0), ExportOf("yb_run", kindFunction, 1))),
	)
}

func exporting(exports ...[]byte) []byte { return With(Sec(secExport, Vec(exports...))) }
