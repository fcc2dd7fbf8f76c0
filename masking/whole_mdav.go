package masking

import (
	"cmp"
	"math"
	"slices"
)

// MDAV, maximum distance to average vector: Domingo-Ferrer and Torra, "Ordinal,
// continuous and heterogeneous k-anonymity through microaggregation", Data Mining and
// Knowledge Discovery 11(2), 2005, algorithm MDAV-generic. It makes groups of k to 2k-1
// near points:
//
//	while 3k or more are left: r is the farthest from their mean; r and the k-1 nearest
//	to it are a group; s is the farthest of the rest from r; s and the k-1 nearest to it are one
//	with 2k to 3k-1 left: r, as above, and the k-1 nearest to it are a group, the rest another
//	with fewer: they are a group
//
// Of equal distances the point with the lower number counts first. The time is
// quadratic in the points, so there are at most mdavPoints of them; see blocksOf.
const mdavPoints = 2048

// points are points of d numbers each; those of point i stand from i*d on.
type points struct {
	d  int
	of []float64
}

func (p points) at(i int32) []float64 { return p.of[int(i)*p.d:][:p.d] }

// distance is the square of the Euclidean one. Conversions keep a compiler from fusing
// a product and a sum, which would round in another way on another machine.
func (p points) distance(from []float64, i int32) float64 {
	sum := 0.0
	for c, v := range p.at(i) {
		difference := v - from[c]
		sum += float64(difference * difference)
	}
	return sum
}

// mdav gives the numbers of each group's points; they last until it returns.
func mdav(p points, k int, group func([]int32)) {
	left := make([]int32, len(p.of)/p.d)
	for i := range left {
		left[i] = int32(i)
	}
	n := nearest{points: p, numbers: make([]int32, k), distances: make([]float64, k)}
	for len(left) >= 2*k {
		three := len(left) >= 3*k
		r := p.farthest(p.mean(left), left)
		left = n.take(r, left)
		group(n.numbers)
		if three {
			left = n.take(p.farthest(p.at(r), left), left)
			group(n.numbers)
		}
	}
	if len(left) > 0 {
		group(left)
	}
}

func (p points) mean(of []int32) []float64 {
	mean := make([]float64, p.d)
	for _, i := range of {
		for c, v := range p.at(i) {
			mean[c] += v
		}
	}
	for c := range mean {
		mean[c] /= float64(len(of))
	}
	return mean
}

func (p points) farthest(from []float64, of []int32) int32 {
	best, most := of[0], -1.0
	for _, i := range of {
		if d := p.distance(from, i); d > most {
			best, most = i, d
		}
	}
	return best
}

// nearest finds the points nearest to one, itself among them.
type nearest struct {
	points
	numbers   []int32 // by distance, then by number
	distances []float64
}

// take finds them among those left and gives the others, in order.
func (n *nearest) take(to int32, left []int32) []int32 {
	from, found := n.at(to), 0
	for _, i := range left {
		d := n.distance(from, i)
		if found == len(n.numbers) && d >= n.distances[found-1] {
			continue
		}
		at := min(found, len(n.numbers)-1)
		for ; at > 0 && n.distances[at-1] > d; at-- {
			n.numbers[at], n.distances[at] = n.numbers[at-1], n.distances[at-1]
		}
		n.numbers[at], n.distances[at] = i, d
		found = min(found+1, len(n.numbers))
	}
	slices.Sort(n.numbers)
	next, kept := 0, left[:0]
	for _, i := range left {
		if next < len(n.numbers) && n.numbers[next] == i {
			next++
			continue
		}
		kept = append(kept, i)
	}
	return kept
}

// mdavOfLine is mdav for points of one number, whatever their count: there the farthest
// point is an end and the nearest are its neighbours. It reorders the points' numbers,
// which it is given, by value and then by number; groups are ranges of them.
func mdavOfLine(values func(uint32) float64, numbers []uint32, k int, group func([]uint32)) {
	slices.SortFunc(numbers, func(a, b uint32) int { return cmp.Or(cmp.Compare(values(a), values(b)), cmp.Compare(a, b)) })
	for len(numbers) >= 3*k {
		group(numbers[:k])
		group(numbers[len(numbers)-k:])
		numbers = numbers[k : len(numbers)-k]
	}
	if len(numbers) >= 2*k {
		mean := 0.0
		for _, i := range numbers {
			mean += values(i)
		}
		mean /= float64(len(numbers))
		high := len(numbers) - 1 // the first of those with the highest value
		for high > 0 && values(numbers[high-1]) == values(numbers[high]) {
			high--
		}
		cut, over, under := k, values(numbers[high])-mean, mean-values(numbers[0])
		if over > under || over == under && numbers[high] < numbers[0] {
			cut = len(numbers) - k
		}
		group(numbers[:cut])
		numbers = numbers[cut:]
	}
	if len(numbers) > 0 {
		group(numbers)
	}
}

// blocksOf cuts rows, which rise, into blocks of at most mdavPoints near ones, for MDAV to
// work in: along the dimension of the largest variance, at the median of a sample of
// evenly spaced rows, and so on with both parts. Every block has more than a hundred rows
// unless there are fewer, and rows rise in it. value gives number c of a row.
func blocksOf(rows []uint32, d int, value func(c int, row uint32) float64) (blocks [][]uint32) {
	if len(rows) <= mdavPoints {
		return [][]uint32{rows}
	}
	widest, most := 0, -1.0
	for c := range d {
		if v := variance(rows, func(row uint32) float64 { return value(c, row) }); v > most {
			widest, most = c, v
		}
	}
	order := func(a, b uint32) int {
		return cmp.Or(cmp.Compare(value(widest, a), value(widest, b)), cmp.Compare(a, b))
	}
	const spaced = mdavPoints / 8
	sample := make([]uint32, spaced)
	for i := range sample {
		sample[i] = rows[i*len(rows)/spaced]
	}
	slices.SortFunc(sample, order)
	middle := sample[spaced/2]
	low, high := make([]uint32, 0, len(rows)*5/8), make([]uint32, 0, len(rows)*5/8)
	for _, row := range rows {
		if order(row, middle) < 0 {
			low = append(low, row)
		} else {
			high = append(high, row)
		}
	}
	return append(blocksOf(low, d, value), blocksOf(high, d, value)...)
}

// variance is 0 for no rows; of values as large as doubles get it may be infinite.
func variance(rows []uint32, value func(uint32) float64) float64 {
	mean, sum := 0.0, 0.0
	for _, row := range rows {
		mean += value(row) / float64(len(rows))
	}
	for _, row := range rows {
		difference := value(row) - mean
		sum += float64(difference * difference)
	}
	if len(rows) == 0 || math.IsNaN(sum) {
		return 0
	}
	return sum / float64(len(rows))
}
