//go:build linux && cgo

package cell

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"yingbi/examples/guests"
	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
	"yingbi/table"
)

const (
	testPages = 4096 // 256 MiB
	examples  = "../../examples/guests"
)

// built keeps modules and their compiled code for all tests.
var built = struct {
	sync.Mutex
	modules, codes map[string][]byte
}{modules: map[string][]byte{}, codes: map[string][]byte{}}

// guestModule builds an example, or what has that name in testdata/guests, and
// compiles it.
func guestModule(t testing.TB, name string) (module, code []byte) {
	t.Helper()
	built.Lock()
	defer built.Unlock()
	if built.modules[name] == nil {
		module, err := buildGuest(t.TempDir(), name)
		if err != nil {
			t.Fatalf("%v\napt-get install clang-19 lld-19 wasi-libc libclang-rt-19-dev-wasm32", err)
		}
		if code, err = compile(context.Background(), t.TempDir(), module, testPages); err != nil {
			t.Fatal(err)
		}
		built.modules[name], built.codes[name] = module, code
	}
	return built.modules[name], built.codes[name]
}

func buildGuest(dir, name string) ([]byte, error) {
	source, out := filepath.Join("testdata", "guests", name), filepath.Join(dir, "guest.wasm")
	var cmd *exec.Cmd
	if _, err := os.Stat(source + ".c"); err == nil {
		cmd = exec.Command("clang-19", "--target=wasm32-wasi", "-O3", "-mexec-model=reactor", "-Wl,-s,--no-entry", source+".c", "-o", out)
	} else if _, err := os.Stat(source); err == nil {
		cmd = exec.Command("go", "build", "-buildvcs=false", "-buildmode=c-shared", "-ldflags=-s -w", "-o", out, "./"+source)
		cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	} else {
		return guests.Build(examples, name)
	}
	if said, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%v: %v\n%s", cmd.Args, err, said)
	}
	return os.ReadFile(out)
}

// memfd puts bytes into a descriptor that nobody else owns.
func memfd(t testing.TB, b []byte) int {
	t.Helper()
	fd, err := unix.MemfdCreate("test", unix.MFD_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	for len(b) > 0 {
		n, err := unix.Write(fd, b)
		if err != nil {
			t.Fatal(err)
		}
		b = b[n:]
	}
	return fd
}

func guestRequest() abi.GuestRequest {
	seed := make([]byte, 32)
	return abi.GuestRequest{
		Outputs: []string{"out"}, MaxPages: testPages, MaxItems: 100, MaxLog: 1 << 16, MaxItemBytes: 1 << 20,
		Seed: seed, Now: time.Unix(1_700_000_000, 0).UTC(),
	}
}

// ran is what a guest did.
type ran struct {
	items []abi.Message
	log   string
	err   error
}

func (r ran) code() abi.Code {
	var f abi.Failure
	if errors.As(r.err, &f) {
		return f.Code
	}
	return ""
}

// newGuest has what prepareGuest makes ready, but for the module.
func newGuest(req *abi.GuestRequest) (g *guest, err error) {
	g = &guest{}
	if req.SQL {
		if g.engine, err = explorer(req.Views, engineMemory); err != nil {
			return nil, err
		}
	}
	return g, g.open(req)
}

// runGuest runs a module in this process, without locks.
func runGuest(t testing.TB, name string, req abi.GuestRequest) ran {
	t.Helper()
	module, code := guestModule(t, name)
	g, err := newGuest(&req)
	if err != nil {
		return ran{err: err}
	}
	if err := g.load(context.Background(), t.TempDir(), module, code, exportJob); err != nil {
		return ran{err: err}
	}
	var pipe bytes.Buffer
	r := ran{err: g.run(context.Background(), &answers{w: &pipe})}
	g.runtime.Close(context.Background())
	for {
		m, err := abi.ReadMessage(&pipe, roomy)
		if err == io.EOF {
			return r
		}
		if err != nil {
			t.Fatal(err)
		}
		if m.Kind == abi.MsgLog {
			r.log += string(m.Payload)
		} else {
			r.items = append(r.items, m)
		}
	}
}

// probe runs the probing guest on one attempt. Its first input is a finished
// table with the attempt's name.
func probe(t testing.TB, attempt string, change func(*abi.GuestRequest)) ran {
	t.Helper()
	req := guestRequest()
	req.Tables = []abi.GuestTable{{Name: attempt, FD: memfd(t, numbers(t, 3))}}
	if change != nil {
		change(&req)
	}
	return runGuest(t, "probe", req)
}

// numbers is a finished table: n from 1 to rows.
func numbers(t testing.TB, rows int) []byte {
	t.Helper()
	f := abi.Frame{Rows: rows, Columns: []abi.Column{{Name: "n", Type: coltype.Type{Kind: coltype.Integer}, Ints: []int64{}}}}
	for i := range rows {
		f.Columns[0].Ints = append(f.Columns[0].Ints, int64(i+1))
	}
	return encode(t, &f)
}

func encode(t testing.TB, f *abi.Frame) []byte {
	t.Helper()
	b, err := abi.Encode(nil, f)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// viewFile writes a frame as a masked view.
func viewFile(t testing.TB, frames ...*abi.Frame) []byte {
	t.Helper()
	var out bytes.Buffer
	var w *table.Writer
	for _, f := range frames {
		rec, err := table.FromFrame(f)
		if err != nil {
			t.Fatal(err)
		}
		if w == nil {
			if w, err = table.NewWriter(&out, rec.Schema()); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Write(rec); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
