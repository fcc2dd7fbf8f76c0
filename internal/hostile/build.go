package hostile

import (
	"bytes"
	"slices"
)

// Section is one section of a module, right or wrong.
type Section struct {
	ID   byte
	Body []byte
}

// Sec makes a section.
func Sec(id byte, body []byte) Section { return Section{id, body} }

// Section ids, binary format 5.5.2.
const (
	secCustom    = 0
	secType      = 1
	secImport    = 2
	secFunction  = 3
	secTable     = 4
	secMemory    = 5
	secGlobal    = 6
	secExport    = 7
	secStart     = 8
	secElement   = 9
	secCode      = 10
	secData      = 11
	secDataCount = 12
	secTag       = 13
)

// order is the place of each section in a module.
var order = []byte{
	secType, secImport, secFunction, secTable, secMemory, secGlobal, secExport, secStart, secElement, secDataCount, secCode, secData,
}

// Kinds of imports and exports.
const (
	kindFunction = 0
	kindTable    = 1
	kindMemory   = 2
	kindGlobal   = 3
)

// Value types, binary format 5.3.
const (
	typeI32     = 0x7f
	typeI64     = 0x7e
	typeF64     = 0x7c
	typeFuncref = 0x70
	noType      = 0x40 // of a block
)

// header is the magic number and version 1 of a core module.
const header = "\x00asm\x01\x00\x00\x00"

// Leb writes an unsigned number.
func Leb(v uint64) []byte {
	var b []byte
	for {
		c := byte(v & 0x7f)
		if v >>= 7; v == 0 {
			return append(b, c)
		}
		b = append(b, c|0x80)
	}
}

// sleb writes a signed number.
func sleb(v int64) []byte {
	var b []byte
	for {
		c := byte(v & 0x7f)
		v >>= 7
		if v == 0 && c < 0x40 || v == -1 && c >= 0x40 {
			return append(b, c)
		}
		b = append(b, c|0x80)
	}
}

// Cat puts parts one behind the other.
func Cat(parts ...[]byte) []byte { return slices.Concat(parts...) }

// Vec writes a vector.
func Vec(items ...[]byte) []byte { return append(Leb(uint64(len(items))), Cat(items...)...) }

// Str writes a name or bytes with their length.
func Str(s string) []byte { return append(Leb(uint64(len(s))), s...) }

// Times repeats bytes.
func Times(n int, b ...byte) []byte { return bytes.Repeat(b, n) }

// FuncType writes a type; params and results are value types.
func FuncType(params, results string) []byte { return Cat([]byte{0x60}, Str(params), Str(results)) }

// ImportFunc writes an import of a function.
func ImportFunc(module, name string, typ uint64) []byte {
	return Cat(Str(module), Str(name), []byte{kindFunction}, Leb(typ))
}

// ExportOf writes an export.
func ExportOf(name string, kind byte, index uint64) []byte {
	return Cat(Str(name), []byte{kind}, Leb(index))
}

// Code writes one body: groups of locals and instructions, the final end included.
func Code(locals []byte, instructions ...byte) []byte {
	body := Cat(locals, instructions)
	return append(Leb(uint64(len(body))), body...)
}

// NoLocals is a body's empty list of locals.
func NoLocals() []byte { return Leb(0) }

// Join writes a module of these sections.
func Join(sections ...Section) []byte {
	out := []byte(header)
	for _, s := range sections {
		out = append(out, s.ID)
		out = append(out, Leb(uint64(len(s.Body)))...)
		out = append(out, s.Body...)
	}
	return out
}

// Minimal is the smallest module that is admitted: a memory and a yb_run that
// returns 0.
func Minimal() []Section {
	return []Section{
		{secType, Vec(FuncType("", "\x7f"))},
		{secFunction, Vec(Leb(0))},
		{secMemory, Vec([]byte{0, 1})},
		{secExport, Vec(ExportOf("memory", kindMemory, 0), ExportOf("yb_run", kindFunction, 0))},
		{secCode, Vec(Code(NoLocals(), opI32Const, 0, opEnd))},
	}
}

// With replaces the section of the same id in the minimal module, or adds it in
// its place.
func With(changes ...Section) []byte { return Join(replace(Minimal(), changes...)...) }

func replace(sections []Section, changes ...Section) []Section {
	rank := func(id byte) int { return slices.Index(order, id) }
	for _, c := range changes {
		at := slices.IndexFunc(sections, func(s Section) bool { return s.ID == c.ID })
		if at >= 0 {
			sections[at] = c
			continue
		}
		at = slices.IndexFunc(sections, func(s Section) bool { return rank(s.ID) > rank(c.ID) })
		if at < 0 {
			at = len(sections)
		}
		sections = slices.Insert(sections, at, c)
	}
	return sections
}

// Running gives the minimal module with this body for yb_run; a result of 0 and
// the end are added.
func Running(locals []byte, instructions ...byte) []byte {
	return With(Sec(secCode, Vec(Code(locals, append(instructions, opI32Const, 0, opEnd)...))))
}

// Empties gives a module of n functions that return 0.
func Empties(n int) []byte {
	return With(
		Sec(secFunction, Cat(Leb(uint64(n)), make([]byte, n))),
		Sec(secCode, Cat(Leb(uint64(n)), Times(n, Code(NoLocals(), opI32Const, 0, opEnd)...))),
	)
}

// Growing uses table.grow on a table with these limits.
func Growing(limits ...byte) []byte {
	return With(
		Sec(secTable, Vec(append([]byte{typeFuncref}, limits...))),
		Sec(secCode, Vec(Code(NoLocals(), opRefNull, typeFuncref, opI32Const, 1, opMisc, tableGrow, 0, opDrop, opI32Const, 0, opEnd))),
	)
}
