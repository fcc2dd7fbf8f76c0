package synth

import (
	"strings"
	"testing"

	"yingbi/internal/idnum"
)

// Every key that a row names is there, and every number is valid and there once.
func TestNumbersAreValidAndUnique(t *testing.T) {
	dir, truth := makeCity(t, 12_000, 3)
	people := readRows(t, dir, fileOf(t, truth, PopulationFile))
	firms := readRows(t, dir, fileOf(t, truth, EnterprisesFile))
	ids, codes, homes := map[string]map[string]string{}, map[string]bool{}, map[string]int{}
	for _, f := range firms.good {
		code := f["uscc"]
		if !idnum.CreditCode(code) || !idnum.InSyntheticZone(code) || codes[code] || code[2:8] != f["district"] {
			t.Errorf("enterprise %q is wrong or there twice", code)
		}
		codes[code] = true
	}
	for _, p := range people.good {
		id := p["person"]
		male := (id[16]-'0')%2 == 1
		if !idnum.ResidentID(id) || ids[id] != nil || strings.ReplaceAll(p["birth"], "-", "") != id[6:14] || male != (p["sex"] == "男") {
			t.Errorf("person %q is wrong or there twice", id)
		}
		if p["employer"] != "" && !codes[p["employer"]] {
			t.Errorf("person %q has an employer that is not there", id)
		}
		ids[id] = p
		homes[p["household"]]++
	}
	claims := readRows(t, dir, fileOf(t, truth, ClaimsFile))
	numbers := map[string]bool{}
	for _, v := range claims.good {
		if ids[v["person"]] == nil || numbers[v["claim"]] || !strings.HasPrefix(v["visit_date"], "2024-") {
			t.Errorf("claim %q is wrong or there twice", v["claim"])
		}
		numbers[v["claim"]] = true
	}
	months := map[string]int{}
	for _, r := range readRows(t, dir, fileOf(t, truth, ElectricityFile)).good {
		holder := ids[r["person"]]
		if holder == nil || holder["household"] != r["household"] || holder["district"] != r["district"] || months[r["household"]+r["month"]] > 0 {
			t.Fatalf("the reading %v is of nobody, or there twice", r)
		}
		months[r["household"]]++
		months[r["household"]+r["month"]]++
		if holder["birth"] > "2005" {
			t.Errorf("a child keeps the account of %s", r["household"])
		}
	}
	for home, size := range homes {
		if size > maxHome || months[home] != 12 {
			t.Errorf("household %s has %d people and %d months", home, size, months[home])
		}
	}
}

// Resident numbers stay unique up to the largest city. That they do follows from three
// things: the layout gives each person of a block another place among those of
// birthplace, year and sex; each block begins where the one before it ended; and
// places are walked through without coming to one twice.
func TestLargestCityHasUniqueNumbers(t *testing.T) {
	c, err := newCity(5, maxPeople)
	if err != nil {
		t.Fatal(err)
	}
	const last = (maxPeople + blockPeople - 1) / blockPeople
	for _, block := range []int{0, 1, last - 1} {
		seen := map[[4]int]bool{}
		for i := range blockPeople {
			s := c.seat(block*blockPeople + i)
			n := c.block.count[((s.birthplace*years+s.year-firstYear)*2)+boolInt(s.male)]
			if s.serial < block*n || s.serial >= (block+1)*n || s.serial >= serials {
				t.Fatalf("place %d of block %d is not between %d and %d", s.serial, block, block*n, (block+1)*n)
			}
			seen[[4]int{s.birthplace, s.year, boolInt(s.male), s.serial}] = true
		}
		if len(seen) != blockPeople {
			t.Fatalf("block %d has %d places", block, len(seen))
		}
	}
	walked := make([]bool, serials)
	for n := range serials {
		sequence, day := c.serial(seat{birthplace: 3, year: 1970, serial: n})
		if at := sequence*365 + day; sequence >= sequences || day >= 365 || walked[at] {
			t.Fatalf("place %d is day %d and sequence %d, which is taken", n, day, sequence)
		} else {
			walked[at] = true
		}
	}
	ids := map[string]bool{}
	for _, first := range []int{0, blockPeople - 5000, 1_680_000, 29_999_000, maxPeople - 40_000} {
		for i := range 40_000 {
			p, err := c.person(first + i)
			if err != nil || !idnum.ResidentID(p.id) || ids[p.id] {
				t.Fatalf("person %d: %q, %v", first+i, p.id, err)
			}
			ids[p.id] = true
		}
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// A birthplace never has more people of a year and sex than numbers, whatever the seed.
func TestNoBirthplaceRunsOutOfNumbers(t *testing.T) {
	for seed := range uint64(8) {
		c, err := newCity(seed, minPeople)
		if err != nil {
			t.Fatal(err)
		}
		total, most := 0, 0
		for _, n := range c.block.count {
			total, most = total+n, max(most, n)
		}
		if total != blockPeople || most > perBlock || len(c.block.at) != blockPeople {
			t.Errorf("seed %d: %d people, up to %d of one kind, of %d", seed, total, most, perBlock)
		}
	}
	c := &block{count: make([]int, 18*years*2)}
	c.count[100] = perBlock // 530402, 1974, women
	d, living := draws(1), newChances(1, func(int) int { return 1 })
	for range 200 {
		c.addPerson(&d, 0, born{year: 1974}, living, 18)
	}
	if c.count[100] != perBlock {
		t.Error("a full birthplace took one more")
	}
}
