package admission

import (
	"strings"
	"testing"

	"yingbi/internal/fault"
)

// most is a count that the bytes never pay for.
var most = []byte{0xff, 0xff, 0xff, 0xff, 0x0f}

type hostile struct {
	name   string
	module []byte
	kind   fault.Kind
	says   string // what the refusal names
}

// importing gives a module whose one import has the type (params) results.
func importing(module, name, params, results string) []byte {
	return with(
		section{sectionType, vec(funcType(params, results), funcType("", "\x7f"))},
		section{sectionImport, vec(importFunc(module, name, 0))},
		section{sectionFunction, vec(leb(1))},
		section{sectionExport, vec(exportOf("memory", kindMemory, 0), exportOf("yb_run", kindFunction, 1))},
	)
}

func exporting(exports ...[]byte) []byte { return with(section{sectionExport, vec(exports...)}) }

func hostiles() []hostile {
	const i, l, d = fault.Invalid, fault.Limit, fault.Denied
	mem, run := exportOf("memory", kindMemory, 0), exportOf("yb_run", kindFunction, 0)
	return []hostile{
		{"empty", nil, i, "magic"},
		{"text", []byte("(module)"), i, "magic"},
		{"magic only", []byte(header[:4]), i, "version"},
		{"component", []byte("\x00asm\x0d\x00\x01\x00"), d, "components"},
		{"header only", []byte(header), d, "memory"},
		{"section cut off", []byte(header + "\x01\x05\x00"), i, "are left"},
		{"section longer than its content", join(section{sectionType, cat(vec(), []byte{0})}), i, "too many"},
		{"section of 2^32-1 bytes", append([]byte(header+"\x01"), most...), i, "are left"},
		{"section twice", join(minimal()[0], minimal()[0]), i, "twice or out of order"},
		{"sections out of order", join(minimal()[2], minimal()[0]), i, "out of order"},
		{"data count after code", join(append(minimal(), section{sectionDataCount, leb(0)})...), i, "out of order"},
		{"unknown section", join(section{42, nil}), i, "section 42"},
		{"number of six bytes", append([]byte(header+"\x01"), 0x80, 0x80, 0x80, 0x80, 0x80, 0), i, "32 bits"},
		{"number with unused bits", append([]byte(header+"\x01"), 0x80, 0x80, 0x80, 0x80, 0x10), i, "32 bits"},
		{"signed number with unused bits", running(noLocals, opI32Const, 0x80, 0x80, 0x80, 0x80, 0x10), i, "32 bits"},

		{"2^32-1 types", join(section{sectionType, most}), l, "types"},
		{"2000 types in three bytes", join(section{sectionType, leb(2000)}), i, "are left"},
		{"2^32-1 parameters", join(section{sectionType, cat(leb(1), []byte{0x60}, most)}), l, "parameters"},
		{"2^32-1 imports", with(section{sectionImport, most}), l, "imports"},
		{"2^32-1 functions", with(section{sectionFunction, most}), l, "functions"},
		{"2^32-1 tables", with(section{sectionTable, most}), l, "tables"},
		{"2^32-1 globals", with(section{sectionGlobal, most}), l, "globals"},
		{"2^32-1 exports", with(section{sectionExport, most}), l, "exports"},
		{"2^32-1 element segments", with(section{sectionElement, most}), l, "element segments"},
		{"2^32-1 bodies", with(section{sectionCode, most}), l, "function bodies"},
		{"2^32-1 data segments", with(section{sectionData, most}), l, "data segments"},
		{"2^32-1 announced data segments", with(section{sectionDataCount, most}), l, "data segments"},
		{"2^32-1 bytes of data", with(section{sectionData, cat(leb(1), leb(1), most)}), i, "are left"},
		{"2^32-1 locals", running(cat(leb(1), most, []byte{typeI32})), l, "locals"},
		{"locals summed over groups", running(cat(leb(2), leb(3000), []byte{typeI32}, leb(3000), []byte{typeI64})), l, "locals"},
		{"2^32-1 local groups", running(most), l, "groups of locals"},
		{"2^32-1 branch targets", running(noLocals, cat([]byte{opBrTable}, most)...), l, "br_table"},
		{"name of 2^32-1 bytes", with(section{sectionExport, cat(leb(1), most)}), l, "export name"},
		{"custom name of 2^32-1 bytes", join(section{sectionCustom, most}), l, "custom section name"},
		{"custom sections of 5 MiB", join(section{sectionCustom, cat(str("x"), make([]byte, 5<<20))}), l, "custom sections"},
		{"a module of 17 MiB", join(section{sectionCustom, make([]byte, 17<<20)}), l, "module bytes"},
		{"a million empty functions", empties(1 << 20), l, "functions"},
		{"a body of 2 MiB", running(noLocals, times(2<<20, 0x01)...), l, "bytes in one function"},
		{"100k nested blocks", running(noLocals, cat(times(100_000, opBlock, 0x40), times(100_000, opEnd))...), l, "nesting depth"},
		{"20k nested ifs", running(noLocals, cat(times(20_000, opI32Const, 1, opIf, 0x40), times(20_000, opEnd))...), l, "nesting depth"},
		{"100k blocks in a row", running(noLocals, times(100_000, opBlock, 0x40, opEnd)...), l, "blocks"},
		{"4k locals through 2,000 loops", running(cat(leb(1), leb(4000), []byte{typeI64}), times(2000, opLoop, 0x40, opEnd)...), l, "locals × blocks"},
		{"branch tables without end", running(noLocals, times(2000, cat([]byte{opBrTable}, leb(100), times(101, 0))...)...), l, "branch targets"},

		{"path_open", importing(wasi, "path_open", "\x7f\x7f\x7f\x7f\x7f\x7e\x7e\x7f\x7f", "\x7f"), d, "path_open"},
		{"sock_accept", importing(wasi, "sock_accept", "\x7f\x7f\x7f", "\x7f"), d, "sock_accept"},
		{"a host of its own wish", importing("env", "system", "\x7f", "\x7f"), d, "env"},
		{"a right name with a wrong signature", importing(wasi, "fd_write", "\x7f\x7e\x7f\x7f", "\x7f"), d, "signature"},
		{"a right name in a wrong module", importing(abi, "fd_write", "\x7f\x7f\x7f\x7f", "\x7f"), d, "not a call"},
		{"imported memory", with(section{sectionImport, vec(cat(str("env"), str("memory"), []byte{kindMemory, 0, 1}))}), d, "only functions"},
		{"imported table", with(section{sectionImport, vec(cat(str(abi), str("log"), []byte{kindTable, 0x70, 0, 1}))}), d, "only functions"},

		{"two memories", with(section{sectionMemory, vec([]byte{0, 1}, []byte{0, 1})}), d, "exactly one"},
		{"no memory", with(section{sectionMemory, vec()}), d, "exactly one"},
		{"shared memory", with(section{sectionMemory, vec([]byte{3, 1, 1})}), d, "shared"},
		{"64-bit memory", with(section{sectionMemory, vec([]byte{4, 1})}), d, "64-bit"},
		{"a memory of 64 GiB", with(section{sectionMemory, vec(cat([]byte{0}, leb(1<<20)))}), l, "memory pages"},
		{"memory with max below min", with(section{sectionMemory, vec([]byte{1, 2, 1})}), i, "below"},
		{"a table of 2^32-1 entries", with(section{sectionTable, vec(cat([]byte{0x70, 0}, most))}), l, "table entries"},
		{"a table that may grow to 2^32-1", with(section{sectionTable, vec(cat([]byte{0x70, 1, 0}, most))}), l, "table entries"},
		{"table.grow without a maximum", growing(0), d, "table.grow"},
		{"table of a new reference type", with(section{sectionTable, vec([]byte{0x63, 0x70, 0, 1})}), d, "table of type"},

		{"threads", running(noLocals, 0xfe, 0x03, 0), d, "threads"},
		{"exceptions: tag section", join(section{sectionTag, vec()}), d, "exceptions"},
		{"exceptions: throw", running(noLocals, 0x08, 0), d, "exceptions"},
		{"tail call", running(noLocals, 0x12, 0), d, "tail calls"},
		{"call_ref", running(noLocals, 0x14, 0), d, "typed function references"},
		{"struct.new", running(noLocals, 0xfb, 0, 0), d, "garbage collection"},
		{"struct type", join(section{sectionType, vec([]byte{0x5f, 0, 0})}), d, "type form"},
		{"relaxed vector", running(noLocals, 0xfd, 0x80, 0x02), d, "relaxed"},
		{"padded vector opcode", running(noLocals, 0xfd, 0xa3, 0x00), d, "relaxed"},
		{"padded bulk opcode", running(noLocals, 0xfc, 0x8b, 0x00, 0), d, "unknown"},
		{"second memory in memory.fill", running(noLocals, 0xfc, 11, 1), d, "several memories"},
		{"second memory in a load", running(noLocals, opI32Load, 0x42, 1, 0), i, "alignment"},
		{"extended constant", with(section{sectionGlobal, vec([]byte{typeI32, 0, opI32Const, 1, opI32Const, 1, 0x6a, opEnd})}), d, "extended"},
		{"global read in a constant", with(section{sectionGlobal, vec([]byte{typeI32, 0, opGlobalGet, 0, opEnd})}), i, "constant"},

		{"no exports", with(section{sectionExport, vec()}), d, "memory"},
		{"no yb_run", exporting(mem), d, "yb_run"},
		{"yb_run is a memory", exporting(mem, exportOf("yb_run", kindMemory, 0)), d, "yb_run"},
		{"memory is a function", exporting(exportOf("memory", kindFunction, 0), run), d, "memory"},
		{"yb_run takes a parameter", with(section{sectionType, vec(funcType("\x7f", "\x7f"))}), d, "yb_run"},
		{"_initialize returns", exporting(mem, run, exportOf("_initialize", kindFunction, 0)), d, "_initialize"},
		{"a command", exporting(mem, run, exportOf("_start", kindFunction, 0)), d, "reactor"},
		{"exported twice", exporting(mem, run, run), i, "twice"},
		{"export of nothing", exporting(mem, exportOf("yb_run", kindFunction, 9)), i, "points to nothing"},
		{"export of a tag", exporting(mem, run, exportOf("t", 4, 0)), d, "kind 4"},
		{"name that is not UTF-8", exporting(mem, run, exportOf("\xff", kindMemory, 0)), i, "UTF-8"},

		{"function without code", with(section{sectionFunction, vec(leb(0), leb(0))}), i, "have code"},
		{"code section missing", join(minimal()[:4]...), i, "have code"},
		{"start with a result", with(section{sectionStart, leb(0)}), i, "start function"},
		{"function of no type", with(section{sectionFunction, vec(leb(7))}), i, "type 7"},
		{"call of no function", running(noLocals, opCall, 7), i, "function 7"},
		{"branch out of the function", running(noLocals, opBr, 1), i, "label 1"},
		{"local that is not there", running(noLocals, opLocalGet, 0), i, "local 0"},
		{"global that is not there", running(noLocals, opGlobalGet, 0), i, "global 0"},
		{"table that is not there", running(noLocals, opTableGet, 0), i, "table 0"},
		{"segment that is not there", running(noLocals, 0xfc, 8, 0, 0), i, "data segment 0"},
		{"element segment that is not there", running(noLocals, 0xfc, 13, 0), i, "element segment 0"},
		{"negative block type", running(noLocals, opBlock, 0x41, opEnd), i, "block type"},
		{"else without if", running(noLocals, opElse), i, "else without if"},
		{"body without end", with(section{sectionCode, vec(code(noLocals, opI32Const, 0))}), i, "too soon"},
		{"code after the end", with(section{sectionCode, vec(code(noLocals, opI32Const, 0, opEnd, opEnd))}), i, "too many"},
		{"constant cut off", with(section{sectionCode, vec(code(noLocals, opF64Const, 0))}), i, "are left"},
		{"announced data is missing", with(section{sectionDataCount, leb(3)}), i, "announced"},
		{"elements without a table", with(section{sectionElement, vec([]byte{0, opI32Const, 0, opEnd, 0})}), i, "needs a table"},
	}
}

func empties(n int) []byte {
	return with(
		section{sectionFunction, cat(leb(uint64(n)), make([]byte, n))},
		section{sectionCode, cat(leb(uint64(n)), times(n, code(noLocals, opI32Const, 0, opEnd)...))},
	)
}

// growing uses table.grow on a table with these limits.
func growing(limits ...byte) []byte {
	if len(limits) == 1 {
		limits = append(limits, 1)
	}
	return with(
		section{sectionTable, vec(append([]byte{typeFuncref}, limits...))},
		section{sectionCode, vec(code(noLocals, opRefNull, typeFuncref, opI32Const, 1, 0xfc, 15, 0, 0x1a, opI32Const, 0, opEnd))},
	)
}

func TestHostileModulesAreRefused(t *testing.T) {
	cases := hostiles()
	if len(cases) < 25 {
		t.Fatalf("%d cases", len(cases))
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Check(c.module, DefaultLimits())
			if err == nil {
				t.Fatal("admitted")
			}
			if fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("%v: %v; want %v naming %q", fault.KindOf(err), err, c.kind, c.says)
			}
		})
	}
}
