package synth

import (
	"bytes"
	"strings"
)

// chunkPeople are made at once by one worker. A block is a whole number of chunks,
// and all that is planted is in the first.
const chunkPeople = 1 << 12

// Files whose rows follow from people, by index.
const (
	population = iota
	claims
	electricity
	streams
)

func streamFiles() [streams]string {
	return [streams]string{PopulationFile, ClaimsFile, ElectricityFile}
}

// chunk holds the rows of some people, and what was counted on the way.
type chunk struct {
	city   *city
	files  [streams][]byte
	tally  tally
	spoilt []planted
	visits []claim // of the person at hand
	err    error
}

// planted is where a row stands that must be quarantined.
type planted struct {
	spoilt
	file  string
	row   int64 // of the file, from 1
	cells []string
}

// make fills the chunk with people first … end−1. It may have been used before.
func (k *chunk) make(first, end int) {
	k.tally, k.spoilt, k.err = tally{}, nil, nil
	for f := range k.files {
		k.files[f] = k.files[f][:0]
	}
	for i := first; i < end && k.err == nil; i++ {
		k.person(i)
	}
}

func (k *chunk) person(i int) {
	c := k.city
	p, err := c.person(i)
	if err != nil {
		k.err = err
		return
	}
	k.files[population] = k.end(population, c.appendPerson(k.files[population], &p))
	k.spoil(population, i, i)
	k.visits = c.claims(k.visits[:0], i, &p)
	for nth, v := range k.visits {
		k.files[claims] = k.end(claims, c.appendClaim(k.files[claims], i, nth, &p, v))
	}
	k.tally.addPerson(&p, k.visits)
	k.tally.addPair(&p, k.visits, c.find(pairDistrict), c.chapterOf(pairChapter))
	if i < minPeople {
		k.spoilClaim(i, &p)
	}
	if p.household == i {
		k.household(i, &p)
	}
}

// household writes the year of the household that begins with p.
func (k *chunk) household(i int, p *person) {
	c := k.city
	size := c.seat(i).size
	year := c.readings(i, size, p.district)
	for _, r := range year {
		k.files[electricity] = k.end(electricity, c.appendReading(k.files[electricity], p, r))
	}
	k.tally.addHousehold(p.district, year)
	k.spoil(electricity, i, i+size-1)
}

// end ends a row.
func (k *chunk) end(file int, b []byte) []byte {
	k.tally.rows[file]++
	return append(b, '\n')
}

// spoil writes what must be quarantined after first … last, from the row before it.
func (k *chunk) spoil(file, first, last int) {
	if first >= minPeople {
		return
	}
	for _, s := range spoiltOf(streamFiles()[file]) {
		if s.after >= first && s.after <= last {
			b := bytes.TrimSuffix(k.files[file], []byte{'\n'})
			k.bad(file, s, strings.Split(string(b[bytes.LastIndexByte(b, '\n')+1:]), ","))
		}
	}
}

// spoilClaim does so for claims, of which a person need not have any.
func (k *chunk) spoilClaim(i int, p *person) {
	for _, s := range spoiltOf(ClaimsFile) {
		if s.after == i {
			number := string(appendClaimNumber(nil, i, 99))
			k.bad(claims, s, []string{number, p.id, k.city.districts[p.district].code, "青鸾医院", "X", "2024-03-08", "120.00"})
		}
	}
}

func (k *chunk) bad(file int, s spoilt, good []string) {
	cells := s.row(good)
	k.files[file] = append(append(k.files[file], strings.Join(cells, ",")...), '\n')
	k.tally.bad[file]++
	row := k.tally.rows[file] + k.tally.bad[file]
	k.spoilt = append(k.spoilt, planted{spoilt: s, file: streamFiles()[file], row: row, cells: cells})
}
