//go:build linux && cgo

package main

import (
	"context"
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"yingbi/masking/anonymity"
)

// adultFolder holds Adult with ARX's hierarchies; YINGBI_SHARED names another.
const adultFolder = "../shared"

// benchAnonymity finds k-anonymous levels of Adult, from codes to the optimum, beside
// grouping the rows once by a map. Both are one thread.
func benchAnonymity(ctx context.Context, b *bench) ([]Row, error) {
	dir := os.Getenv("YINGBI_SHARED")
	if dir == "" {
		dir = adultFolder
	}
	a, err := readAdult(filepath.Join(dir, "data"))
	if errors.Is(err, fs.ErrNotExist) {
		b.say("anonymity: left out, for Adult is not here: put it into %s/data, or name the folder in YINGBI_SHARED", adultFolder)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var rows []Row
	for _, c := range []struct {
		name, what string
		columns    int
		limit      float64
		within     float64 // seconds
	}{
		{"anonymity-5", "5 attributes, k = 5, loss", 5, 0, 0.025},
		{"anonymity-9", "9 attributes, k = 5, 5% suppression, loss", 9, 0.05, 0.7},
	} {
		spec := anonymity.Spec{Models: anonymity.Models{K: 5}, SuppressionLimit: c.limit, Metric: anonymity.Loss}
		ours := timed("search", func(ctx context.Context) error { return a.search(ctx, c.columns, spec) })
		costs, err := b.contest(ctx, c.name, ours, timed("group", func(context.Context) error {
			a.group(c.columns)
			return nil
		}))
		if err != nil {
			return nil, err
		}
		row := Row{
			Name: c.name, Ours: "count the tuples of Adult and find the best levels: " + c.what, Baseline: "group its rows once, as they are, by a Go map",
			Size: counted(int64(len(a.rows)), "rows"), Reach: Reach{Time: c.within},
		}
		row.compare(costs[0], costs[1], true)
		rows = append(rows, row)
	}
	return rows, nil
}

// adult is the table as codes, with the attributes in the order of ARX's cases.
type adult struct {
	attributes []anonymity.Attribute
	rows       [][]uint32
}

func readAdult(dir string) (*adult, error) {
	table, err := semicolons(filepath.Join(dir, "adult.csv"))
	if err != nil {
		return nil, err
	}
	a := &adult{rows: make([][]uint32, len(table)-1)}
	for _, name := range []string{"sex", "age", "race", "marital-status", "education", "native-country", "workclass", "occupation", "salary-class"} {
		rows, err := semicolons(filepath.Join(dir, "arx", "adult_hierarchy_"+name+".csv"))
		if err != nil {
			return nil, err
		}
		h, err := anonymity.NewHierarchy(rows)
		if err != nil {
			return nil, err
		}
		column := slices.Index(table[0], name)
		for i, row := range table[1:] {
			code, err := h.Code(row[column])
			if err != nil {
				return nil, err
			}
			a.rows[i] = append(a.rows[i], code)
		}
		a.attributes = append(a.attributes, anonymity.Attribute{Name: name, Hierarchy: h})
	}
	return a, nil
}

func semicolons(path string) ([][]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma = ';'
	return r.ReadAll()
}

func (a *adult) search(ctx context.Context, columns int, spec anonymity.Spec) error {
	table, err := anonymity.NewTable(a.attributes[:columns], nil)
	if err != nil {
		return err
	}
	for _, row := range a.rows {
		if err := table.Add(row[:columns], nil, 1); err != nil {
			return err
		}
	}
	result, err := anonymity.Search(ctx, table, spec)
	if err == nil && !result.Feasible {
		err = errors.New("no levels of Adult are k-anonymous")
	}
	return err
}

func (a *adult) group(columns int) int {
	classes := map[[9]uint32]int{}
	for _, row := range a.rows {
		var key [9]uint32
		copy(key[:], row[:columns])
		classes[key]++
	}
	return len(classes)
}
