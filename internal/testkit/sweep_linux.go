package testkit

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// memory is where a host keeps files in its memory.
const memory = "/dev/shm"

// Blow is one failure of a disk.
type Blow struct {
	Kind string // one of Blows
	At   int    // the call that it strikes, from 1; 0 is none
	Seed uint64 // chooses what a power cut leaves

	Calls int    // so far
	Hit   string // the call, once it was struck: its name and file
	// Left is the folder to look at afterwards: the one worked in, or after a power
	// cut what is left of it.
	Left string
}

// Blows are the ways in which a disk fails:
//
//	error  the call fails with EIO, those after it do not
//	dead   the call and all after it fail with EIO
//	half   as dead, but half of the write gets through
//	full   the call fails, and so does all that needs room, with ENOSPC
//	cut    the power is cut: what was not synced may be lost
var Blows = []string{"error", "dead", "half", "full", "cut"}

// Judge gives the judge that deals the blow at calls in folder. A struck call that
// the test cannot deal with gets ESTALE, which nobody expects.
func (b *Blow) Judge(folder string, power *Power) Judge {
	b.Left = folder
	return func(c *Call) syscall.Errno {
		if c.Path != folder && !strings.HasPrefix(c.Path, folder+"/") {
			return 0
		}
		if b.Calls++; b.At == 0 || b.Calls < b.At {
			return power.Pass(c)
		}
		first := b.Hit == ""
		if first {
			b.Hit = c.Name + " " + strings.TrimPrefix(c.Path, folder)
		}
		var err error
		switch {
		case first && b.Kind == "cut":
			b.Left = folder + ".cut"
			err = power.Cut(b.Left, rand.New(rand.NewPCG(b.Seed, 1)))
		case first && b.Kind == "half" && c.Writes():
			err = c.Half()
		case b.Kind == "full" && c.NeedsRoom():
			return syscall.ENOSPC
		case b.Kind == "full" || b.Kind == "error" && !first:
			return power.Pass(c)
		}
		if err != nil {
			return syscall.ESTALE
		}
		return syscall.EIO
	}
}

// Sweep calls try for the calls that it makes in a folder and each way to fail,
// until nothing is left to strike. try works in the folder that it is given within
// do, and then looks at b.Left.
//
// A soak run strikes every call in every way, an ordinary one every call in one or
// two ways, a short one some. Temporary files lie in memory meanwhile, where a sync
// costs nothing.
func Sweep(t *testing.T, try func(t *testing.T, folder string, b *Blow, do func(func()))) {
	t.Helper()
	if info, err := os.Stat(memory); err == nil && info.IsDir() {
		t.Setenv("TMPDIR", memory)
	}
	dealt, step := 0, 3
	switch {
	case os.Getenv("YINGBI_SOAK") != "":
		step = 1
	case testing.Short():
		step = 8
	}
	for i, kind := range Blows {
		for at, more := 1+i%step, true; more; at += step {
			more = t.Run(fmt.Sprintf("%s at %d", kind, at), func(t *testing.T) {
				folder := filepath.Join(t.TempDir(), "disk")
				b := &Blow{Kind: kind, At: at, Seed: uint64(at)}
				try(t, folder, b, func(do func()) {
					power, err := NewPower(folder)
					if err == nil {
						err = Watch(b.Judge(folder, power), do)
					}
					if err != nil {
						t.Fatal(err)
					}
				})
				if t.Failed() {
					t.Fatalf("%s struck %s", kind, b.Hit)
				}
				if more = b.Hit != ""; more {
					dealt++
				}
			}) && more
		}
	}
	if dealt < len(Blows) {
		t.Errorf("%d blows were dealt; the test looks at nothing", dealt)
	}
	t.Logf("%d blows", dealt)
}
