package admission

import (
	"bytes"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"yingbi/internal/fault"
	"yingbi/internal/hostile"
)

// ample is a module with every section and most instructions.
func ample() []byte {
	voidVoid, run, two := uint64(0), uint64(1), uint64(2)
	work := cat(
		[]byte{opBlock, 0x40, opI32Const, 1, opBrIf, 0, opEnd},
		[]byte{opLoop, 0x40, opEnd},
		[]byte{opI32Const, 0, opIf, typeI32, opI32Const, 1, opElse, opI32Const, 2, opEnd, opBrTable, 1, 0, 0},
		[]byte{opEnd},
	)
	bulk := cat(
		times(2, opI32Const, 0), []byte{0x1c, 1, typeI32}, // select t, typed
		[]byte{opLocalGet, 0, opLocalTee, 1, opGlobalSet, 0, opGlobalGet, 0},
		[]byte{opI32Load, 2, 4, 0x36, 2, 0, opMemorySize, 0, opMemoryGrow, 0},
		[]byte{opI64Const, 0x80, 0x7f, opF32Const, 0, 0, 0, 0, opF64Const, 0, 0, 0, 0, 0, 0, 0, 0},
		[]byte{opCall, 1, opCallIndirect, 1, 0, opTableGet, 0, opTableSet, 0},
		[]byte{opRefNull, typeFuncref, opRefIsNull, opRefFunc, 0, 0xc0, 0xc4}, // extend8, extend32
		[]byte{0xfc, 0, 0xfc, 7, 0xfc, 8, 0, 0, 0xfc, 9, 0, 0xfc, 10, 0, 0, 0xfc, 11, 0},
		[]byte{0xfc, 12, 0, 0, 0xfc, 13, 0, 0xfc, 14, 0, 0, 0xfc, 15, 0, 0xfc, 16, 0, 0xfc, 17, 0},
		[]byte{0xfd, 0, 4, 0, 0xfd, 12}, make([]byte, 16), []byte{0xfd, 13}, make([]byte, 16),
		[]byte{0xfd, 21, 3, 0xfd, 84, 0, 0, 1, 0xfd, 92, 2, 0, 0xfd, 0xae, 1},
		[]byte{opBlock, 1, opI32Const, 0, opEnd, opBlock, 0x81, 0x00, opEnd}, // block of a type, padded
		[]byte{0x0f, opEnd},
	)
	return join(
		section(sectionCustom, cat(str("go:buildid"), []byte("x"))),
		section(sectionType, vec(funcType("", ""), funcType("", "\x7f"), funcType("\x7f\x7f", "\x7f"))),
		section(sectionImport, vec(importFunc(abi, "log", two), importFunc(wasi, "sched_yield", run))),
		section(sectionFunction, vec(leb(run), leb(voidVoid), leb(two))),
		section(sectionTable, vec([]byte{typeFuncref, 1, 2, 9}, []byte{typeExternref, 1, 0, 0})),
		section(sectionMemory, vec([]byte{1, 2, 16})),
		section(sectionGlobal, vec([]byte{typeI32, 1, opI32Const, 7, opEnd}, cat([]byte{typeV128, 0, opSIMD, 12}, make([]byte, 16), []byte{opEnd}), []byte{typeFuncref, 0, opRefNull, typeFuncref, opEnd})),
		section(sectionExport, vec(exportOf("memory", kindMemory, 0), exportOf("yb_run", kindFunction, 2), exportOf("_initialize", kindFunction, 3), exportOf("t", kindTable, 1))),
		section(sectionStart, leb(3)),
		section(sectionElement, vec(
			[]byte{0, opI32Const, 0, opEnd, 1, 0}, []byte{1, 0, 1, 0}, []byte{2, 0, opI32Const, 0, opEnd, 0, 0}, []byte{3, 0, 0},
			[]byte{4, opI32Const, 0, opEnd, 1, opRefFunc, 0, opEnd}, []byte{5, typeFuncref, 0}, []byte{6, 0, opI32Const, 0, opEnd, typeFuncref, 0}, []byte{7, typeExternref, 0},
		)),

		section(sectionDataCount, leb(3)),
		section(sectionCode, vec(code(noLocals, cat([]byte{opBlock, 0x40}, work, []byte{opI32Const, 0, opEnd})...), code(noLocals, opEnd), code(cat(leb(1), leb(1), []byte{typeI32}), bulk...))),
		section(sectionData, vec(cat([]byte{0, opI32Const, 0, opEnd}, str("abc")), cat([]byte{1}, str("")), cat([]byte{2, 0, opI32Const, 0, opEnd}, str("d")))),
	)
}

// TestJobsAndMappings are told apart by what they export.
func TestJobsAndMappings(t *testing.T) {
	mem, run, mapped := exportOf("memory", kindMemory, 0), exportOf("yb_run", kindFunction, 0), exportOf("yb_map", kindFunction, 0)
	for _, c := range []struct {
		module       []byte
		job, mapping bool
	}{{exporting(mem, run), true, false}, {exporting(mem, mapped), false, true}, {exporting(mapped, mem, run), true, true}} {
		s, err := Check(c.module, DefaultLimits())
		if err != nil || s.Job != c.job || s.Map != c.mapping {
			t.Errorf("%+v, %v; want %v, %v", s, err, c.job, c.mapping)
		}
	}
}

func TestAmpleModuleIsAdmitted(t *testing.T) {
	got, err := Check(ample(), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	got.Work = 0
	want := &Summary{
		Imports: []Import{{abi, "log", "(i32 i32) i32"}, {wasi, "sched_yield", "() i32"}},
		Exports: []string{"memory", "yb_run", "_initialize", "t"}, Language: "go",
		Functions: 5, Job: true, Initialize: true, MemoryPages: 2, MaxPages: 16,
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v\nwant %+v", got, want)
	}
}

func TestEveryPrefixIsRefused(t *testing.T) {
	module := ample()
	for n := range len(module) {
		if s, err := Check(module[:n], DefaultLimits()); err == nil {
			t.Fatalf("the first %d of %d bytes are admitted: %+v", n, len(module), s)
		}
	}
}

// TestFlippedBytes changes each byte of a module to a few others: no change may
// break the check, and what is still admitted must stay within the limits.
func TestFlippedBytes(t *testing.T) {
	module := ample()
	for at := range module {
		for _, to := range []byte{0, 1, 0x40, 0x7f, 0x80, 0xff, module[at] ^ 1, module[at] + 1} {
			changed := bytes.Clone(module)
			changed[at] = to
			checkVerdict(t, changed)
		}
	}
}

// checkVerdict holds for every module: a refusal has one of three kinds; what is
// admitted stays admitted, with the same content, without its custom sections.
func checkVerdict(t *testing.T, module []byte) {
	t.Helper()
	lim := DefaultLimits()
	s, err := Check(module, lim)
	if err != nil {
		if kind := fault.KindOf(err); kind != fault.Invalid && kind != fault.Denied && kind != fault.Limit {
			t.Fatalf("refused as %v: %v", kind, err)
		}
		return
	}
	if s.Functions > lim.Functions || int(s.MemoryPages) > lim.MemoryPages || s.Work > lim.ModuleWork {
		t.Fatalf("admitted beyond its limits: %+v", s)
	}
	if !slices.Contains(s.Exports, "memory") || s.Job != slices.Contains(s.Exports, exportJob) || s.Map != slices.Contains(s.Exports, exportMap) || !s.Job && !s.Map {
		t.Fatalf("admitted without its exports: %+v", s)
	}
	for _, i := range s.Imports {
		if !slices.Contains(Host(), i) {
			t.Fatalf("admitted with the import %v", i)
		}
	}
	stripped, err := Strip(module)
	if err != nil || len(stripped) > len(module) {
		t.Fatalf("stripping: %d bytes of %d, %v", len(stripped), len(module), err)
	}
	again, err := Check(stripped, lim)
	if err != nil {
		t.Fatalf("refused when stripped: %v", err)
	}
	again.Language = s.Language
	if !reflect.DeepEqual(s, again) {
		t.Fatalf("stripping changed %+v to %+v", s, again)
	}
	if twice, err := Strip(stripped); err != nil || !bytes.Equal(twice, stripped) {
		t.Fatal("stripping twice is not stripping once")
	}
	if _, err := Check(append(bytes.Clone(module), 0), lim); err == nil {
		t.Fatal("admitted with a byte appended")
	}
}

func TestStrip(t *testing.T) {
	custom := func(name string) hostile.Section { return section(sectionCustom, cat(str(name), []byte("content"))) }
	plain := minimal()
	dressed := slices.Concat([]hostile.Section{custom("name")}, plain[:2], []hostile.Section{custom("producers"), custom("")}, plain[2:], []hostile.Section{custom(".debug_info")})
	got, err := Strip(join(dressed...))
	if err != nil || !bytes.Equal(got, join(plain...)) {
		t.Fatalf("%x, %v", got, err)
	}
	if _, err := Strip([]byte("\x00asm\x01\x00\x00\x00\x01\x05")); err == nil {
		t.Fatal("a section that is cut off was stripped")
	}
}

// TestLimitsAtTheirEdge holds each limit to n being admitted and n−1 not, and
// its name to standing in the refusal.
func TestLimitsAtTheirEdge(t *testing.T) {
	blocks := running(noLocals, times(3, opBlock, 0x40, opEnd)...)
	nested := running(noLocals, cat(times(3, opBlock, 0x40), times(3, opEnd))...)
	locals := running(cat(leb(1), leb(3), []byte{typeI32}))
	targets := running(noLocals, opBlock, 0x40, opBrTable, 2, 0, 0, 0, opEnd)
	tables := with(section(sectionTable, vec([]byte{typeFuncref, 1, 0, 1}, []byte{typeFuncref, 0, 2})))
	elements := with(section(sectionTable, vec([]byte{typeFuncref, 0, 0})), section(sectionElement, vec([]byte{1, 0, 0}, []byte{1, 0, 0}, []byte{1, 0, 0})))
	data := with(section(sectionData, vec(str("\x00"), str("\x00"), str("\x00"))))
	globals := with(section(sectionGlobal, vec([]byte{typeI32, 0, opI32Const, 0, opEnd}, []byte{typeI32, 0, opI32Const, 0, opEnd}, []byte{typeI32, 0, opI32Const, 0, opEnd})))
	types := with(section(sectionType, vec(funcType("", "\x7f"), funcType("\x7f\x7f\x7f", "\x7f\x7f\x7f"), funcType("", ""))))
	custom := join(append(minimal(), section(sectionCustom, []byte("\x01x!")))...)
	imports := with(
		section(sectionType, vec(funcType("", "\x7f"))),
		section(sectionImport, vec(importFunc(wasi, "sched_yield", 0), importFunc(wasi, "sched_yield", 0), importFunc(abi, "inputs", 0))),
		section(sectionExport, vec(exportOf("memory", kindMemory, 0), exportOf("yb_run", kindFunction, 3))),
	)
	exports := exporting(exportOf("memory", kindMemory, 0), exportOf("yb_run", kindFunction, 0), exportOf("m", kindMemory, 0))
	smallest := with()
	for _, c := range []struct {
		says   string
		module []byte
		limit  func(*Limits) *int
		n      int
	}{
		{"module bytes", smallest, func(l *Limits) *int { return &l.ModuleBytes }, len(smallest)},
		{"custom sections", custom, func(l *Limits) *int { return &l.CustomBytes }, 3},
		{"bytes in", smallest, func(l *Limits) *int { return &l.NameBytes }, len("memory")},
		{"types", types, func(l *Limits) *int { return &l.Types }, 3},
		{"parameters", types, func(l *Limits) *int { return &l.Params }, 3},
		{"results", types, func(l *Limits) *int { return &l.Results }, 3},
		{"imports", imports, func(l *Limits) *int { return &l.Imports }, 3},
		{"functions", imports, func(l *Limits) *int { return &l.Functions }, 4},
		{"globals", globals, func(l *Limits) *int { return &l.Globals }, 3},
		{"exports", exports, func(l *Limits) *int { return &l.Exports }, 3},
		{"tables", tables, func(l *Limits) *int { return &l.Tables }, 2},
		{"table entries", tables, func(l *Limits) *int { return &l.TableEntries }, 3},
		{"element segments", elements, func(l *Limits) *int { return &l.Elements }, 3},
		{"data segments", data, func(l *Limits) *int { return &l.Data }, 3},
		{"memory pages", smallest, func(l *Limits) *int { return &l.MemoryPages }, 1},
		{"bytes in one function", blocks, func(l *Limits) *int { return &l.BodyBytes }, 13},
		{"locals of one function", locals, func(l *Limits) *int { return &l.Locals }, 3},
		{"locals of all functions", locals, func(l *Limits) *int { return &l.ModuleLocals }, 3},
		{"nesting depth", nested, func(l *Limits) *int { return &l.Depth }, 3},
		{"blocks of one function", blocks, func(l *Limits) *int { return &l.Blocks }, 3},
		{"branch targets", targets, func(l *Limits) *int { return &l.Targets }, 3},
		{"work of one function", smallest, func(l *Limits) *int { return &l.FunctionWork }, 2 + 16},
		{"work of all functions", smallest, func(l *Limits) *int { return &l.ModuleWork }, 2 + 16},
	} {
		t.Run(c.says, func(t *testing.T) {
			for n := c.n - 1; n <= c.n+1; n++ {
				lim := DefaultLimits()
				*c.limit(&lim) = n
				_, err := Check(c.module, lim)
				if n >= c.n && err != nil {
					t.Fatalf("limit %d: %v", n, err)
				}
				if n < c.n && (fault.KindOf(err) != fault.Limit || !strings.Contains(err.Error(), c.says)) {
					t.Fatalf("limit %d: %v", n, err)
				}
			}
		})
	}
	if got := reflect.TypeFor[Limits]().NumField(); got != 23 {
		t.Fatalf("%d limits, 23 of them tested above", got)
	}
}

// TestThePageGivesTheLimits holds docs/GUEST-ABI.md to DefaultLimits.
func TestThePageGivesTheLimits(t *testing.T) {
	page, err := os.ReadFile("../../docs/GUEST-ABI.md")
	if err != nil {
		t.Fatal(err)
	}
	lim := DefaultLimits()
	v := reflect.ValueOf(lim)
	for i := range v.NumField() {
		n := int(v.Field(i).Int())
		says := fmt.Sprint(n)
		switch {
		case v.Type().Field(i).Name == "MemoryPages":
			says = fmt.Sprintf("%d MiB", n/16)
		case n >= 1<<20 && n < 1<<25 && n&(1<<20-1) == 0 && strings.HasSuffix(v.Type().Field(i).Name, "Bytes"):
			says = fmt.Sprintf("%d MiB", n>>20)
		default:
			for at := len(says) - 3; at > 0; at -= 3 {
				says = says[:at] + "," + says[at:]
			}
		}
		if !strings.Contains(string(page), says) {
			t.Errorf("docs/GUEST-ABI.md does not say %s, the limit of %s", says, v.Type().Field(i).Name)
		}
	}
}

func TestTheZeroLimitsRefuse(t *testing.T) {
	if _, err := Check(with(), Limits{}); fault.KindOf(err) != fault.Limit {
		t.Fatal(err)
	}
}

// TestTableGrowthIsBounded admits table.grow under a declared maximum only.
func TestTableGrowthIsBounded(t *testing.T) {
	if _, err := Check(hostile.Growing(1, 1, 9), DefaultLimits()); err != nil {
		t.Fatal(err)
	}
	if _, err := Check(hostile.Growing(0, 1), DefaultLimits()); fault.KindOf(err) != fault.Denied {
		t.Fatal(err)
	}
}

func TestHostCallsAreDistinct(t *testing.T) {
	seen := map[string]bool{}
	for _, h := range Host() {
		if name := h.Module + "." + h.Name; seen[name] {
			t.Errorf("%s stands twice", name)
		} else {
			seen[name] = true
		}
	}
	if seen["wasi_snapshot_preview1.path_open"] || !seen["yingbi.emit"] {
		t.Error("the list is not the one of the ABI")
	}
}

func FuzzCheck(f *testing.F) {
	f.Add(with())
	f.Add(ample())
	f.Add(hostile.Growing(1, 1, 9))
	for _, c := range refused() {
		if len(c.Wasm) < 1<<12 {
			f.Add(c.Wasm)
		}
	}
	f.Fuzz(func(t *testing.T, module []byte) { checkVerdict(t, module) })
}

func BenchmarkCheck(b *testing.B) {
	module := hostile.Empties(16000)
	b.SetBytes(int64(len(module)))
	for b.Loop() {
		if _, err := Check(module, DefaultLimits()); err != nil {
			b.Fatal(err)
		}
	}
}
