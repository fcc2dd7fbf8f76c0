// Package loops has the loops that the benchmark runs twice: in a guest in Go, and
// natively. loops.h has the same ones for C.
package loops

// What a guest is asked to do: the only row of its input "asked", with the columns
// loop and passes.
const (
	Sum      = iota // of the costs
	Group           // rows and costs by key
	Copy            // no loop: only read the rows into memory; C alone
	SumByOne        // of the costs, without any care; Go alone
	Query           // the sum of the costs by SQL; C alone
	Spin            // for ever; C alone
	Hold            // take memory for ever; C alone
)

// Names of the input columns.
const (
	KeyColumn  = "hospital"
	CostColumn = "cost"
)

// Run goes over all rows so many times, and gives a number that depends on all of
// them. Keys may have at most slots/2 different values.
func Run(loop, passes int64, keys, costs []int64) int64 {
	var g groups
	total := int64(0)
	for range passes {
		switch loop {
		case Sum:
			total += sum(costs)
		case SumByOne:
			total += sumByOne(costs)
		case Group:
			g.add(keys, costs)
		}
	}
	return total + g.check()
}

// sum takes sixteen values a turn: in a guest made by Go the turn itself costs more
// than an addition.
func sum(values []int64) (total int64) {
	for len(values) >= 16 {
		v := values[:16:16]
		total += v[0] + v[1] + v[2] + v[3] + v[4] + v[5] + v[6] + v[7]
		total += v[8] + v[9] + v[10] + v[11] + v[12] + v[13] + v[14] + v[15]
		values = values[16:]
	}
	return total + sumByOne(values)
}

func sumByOne(values []int64) (total int64) {
	for _, v := range values {
		total += v
	}
	return total
}

const slots = 1024

// groups is a hash table with open addressing; a slot without visits is empty.
type groups [slots]group

type group struct {
	key, visits, cost int64
	_                 int64 // 32 bytes, so that an index becomes a place by a shift
}

func (t *groups) add(keys, costs []int64) {
	costs = costs[:len(keys)]
	for i, key := range keys {
		at := uint64(key) * 0x9e3779b97f4a7c15 >> 54
		for t[at].key != key && t[at].visits != 0 {
			at = (at + 1) % slots
		}
		g := &t[at]
		g.cost += costs[i]
		g.visits++
		g.key = key
	}
}

func (t *groups) check() (total int64) {
	for i := range t {
		total += (t[i].visits*31 + t[i].cost) * t[i].key
	}
	return total
}
