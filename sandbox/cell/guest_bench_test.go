//go:build linux && cgo

package cell

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/experimental"

	"yingbi/sandbox/abi"
	"yingbi/sandbox/admission"
)

// twoGuests are one in C of 17 kB and one in Go of 2 MB.
var twoGuests = []string{"compare", "standardise"}

func BenchmarkGuestAdmission(b *testing.B) {
	for _, name := range twoGuests {
		module, _ := guestModule(b, name)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(module)))
			for b.Loop() {
				if _, err := admission.Check(module, admission.DefaultLimits()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// folders gives new folders for compiled code, in memory as in a cell.
func folders(b *testing.B) func() string {
	root, err := os.MkdirTemp("/dev/shm", "guest-")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { os.RemoveAll(root) })
	n := 0
	return func() string {
		n++
		return filepath.Join(root, strconv.Itoa(n))
	}
}

func BenchmarkGuestCompile(b *testing.B) {
	for _, name := range twoGuests {
		module, _ := guestModule(b, name)
		b.Run(name, func(b *testing.B) {
			next := folders(b)
			for b.Loop() {
				if _, err := compile(context.Background(), next(), module, testPages); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func loadedGuest(b *testing.B, folder, name string, req *abi.GuestRequest) *guest {
	module, code := guestModule(b, name)
	g, err := newGuest(req)
	if err == nil {
		err = g.load(context.Background(), folder, module, code, exportJob)
	}
	if err != nil {
		b.Fatal(err)
	}
	return g
}

func BenchmarkGuestLoad(b *testing.B) {
	for _, name := range twoGuests {
		b.Run(name, func(b *testing.B) {
			next, req := folders(b), guestRequest()
			guestModule(b, name)
			for b.Loop() {
				loadedGuest(b, next(), name, &req).runtime.Close(context.Background())
			}
		})
	}
}

func BenchmarkGuestInstantiate(b *testing.B) {
	for _, name := range twoGuests {
		b.Run(name, func(b *testing.B) {
			req := guestRequest()
			g := loadedGuest(b, folders(b)(), name, &req)
			g.out = &answers{w: io.Discard}
			for b.Loop() {
				memory, err := reserve(testPages)
				if err != nil {
					b.Fatal(err)
				}
				ctx := context.WithValue(experimental.WithMemoryAllocator(context.Background(), memory), current{}, g)
				m, err := g.runtime.InstantiateModule(ctx, g.module, wazero.NewModuleConfig().WithStartFunctions())
				if err == nil {
					_, err = m.ExportedFunction("_initialize").Call(ctx)
				}
				if err != nil {
					b.Fatal(err)
				}
				m.Close(ctx)
			}
		})
	}
}

// BenchmarkGuestLocked is a whole run behind the locks, from the parent's call to
// its answer.
func BenchmarkGuestLocked(b *testing.B) {
	s := lockedSandbox(b)
	for _, name := range twoGuests {
		b.Run(name, func(b *testing.B) {
			run := func() {
				_, err := locked(b, s, name, lockedLimits, func(h *handed, r *abi.GuestRequest) {
					r.Outputs = []string{"standardised", "check"}
					r.Views = []abi.View{{Name: "claims", FD: h.add(b, viewFile(b, claims(100))), Columns: []string{"district", "cost"}}}
					r.Tables = []abi.GuestTable{{Name: "by_district", FD: h.add(b, finished(b))}}
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			run() // compiles
			start := time.Now()
			for b.Loop() {
				run()
			}
			b.ReportMetric(float64(time.Since(start).Milliseconds())/float64(b.N), "ms/run")
		})
	}
}
