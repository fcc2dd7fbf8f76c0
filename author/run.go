package author

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"yingbi/internal/fault"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
	"yingbi/sandbox/admission"
)

// What a module may say in one run, and what the host beside it needs: as in a domain.
const (
	maxItems     = 64
	maxItemBytes = 16 << 20
	maxLog       = 64 << 10
	guestOutput  = 256 << 20
	guestHost    = 128 << 20
	engineMemory = 512 << 20 // of a module that explores by SQL
)

// Trial says how a module is tried.
type Trial struct {
	Module []byte
	Data   *Data         // the module's inputs; &Data{} is none
	Time   time.Duration // for compiling and running together
	Memory int64         // bytes of the module's own
	By     string        // column of the subjects, and the module runs as a mapping; "" is none
}

// Run is what became of a module.
type Run struct {
	Verdict
	Items  []Item  `json:"items"`  // in the order of emission; none unless OK
	Log    string  `json:"log"`    // the module's words, and lines of the host that begin with "[host]"
	Tables []Table `json:"tables"` // that were the module's inputs
}

// Item is a table that a module emitted.
type Item struct {
	Name string `json:"name"`
	Rows
}

// Run admits, compiles and runs a module over tables, with SQL if it asks for it.
// It may emit under any name. A mapping runs over the rows of one subject at a time,
// and its records are shown as an item.
func (c *Checks) Run(ctx context.Context, t Trial) (Run, error) {
	pages := uint32(min(t.Memory>>16, maxPages))
	summary, v := check(t.Module, pages)
	if v.Outcome == OK && !summary.Job && t.By == "" {
		v = Verdict{Refused, reasonMapping, "it exports yb_map and no yb_run: give --by COLUMN, whose values are the subjects that its rows are grouped by"}
	}
	if v.Outcome != OK {
		return t.ended(v), nil
	}
	var grouped *bySubject
	if t.By != "" {
		if !summary.Map {
			return Run{}, fault.New(fault.Invalid, "the module exports no yb_map, and its rows are not grouped: leave --by out")
		}
		var err error
		if grouped, err = t.Data.group(ctx, t.By); err != nil {
			return Run{}, err
		}
		defer grouped.Close() // files in memory
	}
	deadline := time.Now().Add(t.Time)
	code, v, err := c.compile(ctx, t.Module, pages, t.Time)
	if err != nil || v.Outcome != OK {
		return t.ended(v), err
	}
	left := time.Until(deadline)
	if left <= 0 {
		return t.ended(late()), nil
	}
	if grouped != nil {
		return c.mapping(ctx, t, grouped, code, left)
	}
	return c.guest(ctx, t, summary, code, sandbox.Limits{Memory: t.Memory + guestHost, Wall: left, Output: guestOutput})
}

// ended is a run that has nothing to show yet.
func (t *Trial) ended(v Verdict) Run {
	return Run{Verdict: v.of(t.Time), Items: []Item{}, Tables: append([]Table{}, t.Data.Tables...)}
}

// guest runs the compiled module.
func (c *Checks) guest(ctx context.Context, t Trial, summary *admission.Summary, code []byte, lim sandbox.Limits) (Run, error) {
	var own []*os.File
	for _, b := range [][]byte{t.Module, code} {
		f, err := sandbox.SealedFile("guest", bytesOf(b))
		if err != nil {
			return Run{}, err
		}
		defer f.Close()
		own = append(own, f)
	}
	req := abi.GuestRequest{
		ModuleFD: abi.InputFD, CodeFD: abi.InputFD + 1, Views: t.Data.views(len(own)), AnyOutput: true,
		SQL:      slices.ContainsFunc(summary.Imports, func(i admission.Import) bool { return i.Module == "yingbi" && i.Name == "query" }),
		MaxPages: uint32(min(t.Memory>>16, maxPages)), MaxItems: maxItems, MaxItemBytes: maxItemBytes, MaxLog: maxLog,
		Seed: make([]byte, 32), Now: always(),
	}
	if req.SQL {
		lim.Memory += engineMemory
	}
	result, err := c.cells.Guest(ctx, req, append(own, t.Data.files...), lim)
	v, err := judge(err)
	if err != nil {
		return Run{}, err
	}
	run := t.ended(v)
	run.Log = string(bytes.ToValidUTF8(result.Log, []byte("\ufffd")))
	return run.show(result.Items), nil
}

// show adds what a module gave, unless that is too much.
func (r Run) show(items []sandbox.Item) Run {
	shown := 0
	for _, item := range items {
		shown += values(item.Frame)
	}
	if shown > maxValues {
		r.Verdict = Verdict{Killed, string(sandbox.Output), fmt.Sprintf("it gave %d values, at most %d are shown", shown, maxValues)}
		return r
	}
	for _, item := range items {
		r.Items = append(r.Items, Item{item.Name, rowsOf(item.Frame)})
	}
	return r
}

// always is the same time, and so the module's answers are the same.
func always() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }

// bytesOf writes what is in memory already.
func bytesOf(b []byte) func(io.Writer) error {
	return func(w io.Writer) error { _, err := w.Write(b); return err }
}
