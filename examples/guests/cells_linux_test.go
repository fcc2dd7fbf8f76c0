//go:build linux && cgo

package guests

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"yingbi/guest"
	yingbi "yingbi/guest/go"
	"yingbi/internal/testkit"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
	"yingbi/table"
)

// What the conformance suite needs to run a guest of each language in real cells.

const guestPages = 4096 // 256 MiB

var ample = sandbox.Limits{Memory: 1 << 30, Wall: time.Minute, Output: 256 << 20}

// conformanceGuest builds the suite's guest in one language: the folder that `job
// new` writes, with the sources of the suite over it, by its own Makefile. What was
// built before of the same files by the same compilers is taken from bin/test.
func conformanceGuest(t testing.TB, language string) []byte {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	asc := filepath.Join(root, "bin", "asc", "node_modules", ".bin", "asc")
	if _, err := os.Stat(asc); language == "as" && err != nil {
		t.Fatal("AssemblyScript's compiler is missing: run make deps")
	}
	files := conformanceFiles(t, language)
	kept := filepath.Join(root, "bin", "test", "conformance-"+language+"-"+digest(t, files)+".wasm")
	if b, err := os.ReadFile(kept); err == nil {
		return b
	}
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, content, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("make", "--no-print-directory")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "MAKEFLAGS=", "ASC="+asc)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v; if a compiler is missing, run make deps\n%s", err, said)
	}
	module, err := os.ReadFile(filepath.Join(dir, "job.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.MkdirAll(filepath.Dir(kept), 0o755), os.WriteFile(kept+".new", module, 0o644), os.Rename(kept+".new", kept)); err != nil {
		t.Fatal(err)
	}
	return module
}

// conformanceFiles are the files of the guest's folder.
func conformanceFiles(t testing.TB, language string) map[string][]byte {
	t.Helper()
	written, err := guest.Job{Name: "conformance", Language: language}.Files()
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range written {
		if !strings.HasPrefix(f.Path, "job") && f.Path != "export_wasip1.go" {
			files[f.Path] = f.Content
		}
	}
	folder := filepath.Join("conformance", language)
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) == 0 {
		t.Fatalf("%s: %d files, %v", folder, len(entries), err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = []byte(strings.ReplaceAll(string(b), `"yingbi/guest/go"`, `"job/yingbi"`))
	}
	return files
}

// digest names the files and the compilers.
func digest(t testing.TB, files map[string][]byte) string {
	t.Helper()
	h := sha256.New()
	fmt.Fprintf(h, "%s %q\n", runtime.Version(), files) // a map is printed in the order of its keys
	for _, compiler := range []string{"clang-19", "rustc", "/usr/bin/rustc"} {
		version, _ := exec.Command(compiler, "--version").Output() // one that is missing shows when it is needed
		h.Write(version)
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:8])
}

// cells starts cells of the real binary.
func cells(t testing.TB) *sandbox.Sandbox {
	t.Helper()
	s, err := sandbox.New(sandbox.Config{Exe: testkit.Binary(t)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// compiled is a module and its code.
type compiled struct{ module, code []byte }

func compile(t testing.TB, s *sandbox.Sandbox, module []byte) compiled {
	t.Helper()
	code, err := s.Compile(t.Context(), abi.CompileRequest{MaxPages: guestPages}, module, ample)
	if err != nil {
		t.Fatal(err)
	}
	return compiled{module, code}
}

// inputs become the descriptors of a request.
type inputs struct{ files []*os.File }

// add gives the descriptor of one more.
func (in *inputs) add(t testing.TB, write func(io.Writer) error) int {
	t.Helper()
	f, err := sandbox.SealedFile("input", write)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	in.files = append(in.files, f)
	return abi.InputFD + len(in.files) - 1
}

func (in *inputs) addBytes(t testing.TB, b []byte) int {
	return in.add(t, func(w io.Writer) error { _, err := w.Write(b); return err })
}

// addView adds a table as a masked view, with all its columns.
func (in *inputs) addView(t testing.TB, name string, table *yingbi.Table) abi.View {
	f := hostFrame(t, table)
	v := abi.View{Name: name, FD: in.add(t, func(w io.Writer) error { return writeView(w, f) })}
	for _, c := range f.Columns {
		v.Columns = append(v.Columns, c.Name)
	}
	return v
}

func writeView(w io.Writer, f *abi.Frame) error {
	rec, err := table.FromFrame(f)
	if err != nil {
		return err
	}
	out, err := table.NewWriter(w, rec.Schema())
	if err != nil {
		return err
	}
	return errors.Join(out.Write(rec), out.Close())
}

func encoded(t testing.TB, table *yingbi.Table) []byte {
	t.Helper()
	b, err := table.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// hostFrame is a table as the host reads it.
func hostFrame(t testing.TB, table *yingbi.Table) *abi.Frame {
	t.Helper()
	f, err := abi.Decode(encoded(t, table), abi.Limits{Bytes: 1 << 28, Rows: 1 << 24, Columns: 100})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// forEachLanguage runs a test on the suite's guest in each language.
func forEachLanguage(t *testing.T, test func(t *testing.T, s *sandbox.Sandbox, language string, c compiled)) {
	s := cells(t)
	for _, l := range guest.Languages() {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			test(t, s, l.Name, conformanceModule(t, s, l.Name))
		})
	}
}

// modules keeps what was compiled of each language.
var modules sync.Map

func conformanceModule(t testing.TB, s *sandbox.Sandbox, language string) compiled {
	t.Helper()
	once, _ := modules.LoadOrStore(language, sync.OnceValue(func() compiled { return compile(t, s, conformanceGuest(t, language)) }))
	return once.(func() compiled)()
}
