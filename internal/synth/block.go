package synth

// People are laid out in blocks of 65,536: households, who lives in them, when and
// where they were born. Every block has the same households, each time in another
// order. So how many people of one birthplace, year and sex stand before person i
// is known without looking at them, and with it a resident number that nobody else
// has.
const (
	blockPeople = 1 << 16
	maxHome     = 6 // people of a household

	firstYear = 1924 // ages 1 to 100 at the end of 2024
	years     = 100
	adultYear = 2004 // born then or earlier: may keep a household

	// A birth date and a sex have 500 sequence numbers. The last is for what is planted.
	sequences = 499

	// serials are what the people of one birthplace, year and sex divide, and
	// perBlock how many of them a block may have, so that they suffice.
	serials  = 365 * sequences
	perBlock = serials / ((maxPeople + blockPeople - 1) / blockPeople)
)

// block is the layout.
type block struct {
	slots  []slot             // people, in the order of the households
	homes  []home             // households
	at     []uint16           // household by the place of a person
	bySize [maxHome + 1][]int // households
	count  []int              // people by stratum
}

// slot is one person: stratum is birthplace, year and sex, nth the place within it.
type slot struct{ stratum, nth uint16 }

type home struct {
	start    int // of its people
	size     int
	nth      int // among the households of its size
	district int // where they live
}

// seat is what the layout says of one person of the city.
type seat struct {
	birthplace, year int
	male             bool
	serial           int // among all people of the same birthplace, year and sex
	district         int // of the household
	head             int // first person of the household
	size             int // of the household
}

// seat finds person i. The households of one size turn from block to block.
func (c *city) seat(i int) seat {
	b := c.block
	nth, at := i/blockPeople, i%blockPeople
	place := &b.homes[b.at[at]]
	alike := b.bySize[place.size]
	turn := mix(c.seed^uint64(nth)<<8^uint64(place.size)) % uint64(len(alike))
	lives := &b.homes[alike[(place.nth+int(turn))%len(alike)]]
	s := b.slots[lives.start+at-place.start]
	stratum := int(s.stratum)
	return seat{
		birthplace: stratum / 2 / years, year: firstYear + stratum/2%years, male: stratum%2 == 1,
		serial:   nth*b.count[stratum] + int(s.nth),
		district: lives.district, head: i - at + place.start, size: place.size,
	}
}

// born is what is drawn of a person before a birthplace is.
type born struct {
	year int
	male bool
}

func newBlock(d draws, living *chances, birthplaces int) *block {
	b := &block{at: make([]uint16, 0, blockPeople), count: make([]int, birthplaces*years*2)}
	b.addHomes(&d, living)
	for h, people := range settle(&d, b.homes) {
		for _, p := range people {
			b.addPerson(&d, b.homes[h].district, p, living, birthplaces)
		}
	}
	return b
}

// addHomes draws sizes near those of the census of 2020 until all have a home.
func (b *block) addHomes(d *draws, living *chances) {
	weights := [...]int{0, 25, 30, 21, 13, 7, 4}
	sizes := newChances(len(weights), func(i int) int { return weights[i] })
	for len(b.at) < blockPeople {
		size := min(sizes.draw(d), blockPeople-len(b.at))
		b.bySize[size] = append(b.bySize[size], len(b.homes))
		for range size {
			b.at = append(b.at, uint16(len(b.homes)))
		}
		b.homes = append(b.homes, home{start: len(b.at) - size, size: size, nth: len(b.bySize[size]) - 1, district: living.draw(d)})
	}
}

// settle puts people into households: somebody grown-up alone, or a couple of one
// age with children and others.
func settle(d *draws, homes []home) [][]born {
	women, men, rest := pyramid()
	couples := 0
	for _, h := range homes {
		if h.size > 1 {
			couples++
		}
	}
	pairs, alone := match(women, men, couples)
	shuffle(d, pairs)
	shuffle(d, alone)
	out := make([][]born, len(homes))
	for i, h := range homes {
		if h.size == 1 {
			out[i], alone = alone[:1], alone[1:]
			continue
		}
		out[i], pairs = pairs[0][:], pairs[1:]
	}
	rest = append(rest, alone...)
	shuffle(d, rest)
	for i, h := range homes {
		if h.size > 2 {
			out[i], rest = append(out[i], rest[:h.size-2]...), rest[h.size-2:]
		}
	}
	return out
}

// match makes couples out of two lists that are sorted by age, at even distances,
// and gives who is left.
func match(women, men []born, couples int) (pairs [][2]born, alone []born) {
	for j := range couples {
		pair := [2]born{women[j*len(women)/couples], men[j*len(men)/couples]}
		pairs = append(pairs, pair)
	}
	for _, list := range [][]born{women, men} {
		next := 0
		for j, p := range list {
			if next < couples && j == next*len(list)/couples {
				next++
				continue
			}
			alone = append(alone, p)
		}
	}
	return pairs, alone
}

func shuffle[T any](d *draws, list []T) {
	for i := len(list) - 1; i > 0; i-- {
		j := d.below(i + 1)
		list[i], list[j] = list[j], list[i]
	}
}

// addPerson draws where somebody was born who lives in the district: mostly there.
// Where a birthplace has all people of a year and sex that it can, the next is taken.
func (b *block) addPerson(d *draws, district int, p born, living *chances, birthplaces int) {
	place := district
	switch chance := d.below(100); {
	case chance < 8:
		place = inCity + d.below(birthplaces-inCity)
	case chance < 20:
		place = living.draw(d)
	}
	stratum := func() int {
		s := (place*years + p.year - firstYear) * 2
		if p.male {
			s++
		}
		return s
	}
	for b.count[stratum()] == perBlock {
		place = (place + 1) % birthplaces
	}
	s := stratum()
	b.slots = append(b.slots, slot{stratum: uint16(s), nth: uint16(b.count[s])})
	b.count[s]++
}
