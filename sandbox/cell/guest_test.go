//go:build linux && cgo

package cell

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"yingbi/examples/guests"
	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
	"yingbi/sandbox/admission"
)

func TestEveryAllowedImportIsImplemented(t *testing.T) {
	functions := calls()
	for _, i := range admission.Host() {
		if functions[i.Module+"."+i.Name] == nil {
			t.Errorf("%s is allowed and not implemented", i)
		}
		delete(functions, i.Module+"."+i.Name)
	}
	for name := range functions {
		t.Errorf("%s is implemented and not allowed", name)
	}
}

func TestHostCallsRefuseWildArguments(t *testing.T) {
	r := probe(t, "bounds", nil)
	want := `kind -1|kind -1|name -2|name -2|name -3|name -1|read -4|read -3|read -2|read -2|again 0|read 0|end 0|rewind 0|rewound 0|` +
		`rewind -1|next -1|emit -2|emit -2|log -2|log -2|query -5|`
	if got := strings.ReplaceAll(r.log, "\n", "|"); r.err != nil || got != want {
		t.Fatalf("%v\ngot  %s\nwant %s", r.err, got, want)
	}
}

func TestSystemCallsReachNothing(t *testing.T) {
	r := probe(t, "wasi", nil)
	want := `args 0|environ 0|args 21|prestat 8|stat 0|stat 8|stat 21|stderrwrite 0|written 6|write 8|write 21|write 21|write 21|` +
		`read 0|got 0|read 8|random 21|clock 21|clock 28|`
	if got := strings.ReplaceAll(r.log, "\n", "|"); r.err != nil || got != want {
		t.Fatalf("%v\ngot  %s\nwant %s", r.err, got, want)
	}
}

func TestTimeAndRandomnessAreFixed(t *testing.T) {
	first, second := probe(t, "times", nil), probe(t, "times", nil)
	if first.err != nil || first.log != second.log {
		t.Fatalf("%v\n%s\n%s", first.err, first.log, second.log)
	}
	want := "now 1700000000000001000|poll 0|events 1|user 42|slept 3600000001000|poll 28|poll 21|poll 28|random "
	if got := strings.ReplaceAll(first.log, "\n", "|"); !strings.HasPrefix(got, want) {
		t.Fatalf("got  %s\nwant %s", got, want)
	}
	other := probe(t, "times", func(r *abi.GuestRequest) { r.Seed[0] = 1 })
	if other.log == first.log {
		t.Fatal("another seed gave the same randomness")
	}
}

func TestTheStandardLibraryRunsInAGuest(t *testing.T) {
	req := guestRequest()
	first, second := runGuest(t, "stdlib", req), runGuest(t, "stdlib", req)
	if first.err != nil || first.log != second.log {
		t.Fatalf("%v\n%s\n%s", first.err, first.log, second.log)
	}
	if !strings.HasPrefix(first.log, "year 2023 0 0\nslept 1h0m0s\n{\"order\":") {
		t.Fatal(first.log)
	}
}

func TestGuestEndsByAClosedCode(t *testing.T) {
	for _, c := range []struct {
		attempt string
		code    abi.Code
		log     string // what the log holds
		change  func(*abi.GuestRequest)
	}{
		{"nothing", "", "", nil},
		{"query", "", "query -5\n", nil},
		{"undeclared", abi.FailGuestOutput, "not declared", nil},
		{"malformed", abi.FailGuestOutput, "malformed", nil},
		{"two items", abi.FailGuestLimit, "emit 0\n", func(r *abi.GuestRequest) { r.MaxItems = 1 }},
		{"two items", "", "emit 0\n", func(r *abi.GuestRequest) { r.MaxItems = 2 }},
		{"large item", abi.FailGuestLimit, "bytes of an item", func(r *abi.GuestRequest) { r.MaxItemBytes = 1<<16 - 1 }},
		{"large item", abi.FailGuestOutput, "malformed", func(r *abi.GuestRequest) { r.MaxItemBytes = 1 << 16 }},
		{"trap", abi.FailGuestTrap, "unreachable", nil},
		{"wild load", abi.FailGuestTrap, "out of bounds memory access", nil},
		{"deep", abi.FailGuestTrap, "", nil},
		{"exit 0", abi.FailGuestExit, "", nil},
		{"forged deadline", abi.FailGuestExit, "", nil},
		{"failure", abi.FailGuestExit, "", nil},
		{"calls", abi.FailGuestLimit, "calls of the host", nil},
		{"memory", "", "pages 300\n", func(r *abi.GuestRequest) { r.MaxPages = 300 }},
		{"trap", abi.FailGuestTrap, "", func(r *abi.GuestRequest) { r.MaxLog = 10 }},
		{"nothing", abi.FailRequest, "", func(r *abi.GuestRequest) { r.Seed = nil }},
		{"nothing", abi.FailRequest, "", func(r *abi.GuestRequest) { r.Now = time.Time{} }},
		{"nothing", abi.FailModule, "", func(r *abi.GuestRequest) { r.MaxPages = 1 }},
	} {
		t.Run(c.attempt, func(t *testing.T) {
			r := probe(t, c.attempt, c.change)
			if r.code() != c.code || r.err != nil && c.code == "" || !strings.Contains(r.log, c.log) {
				t.Fatalf("%v, log %q; want %q", r.err, r.log, c.code)
			}
		})
	}
}

func TestLogIsCutAtItsBudget(t *testing.T) {
	r := probe(t, "flood", func(r *abi.GuestRequest) { r.MaxLog = 100 })
	if r.err != nil || r.log != strings.Repeat("0123456789\n", 9) {
		t.Fatalf("%v, %d bytes of log", r.err, len(r.log))
	}
}

// mixed has every type, nulls among them, and a hidden ordinal.
func mixed(rows int) *abi.Frame {
	kind := func(k coltype.Kind) coltype.Type { return coltype.Type{Kind: k} }
	f := &abi.Frame{Rows: rows, Columns: []abi.Column{
		{Name: "n", Type: kind(coltype.Integer)}, {Name: "金额", Type: coltype.Type{Kind: coltype.Decimal, Precision: 12, Scale: 2}},
		{Name: "f", Type: kind(coltype.Double)}, {Name: "s", Type: kind(coltype.Text), Offsets: []uint32{0}},
		{Name: "d", Type: kind(coltype.Date)}, {Name: "t", Type: kind(coltype.Timestamp)}, {Name: "b", Type: kind(coltype.Boolean)},
		{Name: "__subject_person", Type: kind(coltype.Integer)},
	}}
	c := f.Columns
	c[1].Valid = make([]byte, (rows+7)/8)
	for i := range rows {
		c[0].Ints = append(c[0].Ints, int64(i))
		if i%3 == 0 {
			c[1].Ints = append(c[1].Ints, 0)
		} else {
			c[1].Valid[i/8] |= 1 << (i % 8)
			c[1].Ints = append(c[1].Ints, int64(i)*7)
		}
		c[2].Floats = append(c[2].Floats, float64(i)/3)
		c[3].Bytes = append(c[3].Bytes, []byte("影壁"+strings.Repeat("x", i%5))...)
		c[3].Offsets = append(c[3].Offsets, uint32(len(c[3].Bytes)))
		c[4].Days = append(c[4].Days, int32(i%20000))
		c[5].Ints = append(c[5].Ints, int64(i)*1_000_000)
		c[6].Bools = append(c[6].Bools, byte(i%2))
		c[7].Ints = append(c[7].Ints, int64(i%100))
	}
	return f
}

// TestViewsReachTheGuestAsTheyAre sends a view through a guest and back.
func TestViewsReachTheGuestAsTheyAre(t *testing.T) {
	for _, rows := range []int{0, 1, 65535, 65536, 65537} {
		whole := mixed(rows)
		columns := []string{"b", "s", "金额", "f", "d", "t", "n"}
		req := guestRequest()
		req.MaxItemBytes = 1 << 25
		file := viewFile(t, whole)
		req.Views = []abi.View{{Name: "echo", FD: memfd(t, file), Columns: []string{"n"}}, {Name: "rows", FD: memfd(t, file), Columns: columns}}
		r := runGuest(t, "probe", req)
		if want := max(1, (rows+65535)/65536); r.err != nil || len(r.items) != want {
			t.Fatalf("%d rows: %v, %d frames, want %d\n%s", rows, r.err, len(r.items), want, r.log)
		}
		at := 0
		for _, item := range r.items {
			f, err := abi.Decode(item.Payload, roomy)
			if err != nil {
				t.Fatal(err)
			}
			checkPart(t, f, whole, columns, at)
			at += f.Rows
		}
		if at != rows {
			t.Fatalf("%d rows of %d", at, rows)
		}
	}
}

// checkPart compares the rows of a frame with those of the whole, as text.
func checkPart(t *testing.T, part, whole *abi.Frame, columns []string, from int) {
	t.Helper()
	if len(part.Columns) != len(columns) {
		t.Fatalf("%d columns", len(part.Columns))
	}
	all := show(whole)
	for i, row := range show(part) {
		for c, name := range columns {
			at := slices.IndexFunc(whole.Columns, func(c abi.Column) bool { return c.Name == name })
			if part.Columns[c].Name != name || row[c] != all[from+i][at] {
				t.Fatalf("row %d, column %s: %q is not %q", from+i, name, row[c], all[from+i][at])
			}
		}
	}
}

// TestTheHeaderWritesFrames has the C header write every kind, with nulls, with a
// bitmap that is not needed, and without rows. The host accepts one spelling.
func TestTheHeaderWritesFrames(t *testing.T) {
	r := probe(t, "everything", nil)
	if r.err != nil || len(r.items) != 3 {
		t.Fatalf("%v, %d items\n%s", r.err, len(r.items), r.log)
	}
	var frames [3]*abi.Frame
	for i, item := range r.items {
		f, err := abi.Decode(item.Payload, roomy)
		if err != nil {
			t.Fatal(err)
		}
		frames[i] = f
	}
	got := show(frames[0])
	want := [][]string{{"0", "0", "NaN", "影", "0", "0", "0"}, {"∅", "7", "∅", "∅", "∅", "7", "∅"}, {"14", "14", "3", "", "2", "14", "0"}}
	if !slices.EqualFunc(got[:3], want, slices.Equal) || got[8][3] != "壁" {
		t.Fatalf("%v", got)
	}
	if c := frames[1].Columns[0]; frames[1].Rows != 9 || c.Valid != nil || c.Ints[1] != 7 || frames[2].Rows != 0 {
		t.Fatalf("%+v", frames[1])
	}
}

func TestSQLIsGated(t *testing.T) {
	req := guestRequest()
	req.SQL = true
	req.Views = []abi.View{
		{Name: "sql", FD: memfd(t, viewFile(t, mixed(1))), Columns: []string{"n"}},
		{Name: "rows", FD: memfd(t, viewFile(t, mixed(10))), Columns: []string{"n", "s"}},
	}
	r := runGuest(t, "probe", req)
	want := "answer 2|query 3|query -6|query -6|query -7|query 4|query -6|query -6|query -2|kind 2|end 0|emit 0|rewind 0|same 0|budget 248|"
	if got := strings.ReplaceAll(r.log, "\n", "|"); r.err != nil || got != want {
		t.Fatalf("%v\ngot  %s\nwant %s", r.err, got, want)
	}
	if got := decoded(t, r); len(got) != 5 || got[0][0] != "影壁" || got[0][1] != "2" {
		t.Fatalf("%v", got)
	}
}

func TestHiddenAndUnnamedColumnsAreRefused(t *testing.T) {
	file := viewFile(t, mixed(1))
	for _, columns := range [][]string{nil, {"n", "__subject_person"}} {
		req := guestRequest()
		req.Views = []abi.View{{Name: "rows", FD: memfd(t, file), Columns: columns}}
		if r := runGuest(t, "probe", req); r.code() != abi.FailRequest {
			t.Fatalf("columns %v: %v", columns, r.err)
		}
	}
}

func TestCodeOfAnotherModuleIsRefused(t *testing.T) {
	module, code := guestModule(t, "probe")
	_, others := guestModule(t, "compare")
	stale := bytes.Clone(code)
	stale[16] ^= 1
	renamed := bytes.Clone(code)
	renamed[80] ^= 1
	damaged := bytes.Clone(code)
	damaged[len(damaged)/2] ^= 1
	for _, c := range []struct {
		name         string
		module, code []byte
		want         abi.Code
	}{
		{"its own", module, code, ""},
		{"of another module", module, others, abi.FailRequest},
		{"of another machine", module, stale, abi.FailModule},
		{"under another name", module, renamed, abi.FailModule},
		{"damaged", module, damaged, abi.FailModule},
		{"cut off", module, code[:200], abi.FailRequest},
		{"none", module, nil, abi.FailRequest},
	} {
		req := guestRequest()
		g, err := newGuest(&req)
		if err != nil {
			t.Fatal(err)
		}
		err = g.load(context.Background(), t.TempDir(), c.module, c.code, exportJob)
		if got := (ran{err: err}).code(); got != c.want || err != nil && c.want == "" {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestCompileRefusesWhatAdmissionRefuses(t *testing.T) {
	files, err := guests.Build(examples, "hostile-files")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		module []byte
		want   abi.Code
	}{{files, abi.FailForbiddenImport}, {[]byte("(module)"), abi.FailModule}, {nil, abi.FailModule}} {
		_, err := compile(context.Background(), t.TempDir(), c.module, testPages)
		if got := (ran{err: err}).code(); got != c.want {
			t.Errorf("%d bytes: %v, want %s", len(c.module), err, c.want)
		}
	}
}

func FuzzDecodeEntry(f *testing.F) {
	f.Add([]byte(nil))
	f.Add(entry{code: []byte("code")}.encode())
	f.Add(entry{machine: [32]byte{1}, module: [32]byte{2}, name: [32]byte{3}}.encode())
	f.Add(entry{code: []byte("code")}.encode()[:100])
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := decodeEntry(b)
		if err == nil && !bytes.Equal(e.encode(), b) {
			t.Fatal("an entry is not encoded as it was read")
		}
	})
}
