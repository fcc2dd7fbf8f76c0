//go:build linux && cgo

package author_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"yingbi/author"
	"yingbi/examples/guests"
	"yingbi/internal/testkit"
)

// These tests run real cells of the real binary.

func newChecks(t testing.TB) *author.Checks {
	t.Helper()
	c, err := author.New(author.Config{Exe: testkit.Binary(t)})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const ample = time.Minute

// triesModule names a module that is built already, for a user who has no compiler.
const triesModule = "YINGBI_TRIES"

// tries builds testdata/tries.c once.
var tries = sync.OnceValues(func() ([]byte, error) {
	if built := os.Getenv(triesModule); built != "" {
		return os.ReadFile(built)
	}
	return compileC("tries")
})

// compileC builds a module of testdata.
func compileC(name string) ([]byte, error) {
	dir, err := os.MkdirTemp("", name+"-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "module.wasm")
	cmd := exec.Command("clang-19", "--target=wasm32-wasi", "-O2", "-mexec-model=reactor", "-Wl,-s,--no-entry", "testdata/"+name+".c", "-o", out)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, err
	}
	return os.ReadFile(out)
}

// compiler is what a machine without it installs.
const compiler = "apt-get install clang-19 lld-19 wasi-libc libclang-rt-19-dev-wasm32"

func compiledC(t testing.TB, name string) []byte {
	t.Helper()
	b, err := compileC(name)
	if err != nil {
		t.Fatalf("%v\n%s", err, compiler)
	}
	return b
}

func triesBytes(t testing.TB) []byte {
	t.Helper()
	b, err := tries()
	if err != nil {
		t.Fatalf("%v\n%s", err, compiler)
	}
	return b
}

// example builds one of the example modules.
func example(t testing.TB, name string) []byte {
	t.Helper()
	b, err := guests.Build("../examples/guests", name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// folder writes files.
func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func load(t testing.TB, c *author.Checks, files map[string]string) *author.Data {
	t.Helper()
	d, err := c.Load(t.Context(), folder(t, files))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// text is a value as JSON has it.
func text(t testing.TB, v any) string {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}

// A module of one function, () i32, with this body, and a memory of so many pages.
func module(pages byte, body ...byte) []byte {
	m := []byte("\x00asm\x01\x00\x00\x00\x01\x05\x01\x60\x00\x01\x7f\x03\x02\x01\x00\x05\x03\x01\x00")
	m = append(m, pages)
	m = append(m, "\x07\x13\x02\x06memory\x02\x00\x06yb_run\x00\x00"...)
	m = append(m, 10, byte(len(body)+4), 1, byte(len(body)+2), 0)
	return append(append(m, body...), 0x0b)
}

func TestAdmit(t *testing.T) {
	c := newChecks(t)
	for name, k := range map[string]struct {
		module []byte
		wall   time.Duration
		want   string // reason
	}{
		"a C guest":            {triesBytes(t), 0, ""},
		"one constant":         {module(1, 0x41, 0), 0, ""},
		"nothing":              {nil, 0, "malformed"},
		"not wasm":             {[]byte("PK\x03\x04 not a module"), 0, "malformed"},
		"cut off":              {triesBytes(t)[:1000], 0, "malformed"},
		"another version":      {[]byte("\x00asm\x0d\x00\x01\x00"), 0, "not-allowed"},
		"no exports":           {[]byte("\x00asm\x01\x00\x00\x00"), 0, "not-allowed"},
		"files":                {example(t, "hostile-files"), 0, "not-allowed"},
		"more than 16 MiB":     {make([]byte, author.MaxModule()+1), 0, "limit"},
		"2³²−1 types":          {[]byte("\x00asm\x01\x00\x00\x00\x01\x05\xff\xff\xff\xff\x0f"), 0, "limit"},
		"nothing on the stack": {module(1, 0x01), 0, "compile"},
		"a float for an i32":   {module(1, 0x43, 0, 0, 0, 0), 0, "compile"},
		"no time":              {triesBytes(t), time.Millisecond, "time"},
	} {
		got, err := c.Admit(t.Context(), k.module, cmp.Or(k.wall, ample))
		if err != nil || got.Reason != k.want || got.Admitted != (k.want == "") || (got.Detail == "") != (k.want == "") {
			t.Errorf("%s: %+v, %v; want %q", name, got, err, k.want)
		}
		if got.Imports == nil || got.Exports == nil {
			t.Errorf("%s: a list is null", name)
		}
	}
	got, err := c.Admit(t.Context(), module(3, 0x41, 0), ample)
	if want := `{"admitted":true,"reason":"","imports":[],"exports":["memory","yb_run"],"memory":{"initial":3,"maximum":null}}`; err != nil || text(t, got) != want {
		t.Errorf("%s, %v; want %s", text(t, got), err, want)
	}
	got, err = c.Admit(t.Context(), triesBytes(t), ample)
	if err != nil || !strings.Contains(text(t, got), `{"module":"yingbi","name":"emit","signature":"(i32 i32 i32 i32) i32"}`) {
		t.Errorf("%s, %v", text(t, got), err)
	}
}

func TestRun(t *testing.T) {
	c := newChecks(t)
	for action, want := range map[string]string{
		"count":       `ok  [{"name":"any name at all, 任何名称","columns":["rows"],"types":["integer"],"rows":[[3]]}] "began\n"`,
		"sql":         `ok  [{"name":"asked","columns":["s"],"types":["decimal(18,2)"],"rows":[[900719925474100.25]]}] "began\n"`,
		"sql-refused": `ok  [] "began\n"`,
		"log":         `ok  [] "began\n` + "\ufffd" + `\u0000<&\n"`,
		"spin":        `killed time [] "began\n"`,
		"grow":        `failed guest-trap [] "began\n[host] the guest trapped: unreachable\n"`,
		"exit":        `failed guest-exit [] "began\n"`,
		"seven":       `failed guest-exit [] "began\n"`,
		"control":     `failed guest-output [] "began\n[host] an item for an output that is not declared\n"`,
		"junk":        `failed guest-output [] "began\n[host] an item is malformed: frame: no header\n"`,
		"many":        `failed guest-limit [] "began\n[host] over its limit of items\n"`,
		"large":       `killed output [] "began\n"`,
		"calls":       `failed guest-limit [] "began\n[host] over its limit of calls of the host\n"`,
	} {
		t.Run(action, func(t *testing.T) {
			d := load(t, c, map[string]string{action + ".csv": "id,cost\n1,900719925474099.25\n2,1\n3,\n", "notes.txt": "passed over"})
			trial := author.Trial{Module: triesBytes(t), Data: d, Time: ample, Memory: 64 << 20}
			if action == "spin" {
				trial.Time = 2 * time.Second
			}
			began := time.Now()
			got, err := c.Run(t.Context(), trial)
			if line := string(got.Outcome) + " " + got.Reason + " " + text(t, got.Items) + " " + text(t, got.Log); err != nil || line != want {
				t.Errorf("%s, %v\nwant %s", line, err, want)
			}
			if took := time.Since(began); action == "spin" && took > trial.Time+2*time.Second {
				t.Errorf("it answered after %v", took)
			}
		})
	}
}

func TestRunRefuses(t *testing.T) {
	c := newChecks(t)
	for name, k := range map[string]struct {
		module []byte
		memory int64
		wall   time.Duration
		want   string
	}{
		"files":              {example(t, "hostile-files"), 64 << 20, ample, "refused not-allowed"},
		"a mapping":          {example(t, "readmission"), 64 << 20, ample, "refused mapping"},
		"three pages in two": {module(3, 0x41, 0), 2 << 16, ample, "refused limit"},
		"three in three":     {module(3, 0x41, 0), 3 << 16, ample, "ok "},
		"does not compile":   {module(1, 0x01), 64 << 20, ample, "refused compile"},
		"no time":            {triesBytes(t), 64 << 20, time.Millisecond, "killed time"},
		"no inputs":          {triesBytes(t), 64 << 20, ample, "ok "},
	} {
		got, err := c.Run(t.Context(), author.Trial{Module: k.module, Data: &author.Data{}, Time: k.wall, Memory: k.memory})
		if line := string(got.Outcome) + " " + got.Reason; err != nil || line != k.want {
			t.Errorf("%s: %+v, %v; want %s", name, got, err, k.want)
		}
		if got.Items == nil || got.Tables == nil {
			t.Errorf("%s: a list is null", name)
		}
	}
}

// TestOfAnOrdinaryUser runs the tests that need no compiler as an ordinary user, when
// they are run by root.
func TestOfAnOrdinaryUser(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tries.wasm")
	if err := os.WriteFile(path, triesBytes(t), 0o644); err != nil {
		t.Fatal(err)
	}
	testkit.AsOrdinaryUser(t, "^(TestRun|TestSQL)$/^(count|sql|spin)$", map[string]string{"YINGBI_BIN": testkit.Binary(t), triesModule: path})
}
