//go:build linux && cgo

package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"yingbi/internal/bench/loops"
	"yingbi/internal/coltype"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
	"yingbi/table"
)

const (
	loopFolder = "internal/bench/loops"
	frameRows  = 64 << 10 // of a view's frames
	groupCount = 200      // different keys
	guestPages = 8 << 10  // 512 MiB of memory for a guest
)

var guestLimits = sandbox.Limits{Memory: 3 << 30, Wall: 10 * time.Minute, Output: 64 << 20}

var integer = coltype.Type{Kind: coltype.Integer}

// guests has rows and whoever works on them.
type guests struct {
	*bench
	rows        int64
	keys, costs []int64
	frame       []byte             // both columns, as a finished table
	modules     map[string]*module // by language
	cells       *sandbox.Sandbox
	native      string // the C program
	file        string // what it reads

	input       *os.File // of the guests: the frame, sealed, or a view
	inputIsView bool
}

// module is a guest and its compiled code, as sealed files.
type module struct{ wasm, code *os.File }

// newGuests makes rows and builds the guests in some languages.
func (b *bench) newGuests(ctx context.Context, languages ...string) (*guests, error) {
	return b.newGuestsOver(ctx, b.Looped, languages...)
}

// newGuestsOver does so with so many rows.
func (b *bench) newGuestsOver(ctx context.Context, rows int64, languages ...string) (g *guests, err error) {
	g = &guests{bench: b, rows: rows, modules: map[string]*module{}}
	defer func() {
		if err != nil {
			g.close()
		}
	}()
	if g.cells, err = sandbox.New(sandbox.Config{Exe: b.exe}); err != nil {
		return g, err
	}
	g.draw()
	if g.frame, err = abi.Encode(nil, rowsFrame(g.keys, g.costs)); err != nil {
		return g, err
	}
	if g.input, err = sealed(g.frame); err != nil {
		return g, err
	}
	dir, err := b.folder("loops")
	if err != nil {
		return g, err
	}
	if err := g.buildNative(ctx, dir); err != nil {
		return g, err
	}
	for _, language := range languages {
		b.say("building the guest in %s", language)
		if g.modules[language], err = g.module(ctx, filepath.Join(dir, language+".wasm"), language); err != nil {
			return g, err
		}
	}
	return g, nil
}

func (g *guests) close() {
	files := []*os.File{g.input}
	for _, m := range g.modules {
		if m != nil {
			files = append(files, m.wasm, m.code)
		}
	}
	for _, f := range files {
		f.Close() // memory; of a nil file it is an error and nothing else
	}
}

// draw makes the rows: keys of 12 digits, costs in fen.
func (g *guests) draw() {
	r := rand.New(rand.NewPCG(1, 2))
	g.keys, g.costs = make([]int64, g.rows), make([]int64, g.rows)
	for i := range g.keys {
		g.keys[i] = 530402_000_000 + 17*r.Int64N(groupCount)
		g.costs[i] = 500 + int64(r.ExpFloat64()*60_000)
	}
}

func rowsFrame(keys, costs []int64) *abi.Frame {
	return &abi.Frame{Rows: len(keys), Columns: []abi.Column{
		{Name: loops.KeyColumn, Type: integer, Ints: keys}, {Name: loops.CostColumn, Type: integer, Ints: costs},
	}}
}

// view is a file of the rows as a cell gets a view.
func (g *guests) view() (*os.File, error) {
	schema := table.Schema(table.Field{Name: loops.KeyColumn, Type: integer}, table.Field{Name: loops.CostColumn, Type: integer})
	return sandbox.SealedFile("rows", func(w io.Writer) error {
		out, err := table.NewWriter(w, schema)
		if err != nil {
			return err
		}
		for at := 0; at < len(g.keys); at += frameRows {
			end := min(at+frameRows, len(g.keys))
			record, err := table.FromFrame(rowsFrame(g.keys[at:end], g.costs[at:end]))
			if err != nil {
				return err
			}
			if err := out.Write(record); err != nil {
				return err
			}
		}
		return out.Close()
	})
}

// buildNative compiles the native C program and writes the file that it reads.
func (g *guests) buildNative(ctx context.Context, dir string) error {
	g.native, g.file = filepath.Join(dir, "native"), filepath.Join(dir, "rows")
	if err := build(ctx, nil, "clang-19", "-O3", filepath.Join(loopFolder, "c", "native.c"), "-o", g.native); err != nil {
		return err
	}
	f, err := os.Create(g.file)
	if err != nil {
		return err
	}
	err = binary.Write(f, binary.LittleEndian, g.keys)
	if err == nil {
		err = binary.Write(f, binary.LittleEndian, g.costs)
	}
	return errors.Join(err, f.Close())
}

// module builds a guest with the commands of docs/GUEST-ABI.md, in C with SIMD, and
// compiles it in a cell.
func (g *guests) module(ctx context.Context, path, language string) (*module, error) {
	env, command := []string{"GOOS=wasip1", "GOARCH=wasm"}, []string{
		"go", "build", "-buildvcs=false", "-buildmode=c-shared", "-ldflags=-s -w", "-o", path, "./" + loopFolder + "/guest"}
	if language == "c" {
		env, command = nil, []string{
			"clang-19", "--target=wasm32-wasi", "-O3", "-msimd128", "-mexec-model=reactor", "-Wl,-s,--no-entry", loopFolder + "/c/guest.c", "-o", path}
	}
	if err := build(ctx, env, command...); err != nil {
		return nil, err
	}
	return g.compiled(ctx, path)
}

// compiled compiles a module in a cell.
func (g *guests) compiled(ctx context.Context, path string) (*module, error) {
	wasm, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	code, err := g.cells.Compile(ctx, abi.CompileRequest{MaxPages: guestPages}, wasm, guestLimits)
	if err != nil {
		return nil, err
	}
	m := new(module)
	if m.wasm, err = sealed(wasm); err != nil {
		return nil, err
	}
	m.code, err = sealed(code)
	return m, err
}

// sealed gives a file in memory, as cells take it.
func sealed(content []byte) (*os.File, error) {
	return sandbox.SealedFile("bench", func(w io.Writer) error { _, err := w.Write(content); return err })
}

func build(ctx context.Context, env []string, command ...string) error {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Env = append(os.Environ(), env...)
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", command[0], err, said)
	}
	return nil
}

func clangVersion(ctx context.Context) string {
	said, err := exec.CommandContext(ctx, "clang-19", "--version").Output()
	if err != nil {
		return "none"
	}
	first, _, _ := bytes.Cut(said, []byte("\n"))
	return string(first)
}

// inCell has a guest do passes of a loop over g.input in a cell of its own, and gives
// what the cell took and the number that it emitted.
func (g *guests) inCell(ctx context.Context, m *module, loop, passes int64) (c cost, check int64, err error) {
	usage, check, err := g.run(ctx, m, loop, passes, guestLimits)
	return cost{usage.Wall.Seconds(), usage.CPU.Seconds()}, check, err
}

// run has a guest do passes of a loop over g.input in a cell with these limits; the
// guest has SQL where the loop is a query.
func (g *guests) run(ctx context.Context, m *module, loop, passes int64, limits sandbox.Limits) (usage sandbox.Usage, check int64, err error) {
	ask, err := abi.Encode(nil, &abi.Frame{Rows: 1, Columns: []abi.Column{
		{Name: "loop", Type: integer, Ints: []int64{loop}}, {Name: "passes", Type: integer, Ints: []int64{passes}},
	}})
	if err != nil {
		return usage, 0, err
	}
	asked, err := sealed(ask)
	if err != nil {
		return usage, 0, err
	}
	defer asked.Close()
	req := abi.GuestRequest{
		ModuleFD: abi.InputFD, CodeFD: abi.InputFD + 1, Tables: []abi.GuestTable{{Name: "asked", FD: abi.InputFD + 2}},
		Outputs: []string{"check"}, SQL: loop == loops.Query, MaxPages: guestPages, MaxItems: 1, MaxItemBytes: 1 << 10, MaxLog: 1 << 10,
		Seed: make([]byte, 32), Now: time.Unix(1_700_000_000, 0).UTC(),
	}
	const rowsFD = abi.InputFD + 3
	if g.inputIsView {
		req.Views = []abi.View{{Name: "rows", FD: rowsFD, Columns: []string{loops.KeyColumn, loops.CostColumn}}}
	} else {
		req.Tables = append(req.Tables, abi.GuestTable{Name: "rows", FD: rowsFD})
	}
	usage, err = g.cells.Run(ctx, sandbox.Task{
		Request: abi.Request{Task: abi.TaskGuest, Guest: &req}, Inputs: []*os.File{m.wasm, m.code, asked, g.input}, Limits: limits,
		Receive: func(message abi.Message) error {
			f, err := abi.Decode(message.Payload, abi.Limits{Bytes: 1 << 10, Rows: 1, Columns: 1})
			if err == nil && f.Rows == 1 {
				check = f.Columns[0].Ints[0]
			}
			return err
		},
	})
	return usage, check, err
}
