package admission

import (
	"bytes"
	"fmt"

	"yingbi/internal/fault"
)

// Summary describes an admitted module.
type Summary struct {
	Imports     []Import
	Exports     []string // in the module's order
	Language    string   // what the toolchain left behind: "go", "c", "rust" or "": a hint, never a fact
	Functions   int      // imports included
	Job, Map    bool     // exports yb_run, exports yb_map
	Initialize  bool     // exports _initialize, to be called before either
	MemoryPages uint32   // initial pages of 64 KiB
	MaxPages    uint32   // declared maximum; 0 is none
	Work        int      // the estimate that FunctionWork and ModuleWork bound
}

// Import is one host function: module, name and signature, such as
// yingbi, log, "(i32 i32) i32".
type Import struct{ Module, Name, Signature string }

func (i Import) String() string { return i.Module + "." + i.Name + i.Signature }

// Check reads the whole module and reports what it is, or why it is refused:
// fault.Invalid when malformed, fault.Denied for an import, export or feature
// that is not allowed, fault.Limit for a limit, which the message names.
func Check(wasm []byte, lim Limits) (*Summary, error) {
	if err := atMost("module bytes", uint64(len(wasm)), lim.ModuleBytes); err != nil {
		return nil, err
	}
	m := &module{lim: lim, exports: map[string]export{}}
	if err := m.sections(wasm); err != nil {
		return nil, err
	}
	if err := m.complete(); err != nil {
		return nil, err
	}
	return m.summary(), nil
}

// Strip gives the module without its custom sections. It takes only what Check
// admitted; what remains is admitted too, with the same functions.
func Strip(wasm []byte) ([]byte, error) {
	r, err := open(wasm)
	if err != nil {
		return nil, err
	}
	out := append(make([]byte, 0, len(wasm)), wasm[:len(header)]...)
	for r.left() > 0 && r.err == nil {
		start := r.off
		id := r.byte()
		r.take(r.u32())
		if id != sectionCustom {
			out = append(out, wasm[start:r.off]...)
		}
	}
	return out, r.err
}

// header is the magic number and version 1 of a core module; a component has
// another version and layer.
const header = "\x00asm\x01\x00\x00\x00"

func open(wasm []byte) (*reader, error) {
	if !bytes.HasPrefix(wasm, []byte(header[:4])) {
		return nil, fault.New(fault.Invalid, "this is not a WebAssembly module: the magic number is missing")
	}
	if len(wasm) < len(header) {
		return nil, malformed(len(wasm), "the version is missing")
	}
	if string(wasm[4:8]) != header[4:] {
		return nil, denied("version %x: only core modules of version 1 are allowed, and no components", wasm[4:8])
	}
	return &reader{b: wasm, off: len(header)}, nil
}

// complete checks what only the whole module can show.
func (m *module) complete() error {
	if m.bodies != len(m.funcs)-m.imported {
		return fault.Errorf(fault.Invalid, "module is malformed: %d functions are declared, %d have code", len(m.funcs)-m.imported, m.bodies)
	}
	if m.dataCount != nil && int(*m.dataCount) != m.datas {
		return fault.Errorf(fault.Invalid, "module is malformed: %d data segments are announced, %d are there", *m.dataCount, m.datas)
	}
	if err := m.tableRoom(); err != nil {
		return err
	}
	return m.required()
}

// tableRoom holds what the tables may grow to. Growth of a table is no growth of
// memory to the runtime, so its page limit would not hold it.
func (m *module) tableRoom() error {
	var sum uint64
	for i, t := range m.tables {
		room := uint64(t.min)
		if t.bounded {
			room = uint64(t.max)
		} else if m.growsTable {
			return denied("table %d has no maximum and the code uses table.grow: declare a maximum", i)
		}
		sum += room
	}
	return atMost("table entries", sum, m.lim.TableEntries)
}

// What a module does: a job runs once, a mapping for each subject.
const (
	exportJob = "yb_run"
	exportMap = "yb_map"
)

// required checks the exports that the ABI names.
func (m *module) required() error {
	if e, ok := m.exports["memory"]; !ok || e.kind != kindMemory {
		return denied("it must export its memory as \"memory\"")
	}
	for _, name := range []string{exportJob, exportMap} {
		if e, ok := m.exports[name]; ok && (e.kind != kindFunction || m.signature(e.index) != "() i32") {
			return denied("its export %q must be a function of signature () i32", name)
		}
	}
	if !m.has(exportJob) && !m.has(exportMap) {
		return denied("it must export a function %q (a job) or %q (a mapping) of signature () i32", exportJob, exportMap)
	}
	if e, ok := m.exports["_initialize"]; ok && (e.kind != kindFunction || m.signature(e.index) != "()") {
		return denied("its export \"_initialize\" must be a function of signature ()")
	}
	if _, ok := m.exports["_start"]; ok {
		return denied("it exports _start, so it is a command: build a reactor (Go: -buildmode=c-shared, C: -mexec-model=reactor)")
	}
	return nil
}

func (m *module) has(export string) bool {
	_, ok := m.exports[export]
	return ok
}

func (m *module) summary() *Summary {
	return &Summary{
		Imports: m.imports, Exports: m.names, Language: m.language, Functions: len(m.funcs),
		Job: m.has(exportJob), Map: m.has(exportMap), Initialize: m.has("_initialize"), MemoryPages: m.pages, MaxPages: m.maxPages, Work: m.work,
	}
}

// signature writes a function's type: "(i32 i64) i32".
func (m *module) signature(function uint32) string { return m.types[m.funcs[function]].String() }

// signature is a function type, its value types as they stand in the binary.
type signature struct{ params, results string }

func (s signature) String() string {
	text := "(" + valueNames(s.params) + ")"
	if s.results != "" {
		text += " " + valueNames(s.results)
	}
	return text
}

func valueNames(types string) string {
	var b bytes.Buffer
	for i := range len(types) {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprint(&b, valueName(types[i]))
	}
	return b.String()
}

// Value types, binary format 5.3.
const (
	typeI32       = 0x7f
	typeI64       = 0x7e
	typeF32       = 0x7d
	typeF64       = 0x7c
	typeV128      = 0x7b
	typeFuncref   = 0x70
	typeExternref = 0x6f
)

func valueName(t byte) string {
	switch t {
	case typeI32:
		return "i32"
	case typeI64:
		return "i64"
	case typeF32:
		return "f32"
	case typeF64:
		return "f64"
	case typeV128:
		return "v128"
	case typeFuncref:
		return "funcref"
	case typeExternref:
		return "externref"
	}
	return ""
}
