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
		err = g.load(context.Background(), folder, module, code)
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
				ctx := experimental.WithMemoryAllocator(context.Background(), memory)
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

// BenchmarkGuestFrames hands a finished table of 64 MB to a guest again and
// again: the copy into its memory alone.
func BenchmarkGuestFrames(b *testing.B) {
	frame := numbers(b, 8<<20)
	req := guestRequest()
	req.Tables = []abi.GuestTable{{Name: "copies", FD: memfd(b, numbers(b, 1))}, {Name: "rows", FD: memfd(b, frame)}}
	g := loadedGuest(b, folders(b)(), "probe", &req)
	b.SetBytes(100 * int64(len(frame)))
	for b.Loop() {
		if err := g.run(context.Background(), &answers{w: io.Discard}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkGuestRows hands four and eight columns of a million rows to a guest
// that reads them and does nothing: Parquet, frame, copy.
func BenchmarkGuestRows(b *testing.B) {
	whole := mixed(1 << 20)
	file := viewFile(b, whole)
	for _, columns := range [][]string{{"n"}, {"n", "金额", "f", "t"}, {"n", "金额", "f", "s", "d", "t", "b"}} {
		b.Run(strconv.Itoa(len(columns)), func(b *testing.B) {
			req := guestRequest()
			req.Views = []abi.View{{Name: "copy", FD: memfd(b, file), Columns: columns}, {Name: "rows", FD: memfd(b, file), Columns: columns}}
			g := loadedGuest(b, folders(b)(), "probe", &req)
			for b.Loop() {
				g.inputs[1].read = nil
				if err := g.run(context.Background(), &answers{w: io.Discard}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(whole.Rows)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
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
