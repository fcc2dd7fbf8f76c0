package differencing

import (
	"encoding/binary"
	"hash/fnv"
	"math/rand/v2"
	"slices"
)

// found is a disclosure before it is confirmed: equal values are a sum, others a
// weighted one.
type found struct {
	*row
	sum bool
}

// hunt looks for disclosures in the space that rows span. Everything in it is about
// at, and k bounds what is small.
type hunt struct {
	at     *atoms
	k      int
	random *rand.ChaCha8
	steps  int     // left
	work   float64 // left: multiplications
	seen   map[string]bool
	looked map[tag]bool // parts that were searched
	missed float64      // the probability that a small group may be in every sample
	found  []found

	complete bool
}

func newHunt(at *atoms, k int, random *rand.ChaCha8) *hunt {
	h := &hunt{at: at, k: k, random: random, steps: searchSteps, work: mostWork, missed: missed, complete: true, seen: map[string]bool{}, looked: map[tag]bool{}}
	if at.values != nil {
		h.work, h.missed = splitWork, splitMissed
	}
	return h
}

// orders is in how many random orders weighted combinations are looked for.
const orders = 32

// search takes rows as reach gave them. It reports whether it looked at all sums.
func (h *hunt) search(rows []*row) bool {
	for _, part := range parts(h.peel(reduce(rows, nil))) {
		name := tag{}
		for _, r := range part {
			name.add(r.name())
		}
		if h.looked[name] {
			continue
		}
		h.looked[name] = true
		for _, r := range part {
			h.work -= 10 * orders * float64(len(part)*len(r.columns))
		}
		if h.at.values == nil {
			h.sums(part)
		}
		for range orders {
			for _, r := range part {
				h.keep(r)
			}
			if len(part) == 1 {
				break
			}
			part = reduce(part, h.random)
		}
	}
	return h.steps > 0
}

// parts divides rows into those that share columns: what two others have in common is no
// disclosure that neither has.
func parts(rows []*row) (out [][]*row) {
	part, first := make([]int, len(rows)), map[int32]int{}
	root := func(i int) int {
		for part[i] != i {
			part[i] = part[part[i]]
			i = part[i]
		}
		return i
	}
	for i, r := range rows {
		part[i] = i
		for _, c := range r.columns {
			if j, ok := first[c]; ok {
				part[root(i)] = root(j)
			} else {
				first[c] = i
			}
		}
	}
	place := map[int]int{}
	for i, r := range rows {
		p, ok := place[root(i)]
		if !ok {
			p = len(out)
			place[root(i)], out = p, append(out, nil)
		}
		out[p] = append(out[p], r)
	}
	return out
}

// name is the same for equal rows, and for others unlikely so.
func (r *row) name() (t tag) {
	h := fnv.New128a()
	for i, c := range r.columns {
		var b [12]byte
		binary.LittleEndian.PutUint32(b[:], uint32(c))
		binary.LittleEndian.PutUint64(b[4:], r.values[i])
		h.Write(b[:])
	}
	sum := h.Sum(nil)
	return tag{binary.LittleEndian.Uint64(sum), binary.LittleEndian.Uint64(sum[8:])}
}

// keep notes a row that is a disclosure by itself.
func (h *hunt) keep(r *row) {
	if len(r.columns) == 0 || !h.at.few(r.columns, h.k) {
		return
	}
	sum := true
	for _, v := range r.values {
		sum = sum && v == r.values[0]
	}
	key := make([]byte, 0, 5*len(r.columns))
	for _, c := range r.columns {
		key = append(key, byte(c), byte(c>>8), byte(c>>16), byte(c>>24))
	}
	if sum {
		key = append(key, 's')
		r = r.scaled(invert(r.values[0]))
	}
	if !h.seen[string(key)] {
		h.seen[string(key)] = true
		h.found = append(h.found, found{r, sum})
	}
}

// peel leaves out rows that no disclosure can be made of: those with k owners or more
// in columns that no other row has, which nothing would cancel. Without them others
// are alone in more columns.
func (h *hunt) peel(rows []*row) []*row {
	for {
		users := map[int32]int{}
		for _, r := range rows {
			for _, c := range r.columns {
				users[c]++
			}
		}
		kept := slices.DeleteFunc(slices.Clone(rows), func(r *row) bool {
			alone := slices.DeleteFunc(slices.Clone(r.columns), func(c int32) bool { return users[c] > 1 })
			return !h.at.few(alone, h.k)
		})
		if len(kept) == len(rows) {
			return rows
		}
		rows = kept
	}
}

// sums looks for all vectors of zeros and ones with fewer than k subjects. In a
// reduced form such a vector is the sum of the rows whose pivots it has.
func (h *hunt) sums(rows []*row) {
	users := map[int32][]int{}
	for i, r := range rows {
		for _, c := range r.columns {
			users[c] = append(users[c], i)
		}
	}
	for i, r := range rows {
		if h.at.few([]int32{r.pivot}, h.k) {
			h.extend(rows, users, []int{i}, r)
		}
	}
}

// extend adds rows behind the first of chosen. A column of the sum that is neither zero
// nor one must be changed, by a row that has it. Where there is none, other groups
// lie beyond a one that is no pivot and becomes zero.
func (h *hunt) extend(rows []*row, users map[int32][]int, chosen []int, sum *row) {
	if h.steps -= 1 + len(sum.columns)/64; h.steps <= 0 {
		return
	}
	pivots, others := []int32{}, []int32{}
	bad := int32(-1)
	for i, c := range sum.columns {
		switch {
		case slices.ContainsFunc(chosen, func(r int) bool { return rows[r].pivot == c }):
			pivots = append(pivots, c)
		case sum.values[i] != 1 && bad < 0:
			bad = c
		default:
			others = append(others, c)
		}
	}
	if !h.at.few(pivots, h.k) {
		return
	}
	if bad < 0 {
		h.keep(sum)
	} else {
		others = []int32{bad}
	}
	tried := map[int]bool{}
	for _, c := range others {
		for _, next := range users[c] {
			if next > chosen[0] && !slices.Contains(chosen, next) && !tried[next] {
				tried[next] = true
				h.extend(rows, users, append(slices.Clone(chosen), next), sum.plus(1, rows[next]))
			}
		}
	}
}
