package admission

import (
	"slices"
	"strings"
)

// The builder below writes modules, right and wrong, section by section.

type section struct {
	id   byte
	body []byte
}

func leb(v uint64) []byte {
	var b []byte
	for {
		c := byte(v & 0x7f)
		if v >>= 7; v == 0 {
			return append(b, c)
		}
		b = append(b, c|0x80)
	}
}

func cat(parts ...[]byte) []byte { return slices.Concat(parts...) }

func vec(items ...[]byte) []byte { return append(leb(uint64(len(items))), cat(items...)...) }

func str(s string) []byte { return append(leb(uint64(len(s))), s...) }

func funcType(params, results string) []byte {
	return cat([]byte{0x60}, str(params), str(results))
}

func importFunc(module, name string, typ uint64) []byte {
	return cat(str(module), str(name), []byte{kindFunction}, leb(typ))
}

func exportOf(name string, kind byte, index uint64) []byte {
	return cat(str(name), []byte{kind}, leb(index))
}

// code is one body: local groups and instructions, the final end included.
func code(locals []byte, instructions ...byte) []byte {
	body := cat(locals, instructions)
	return append(leb(uint64(len(body))), body...)
}

var noLocals = leb(0)

func join(sections ...section) []byte {
	out := []byte(header)
	for _, s := range sections {
		out = append(out, s.id)
		out = append(out, leb(uint64(len(s.body)))...)
		out = append(out, s.body...)
	}
	return out
}

// minimal is the smallest module that is admitted: a memory and a yb_run that
// returns 0.
func minimal() []section {
	return []section{
		{sectionType, vec(funcType("", "\x7f"))},
		{sectionFunction, vec(leb(0))},
		{sectionMemory, vec([]byte{0, 1})},
		{sectionExport, vec(exportOf("memory", kindMemory, 0), exportOf("yb_run", kindFunction, 0))},
		{sectionCode, vec(code(noLocals, opI32Const, 0, opEnd))},
	}
}

// with replaces the section of the same id in the minimal module, or adds it in
// its place.
func with(changes ...section) []byte {
	sections := minimal()
	for _, c := range changes {
		at := slices.IndexFunc(sections, func(s section) bool { return s.id == c.id })
		if at >= 0 {
			sections[at] = c
			continue
		}
		rank := func(id byte) int { return slices.Index(order, id) }
		at = slices.IndexFunc(sections, func(s section) bool { return rank(s.id) > rank(c.id) })
		if at < 0 {
			at = len(sections)
		}
		sections = slices.Insert(sections, at, c)
	}
	return join(sections...)
}

// running gives the minimal module with this body for yb_run; end is added.
func running(locals []byte, instructions ...byte) []byte {
	return with(section{sectionCode, vec(code(locals, append(instructions, opI32Const, 0, opEnd)...))})
}

func times(n int, b ...byte) []byte { return []byte(strings.Repeat(string(b), n)) }
