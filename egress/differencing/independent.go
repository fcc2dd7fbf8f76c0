package differencing

import (
	"context"
	"math/rand/v2"
)

// ranks gives the rank of cells × atoms, and cells that have it: a cell is not among them
// if it follows from those behind it.
func ranks(ctx context.Context, at *atoms, over []int32, random *rand.ChaCha8) ([]int32, error) {
	places := make([]int32, at.cells)
	for cell := range places {
		places[cell] = int32(at.cells - 1 - cell)
	}
	m, err := echelon(ctx, func() [][]uint64 { return gram(at, over, places, at.cells, random) })
	var out []int32
	for cell := range places {
		if p := places[cell]; m[p][p] != 0 {
			out = append(out, int32(cell))
		}
	}
	return out, err
}

// independent leaves out cells that follow from others, which tell nothing more: of
// those the first, since callers know the last for longest.
func independent(ctx context.Context, left []int, at *atoms, random *rand.ChaCha8) ([]int, *atoms, error) {
	all := make([]int32, len(at.of))
	for a := range all {
		all[a] = int32(a)
	}
	if part := 2 * at.cells; part < len(all) { // cells that are independent on some atoms are so
		rand.New(random).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		if kept, err := ranks(ctx, at, all[:part], random); err != nil || len(kept) == at.cells {
			return left, at, err
		}
	}
	kept, err := ranks(ctx, at, all, random)
	if err != nil || len(kept) == at.cells {
		return left, at, err
	}
	out := &atoms{cells: len(kept), members: at.members, owners: at.owners, of: make([][]int32, len(at.of))}
	if at.values != nil {
		out.values = make([][]uint64, len(at.of))
	}
	places, cells := make([]int32, at.cells), make([]int, len(kept))
	for cell := range places {
		places[cell] = -1
	}
	for i, cell := range kept {
		places[cell], cells[i] = int32(i), left[cell]
	}
	for a, of := range at.of {
		for i, cell := range of {
			if p := places[cell]; p >= 0 {
				if out.of[a] = append(out.of[a], p); at.values != nil {
					out.values[a] = append(out.values[a], at.values[a][i])
				}
			}
		}
	}
	return cells, out, nil
}
