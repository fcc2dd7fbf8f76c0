//go:build linux && cgo

package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"yingbi/internal/coltype"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
	"yingbi/table"
)

// mapSource is the mapping that is measured, and mapFields its record.
const mapSource = "examples/guests/readmission/readmission.c"

var mapFields = []abi.MapField{{Name: "readmitted", Max: 1}, {Name: "stays", Max: 20}}

// benchMap has a mapping in C go through people of six stays each, in a fresh
// instance for everyone, against instances that serve a hundred.
func benchMap(ctx context.Context, b *bench) ([]Row, error) {
	subjects := max(b.Rows/10, 1000)
	g := &guests{bench: b}
	var err error
	if g.cells, err = sandbox.New(sandbox.Config{Exe: b.exe}); err != nil {
		return nil, err
	}
	dir, err := b.folder("map")
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "map.wasm")
	err = build(ctx, nil, "clang-19", "--target=wasm32-wasi", "-O3", "-mexec-model=reactor", "-Wl,-s,--no-entry", mapSource, "-o", path)
	if err != nil {
		return nil, err
	}
	m, err := g.compiled(ctx, path)
	if err != nil {
		return nil, err
	}
	stays, err := staysOf(subjects)
	if err != nil {
		return nil, err
	}
	counts, err := sandbox.SealedFile("counts", func(w io.Writer) error {
		six := make([]uint32, subjects)
		for i := range six {
			six[i] = perPerson
		}
		return binary.Write(w, binary.LittleEndian, six)
	})
	if err != nil {
		return nil, err
	}
	files := []*os.File{m.wasm, m.code, counts, stays}
	defer func() {
		for _, f := range files {
			f.Close() // memory
		}
	}()
	row := Row{
		Name: "map", Ours: "a mapping in C, a fresh instance for each person, processor of cell and parent", Baseline: "an instance for a hundred people",
		Size: fmt.Sprintf("%s of %d rows", counted(subjects, "people"), perPerson), Reach: Reach{Time: 60},
	}
	if b.Rows < fullScale {
		row.Reach.Time *= float64(b.Rows) / fullScale
	}
	sides := make([]side, 2)
	for i, batch := range []int{1, 100} {
		sides[i] = timed(fmt.Sprintf("batches of %d", batch), func(ctx context.Context) error { return g.mapAll(ctx, files, subjects, batch) })
	}
	costs, err := b.contest(ctx, "map", sides...)
	if err != nil {
		return nil, err
	}
	row.compare(costs[0], costs[1], true)
	return []Row{row}, nil
}

// mapAll maps everybody, and holds that somebody was readmitted and somebody not.
func (g *guests) mapAll(ctx context.Context, files []*os.File, subjects int64, batch int) error {
	req := abi.MapRequest{
		ModuleFD: abi.InputFD, CodeFD: abi.InputFD + 1, CountsFD: abi.InputFD + 2,
		Views:  []abi.View{{Name: "stays", FD: abi.InputFD + 3, Columns: []string{"admitted", "days"}}},
		Fields: mapFields, Batch: batch, MaxPages: 256, MaxLog: 1 << 10, Seed: make([]byte, 32), Now: time.Unix(1_700_000_000, 0).UTC(),
	}
	again, all := int64(0), int64(0)
	limits := guestLimits
	limits.Output += subjects * 64
	log, err := g.cells.Map(ctx, req, files, limits, func(f *abi.Frame) error {
		for _, v := range f.Columns[0].Ints {
			again += v
		}
		all += int64(f.Rows)
		return nil
	})
	if err == nil && (all != subjects || again == 0 || again == all || len(log) > 0) {
		err = errors.New("the mapping does not tell people apart")
	}
	return err
}

// staysOf makes the rows: a person's stays within a year.
func staysOf(subjects int64) (*os.File, error) {
	date := coltype.Type{Kind: coltype.Date}
	schema := table.Schema(table.Field{Name: "admitted", Type: date}, table.Field{Name: "days", Type: integer})
	random := rand.New(rand.NewPCG(3, 4))
	return sandbox.SealedFile("stays", func(w io.Writer) error {
		out, err := table.NewWriter(w, schema)
		if err != nil {
			return err
		}
		for left := subjects * perPerson; left > 0; left -= frameRows {
			n := min(left, frameRows)
			days, long := make([]int32, n), make([]int64, n)
			for i := range days {
				days[i], long[i] = int32(19_700+random.IntN(365)), 1+random.Int64N(14)
			}
			record, err := table.FromFrame(&abi.Frame{Rows: int(n), Columns: []abi.Column{{Name: "admitted", Type: date, Days: days}, {Name: "days", Type: integer, Ints: long}}})
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
