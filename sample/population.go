package sample

import (
	"fmt"
	"strings"

	"yingbi/internal/idnum"
)

// Kinds of subjects whose numbers have a form of their own.
const (
	person     = "person"
	enterprise = "enterprise"
)

// numberOf gives the number of subject i of a kind, from 0. It has the kind's form and
// check characters, and is nobody's:
//
//   - a person is born between 1850 and 1859. Resident numbers were first given out in
//     1984, when nobody was alive who was born then;
//   - an enterprise is of the zone that GB 11714 leaves to self-defined codes;
//   - of other kinds, and where a kind's numbers are of type integer, no form is known,
//     and numbers are counted.
func numberOf(kind string, digits bool, i int) (string, error) {
	switch {
	case digits:
		return fmt.Sprint(900_000_001 + i), nil
	case kind == person:
		const years, months, days = 10, 12, 28
		at := i / years
		return idnum.SyntheticResidentID(region, 1850+i%years, 1+at%months, 1+at/months%days, at/months/days)
	case kind == enterprise:
		return idnum.SyntheticCreditCode(region, i+1)
	}
	return fmt.Sprintf("%s%08d", strings.ToUpper(kind), i+1), nil
}

// region is the district that numbers name: the code of GB/T 2260 that stands for the
// districts of a city together, and for none of them.
const region = "530101"

// maxPeople is how many numbers the smallest population has.
const maxPeople = 99_999
