package admission

import (
	"bytes"
	"slices"
)

// Section ids, binary format 5.5.2.
const (
	sectionCustom    = 0
	sectionType      = 1
	sectionImport    = 2
	sectionFunction  = 3
	sectionTable     = 4
	sectionMemory    = 5
	sectionGlobal    = 6
	sectionExport    = 7
	sectionStart     = 8
	sectionElement   = 9
	sectionCode      = 10
	sectionData      = 11
	sectionDataCount = 12
	sectionTag       = 13
)

// order is the place of each section; a module has each at most once, in this
// order. The data count stands before the code, that one pass can check it.
var order = []byte{
	sectionType, sectionImport, sectionFunction, sectionTable, sectionMemory, sectionGlobal,
	sectionExport, sectionStart, sectionElement, sectionDataCount, sectionCode, sectionData,
}

// Kinds of imports and exports.
const (
	kindFunction = 0
	kindTable    = 1
	kindMemory   = 2
	kindGlobal   = 3
)

// module is what has been read so far.
type module struct {
	lim      Limits
	types    []signature
	imports  []Import
	funcs    []uint32 // type index of each function, imports first
	imported int
	tables   []table
	memories int
	pages    uint32
	maxPages uint32 // 0: no maximum is declared
	globals  int
	exports  map[string]export
	names    []string // of exports, in order

	elements   int
	entries    uint64 // of all element segments
	dataCount  *uint32
	datas      int
	bodies     int
	custom     int    // bytes in custom sections
	locals     uint64 // of all functions
	work       int
	growsTable bool
	language   string
}

type table struct {
	min, max uint32
	bounded  bool
}

type export struct {
	kind  byte
	index uint32
}

func (m *module) sections(wasm []byte) error {
	r, err := open(wasm)
	if err != nil {
		return err
	}
	place := -1
	for r.left() > 0 && r.err == nil {
		id := r.byte()
		s := r.sub(r.u32())
		if id != sectionCustom {
			next := slices.Index(order, id)
			if next >= 0 && next <= place {
				r.malformed("section %d stands twice or out of order", id)
			}
			place = max(place, next)
		}
		if r.err == nil {
			m.section(id, s)
			r.fail(s.err)
		}
	}
	return r.err
}

func (m *module) section(id byte, r *reader) {
	switch id {
	case sectionCustom:
		m.customSection(r)
	case sectionType:
		m.typeSection(r)
	case sectionImport:
		m.importSection(r)
	case sectionFunction:
		m.functionSection(r)
	case sectionTable:
		m.tableSection(r)
	case sectionMemory:
		m.memorySection(r)
	case sectionGlobal:
		m.globalSection(r)
	case sectionExport:
		m.exportSection(r)
	case sectionStart:
		m.startSection(r)
	case sectionElement:
		m.elementSection(r)
	case sectionDataCount:
		n := uint32(r.count("data segments", m.lim.Data, 0))
		m.dataCount = &n
	case sectionCode:
		m.codeSection(r)
	case sectionData:
		m.dataSection(r)
	case sectionTag:
		r.fail(denied("exceptions are not allowed (tag section)"))
	default:
		r.malformed("section %d does not exist", id)
	}
	r.end("a section")
}

// customSection counts the bytes, and takes a hint of the language.
func (m *module) customSection(r *reader) {
	m.custom += r.left()
	r.fail(atMost("bytes in custom sections", uint64(m.custom), m.lim.CustomBytes))
	name := r.name("custom section name", m.lim.NameBytes)
	content := r.take(uint32(r.left()))
	switch {
	case name == "go:buildid":
		m.language = "go"
	case name == "producers" && m.language == "" && bytes.Contains(content, []byte("rustc")):
		m.language = "rust"
	case name == "producers" && m.language == "" && bytes.Contains(content, []byte("clang")):
		m.language = "c"
	}
}

func (m *module) typeSection(r *reader) {
	n := r.count("types", m.lim.Types, 3)
	m.types = make([]signature, 0, n)
	for range n {
		if form := r.byte(); r.err == nil && form != 0x60 {
			r.fail(denied("type form %#x: only function types are allowed, no garbage-collected ones", form))
		}
		params := m.valueTypes(r, "parameters of one type", m.lim.Params)
		results := m.valueTypes(r, "results of one type", m.lim.Results)
		m.types = append(m.types, signature{params, results})
		if r.err != nil {
			return
		}
	}
}

func (m *module) valueTypes(r *reader, what string, limit int) string {
	b := r.take(uint32(r.count(what, limit, 1)))
	for _, t := range b {
		checkValueType(r, t)
	}
	return string(b)
}

func checkValueType(r *reader, t byte) {
	if valueName(t) == "" {
		r.fail(denied("value type %#x is not allowed", t))
	}
}

func (m *module) importSection(r *reader) {
	for range r.count("imports", m.lim.Imports, 4) {
		imp := Import{Module: r.name("import module", m.lim.NameBytes), Name: r.name("import name", m.lim.NameBytes)}
		if kind := r.byte(); r.err == nil && kind != kindFunction {
			r.fail(denied("import %q %q: only functions can be imported, no memory, table or global", imp.Module, imp.Name))
		}
		t := m.typeIndex(r)
		if r.err != nil {
			return
		}
		imp.Signature = m.types[t].String()
		r.fail(allowed(imp))
		m.imports = append(m.imports, imp)
		m.funcs = append(m.funcs, t)
	}
	m.imported = len(m.funcs)
}

func (m *module) functionSection(r *reader) {
	n := r.count("functions", m.lim.Functions, 1)
	r.fail(atMost("functions", uint64(n)+uint64(m.imported), m.lim.Functions))
	if r.err != nil {
		return
	}
	m.funcs = append(make([]uint32, 0, m.imported+n), m.funcs...)
	for range n {
		m.funcs = append(m.funcs, m.typeIndex(r))
	}
}

func (m *module) tableSection(r *reader) {
	for range r.count("tables", m.lim.Tables, 3) {
		t := r.byte()
		if r.err == nil && t != typeFuncref && t != typeExternref {
			r.fail(denied("table of type %#x is not allowed: funcref or externref only, without initial value", t))
		}
		flag := r.byte()
		if r.err == nil && flag > 1 {
			r.fail(denied("table limits %#x are not allowed", flag))
		}
		entry := table{min: r.u32(), bounded: flag == 1}
		if entry.bounded {
			entry.max = r.u32()
		}
		if entry.bounded && entry.max < entry.min {
			r.malformed("a table's maximum is below its minimum")
		}
		m.tables = append(m.tables, entry)
	}
}

func (m *module) memorySection(r *reader) {
	m.memories = int(r.u32())
	if r.err == nil && m.memories != 1 {
		r.fail(denied("%d memories: exactly one is allowed", m.memories))
	}
	flag := r.byte()
	if r.err == nil && flag > 1 {
		r.fail(denied("memory limits %#x are not allowed: no shared and no 64-bit memory", flag))
	}
	m.pages = r.u32()
	r.fail(atMost("initial memory pages", uint64(m.pages), m.lim.MemoryPages))
	if flag == 1 {
		m.maxPages = r.u32()
		if r.err == nil && (m.maxPages < max(m.pages, 1) || m.maxPages > 1<<16) {
			r.malformed("the memory's maximum is zero, below its minimum or above 65536 pages")
		}
	}
}

func (m *module) globalSection(r *reader) {
	for range r.count("globals", m.lim.Globals, 4) {
		checkValueType(r, r.byte())
		if mutable := r.byte(); mutable > 1 {
			r.malformed("a global's mutability is %d", mutable)
		}
		m.constant(r)
		m.globals++
	}
}

func (m *module) exportSection(r *reader) {
	for range r.count("exports", m.lim.Exports, 3) {
		name := r.name("export name", m.lim.NameBytes)
		e := export{kind: r.byte(), index: r.u32()}
		if r.err != nil {
			return
		}
		if _, twice := m.exports[name]; twice {
			r.malformed("%q is exported twice", name)
		}
		if e.kind > kindGlobal {
			r.fail(denied("export %q is of kind %d: no exceptions", name, e.kind))
		}
		size := [...]int{kindFunction: len(m.funcs), kindTable: len(m.tables), kindMemory: m.memories, kindGlobal: m.globals}
		if r.err == nil && uint64(e.index) >= uint64(size[e.kind]) {
			r.malformed("export %q points to nothing", name)
		}
		m.exports[name] = e
		m.names = append(m.names, name)
	}
}

func (m *module) startSection(r *reader) {
	f := m.functionIndex(r)
	if r.err == nil && m.signature(f) != "()" {
		r.malformed("the start function has parameters or results")
	}
}

func (m *module) codeSection(r *reader) {
	n := r.count("function bodies", m.lim.Functions, 3)
	if r.err == nil && n != len(m.funcs)-m.imported {
		r.malformed("%d functions are declared, %d have code", len(m.funcs)-m.imported, n)
	}
	for range n {
		if r.err != nil {
			return
		}
		size := r.u32()
		r.fail(atMost("bytes in one function", uint64(size), m.lim.BodyBytes))
		body := r.sub(size)
		m.body(body, uint32(m.imported+m.bodies))
		r.fail(body.err)
		m.bodies++
	}
}

func (m *module) dataSection(r *reader) {
	for range r.count("data segments", m.lim.Data, 2) {
		switch mode := r.u32(); mode {
		case 2, 0:
			if mode == 2 && r.u32() != 0 {
				r.fail(denied("several memories are not allowed"))
			}
			m.memory(r)
			m.constant(r)
		case 1:
		default:
			r.malformed("data segment of mode %d", mode)
		}
		r.take(r.u32())
		m.datas++
		if r.err != nil {
			return
		}
	}
}

func (m *module) typeIndex(r *reader) uint32 { return index(r, "type", len(m.types)) }

func (m *module) functionIndex(r *reader) uint32 { return index(r, "function", len(m.funcs)) }

func (m *module) tableIndex(r *reader) uint32 { return index(r, "table", len(m.tables)) }

// memory refuses what needs a memory in a module without one.
func (m *module) memory(r *reader) {
	if r.err == nil && m.memories == 0 {
		r.malformed("an instruction or a segment needs a memory, and there is none")
	}
}

func index(r *reader, what string, size int) uint32 {
	i := r.u32()
	if r.err == nil && uint64(i) >= uint64(size) {
		r.malformed("%s %d does not exist, there are %d", what, i, size)
	}
	return i
}
