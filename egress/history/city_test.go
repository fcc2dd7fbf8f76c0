package history

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// visit is a row of a small city: who came, the values of six keys, of which the first
// three are the person's, and what it cost.
type visit struct {
	person uint32
	keys   [6]int
	cost   int64
}

// citySizes are how many values each key has.
var citySizes = [6]int{2, 4, 8, 4, 6, 12}

func city(random *rand.Rand, people int) (out []visit) {
	for p := range people {
		var keys [6]int
		for k := range 3 {
			keys[k] = random.IntN(citySizes[k])
		}
		for range 1 + int(random.ExpFloat64()*2) {
			for k := 3; k < 6; k++ {
				keys[k] = min(random.IntN(citySizes[k]), random.IntN(citySizes[k])) // the first are more frequent
			}
			out = append(out, visit{uint32(p + 1), keys, 2000 + int64(random.ExpFloat64()*80_000)})
		}
	}
	return out
}

// cityName is the cell that a visit is in.
func cityName(v visit, keys []int) (name string) {
	for _, k := range keys {
		name += fmt.Sprint(v.keys[k], " ")
	}
	return name
}

// cityTable is a release of a table by some keys, of which cells of ten people and more
// are published: people, visits, costs, and their mean.
func cityTable(t testing.TB, id string, visits []visit, keys []int) *Release {
	type sums struct{ visits, cost map[uint32]int64 }
	cells := map[string]sums{}
	for _, v := range visits {
		name := cityName(v, keys)
		if cells[name].cost == nil {
			cells[name] = sums{map[uint32]int64{}, map[uint32]int64{}}
		}
		cells[name].visits[v.person]++
		cells[name].cost[v.person] += v.cost
	}
	w, m := &Writer{}, NewMarker(key)
	for i, name := range slices.Sorted(maps.Keys(cells)) {
		c := cells[name]
		if len(c.cost) < 10 {
			continue
		}
		w.Cell("t", i, []string{name})
		subjects := slices.Sorted(maps.Keys(c.cost))
		set := func(class Class, figure string, of func(s uint32) Number) {
			addSet(w, m, class, figure, subjects, of)
		}
		set(Who, "people", func(uint32) Number { return Number{Int: 1} })
		set(Rows, "visits", func(s uint32) Number { return Number{Int: c.visits[s]} })
		set(Value, "cost", func(s uint32) Number { return Number{Int: c.cost[s], Scale: 2} })
		set(Value, "cost", func(s uint32) Number { return Number{Int: c.cost[s], Scale: 2, Of: c.visits[s]} })
	}
	return reopen(t, id, w.Release())
}

// cityReleases draws tables by two or three of the keys.
func cityReleases(t testing.TB, people, n int) (out []*Release) {
	random := rand.New(rand.NewPCG(21, 22))
	visits := city(random, people)
	for i := range n {
		keys := random.Perm(6)[:2+i%2]
		slices.Sort(keys)
		out = append(out, cityTable(t, fmt.Sprint("r", i), visits, keys))
	}
	return out
}

// BenchmarkCity audits a city's last release beside earlier ones. Of thirty the search for
// combinations takes the newest 2,000 figures.
func BenchmarkCity(b *testing.B) {
	for _, n := range []int{2, 4, 8, 30} {
		all := cityReleases(b, 6000, n+1)
		all[n].ID = ""
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				v, err := Audit(b.Context(), Config{K: 10}, all[n], all[:n])
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(v.Earlier), "earlier")
				b.ReportMetric(float64(v.LeftOut), "left-out")
			}
		})
	}
}
