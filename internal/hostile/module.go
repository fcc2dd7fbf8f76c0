package hostile

import "strings"

// Module is a hostile module and what must become of it.
type Module struct {
	Name    string
	Wasm    []byte
	Outcome Outcome
	Says    string // what its refusal by admission names
	Pages   uint32 // that it may have, where that is not the test's usual
	SQL     bool   // it may query
	Log     int    // bytes that it may log, where that is not the test's usual
}

// Outcome is what must become of a module.
type Outcome string

// The outcomes. Those that begin with "failed" are codes of sandbox/abi, those that
// begin with "killed" are reasons of package sandbox.
const (
	Invalid      Outcome = "refused: malformed"       // by admission
	Denied       Outcome = "refused: not allowed"     // by admission
	Limit        Outcome = "refused: over a limit"    // by admission
	Uncompiled   Outcome = "refused by the compiler"  // after admission
	Slow         Outcome = "killed while it compiled" // at the deadline
	Fine         Outcome = "ok"                       // it may do that, and it harms nobody
	Trap         Outcome = "failed: guest-trap"
	Exit         Outcome = "failed: guest-exit"
	Output       Outcome = "failed: guest-output"
	Over         Outcome = "failed: guest-limit"
	Spent        Outcome = "failed: memory"
	KilledTime   Outcome = "killed: time"
	KilledMemory Outcome = "killed: memory"
	KilledOutput Outcome = "killed: output"
)

// AtAdmission reports whether a module with this outcome is never admitted.
func (o Outcome) AtAdmission() bool { return o == Invalid || o == Denied || o == Limit }

// What a guest finds in its memory: data.
const (
	outAt   = 0  // "out", the name of its one output
	textAt  = 16 // "0123456789"
	frameAt = 64
)

func layout(frame []byte) []byte {
	b := make([]byte, frameAt, frameAt+len(frame))
	copy(b, "out")
	copy(b[textAt:], "0123456789")
	return append(b, frame...)
}

// guest is a module in the making.
type guest struct {
	calls       []string // host calls, "yingbi.log (i32 i32) i32": functions 0, 1, …
	locals, run []byte   // of yb_run, the next function; its end is added
	more        []function
	pages, most uint64 // of memory: 0 is 1, and no maximum
	data        []byte // at address 0
	with        []Section
}

// function is one behind yb_run.
type function struct{ params, results, locals, code string }

// self is the index of yb_run.
func (g *guest) self() uint64 { return uint64(len(g.calls)) }

func (g guest) module() []byte {
	types := [][]byte{FuncType("", "\x7f"), FuncType("", "")}
	var imports, functions, bodies [][]byte
	for _, c := range g.calls {
		name, signature, _ := strings.Cut(c, " ")
		module, field, _ := strings.Cut(name, ".")
		imports = append(imports, ImportFunc(module, field, uint64(len(types))))
		params, results, _ := strings.Cut(strings.TrimPrefix(signature, "("), ")")
		types = append(types, FuncType(valueTypes(params), valueTypes(results)))
	}
	functions = append(functions, Leb(0))
	bodies = append(bodies, Code(orNone(g.locals), append(g.run, opEnd)...))
	for _, f := range g.more {
		functions = append(functions, Leb(uint64(len(types))))
		types = append(types, FuncType(f.params, f.results))
		bodies = append(bodies, Code(orNone([]byte(f.locals)), append([]byte(f.code), opEnd)...))
	}
	memory := Cat([]byte{0}, Leb(max(g.pages, 1)))
	if g.most > 0 {
		memory = Cat([]byte{1}, Leb(max(g.pages, 1)), Leb(g.most))
	}
	sections := []Section{
		{secType, Vec(types...)}, {secFunction, Vec(functions...)}, {secMemory, Vec(memory)},
		{secExport, Vec(ExportOf("memory", kindMemory, 0), ExportOf("yb_run", kindFunction, g.self()))},
		{secCode, Vec(bodies...)},
	}
	if len(imports) > 0 {
		sections = replace(sections, Sec(secImport, Vec(imports...)))
	}
	if g.data != nil {
		sections = replace(sections, Sec(secData, Vec(Cat([]byte{0, opI32Const, 0, opEnd}, Str(string(g.data))))))
	}
	return Join(replace(sections, g.with...)...)
}

func orNone(locals []byte) []byte {
	if len(locals) == 0 {
		return NoLocals()
	}
	return locals
}

// valueTypes reads "i32 i64".
func valueTypes(s string) string {
	var b []byte
	for _, name := range strings.Fields(s) {
		b = append(b, map[string]byte{"i32": typeI32, "i64": typeI64}[name])
	}
	return string(b)
}

// Host calls that several modules use.
const (
	callInputs = "yingbi.inputs () i32"
	callNext   = "yingbi.input_next (i32) i32"
	callRewind = "yingbi.input_rewind (i32) i32"
	callQuery  = "yingbi.query (i32 i32) i32"
	callEmit   = "yingbi.emit (i32 i32 i32 i32) i32"
	callLog    = "yingbi.log (i32 i32) i32"
	callYield  = "wasi_snapshot_preview1.sched_yield () i32"
	callClock  = "wasi_snapshot_preview1.clock_time_get (i32 i64 i32) i32"
	callRandom = "wasi_snapshot_preview1.random_get (i32 i32) i32"
	callPoll   = "wasi_snapshot_preview1.poll_oneoff (i32 i32 i32 i32) i32"
	callExit   = "wasi_snapshot_preview1.proc_exit (i32)"
	callWrite  = "wasi_snapshot_preview1.fd_write (i32 i32 i32 i32) i32"
)
