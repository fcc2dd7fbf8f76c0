package manifest

import (
	"math/big"
	"slices"
	"strings"

	"yingbi/internal/fault"
)

// PlanAnswer is one question that may be asked of one subject at a time, once a release
// has allowed it.
type PlanAnswer struct {
	Name       string
	Kind       string            // of the subject
	Answers    []string          // labels; the last is also that of whoever is not known
	When       []string          // what each but the last means, in the manifest's words
	Parameters []ParameterValues // that whoever asks chooses, each
	Listing    []string          // parameters by whose values a caller goes through a column, one call each
	Columns    []AnswerColumn    // that it reads, but for those that join inputs by subject
	Inputs     []PlanInput       // views that its statement reads
	Origin     Origin

	asked []*question // one for each combination of parameters, the last one's values first
}

// ParameterValues is a parameter with the closed list of its values.
type ParameterValues struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
}

// AnswerColumn is a column of a question, with its level before masking.
type AnswerColumn struct {
	Input   string `json:"input"`
	Dataset string `json:"dataset"`
	Name    string `json:"name"`
	Level   int    `json:"level"`
}

// Broken is the answer of a question whose joins no longer fit the data, whoever is asked
// about: a key that has to be unique is not.
const Broken = -1

// Millibits is what one answer can tell at most: log₂ of the number of answers, in
// thousandths of a bit, rounded up.
func (p *PlanAnswer) Millibits() int64 {
	power := new(big.Int).Exp(big.NewInt(int64(len(p.Answers))), big.NewInt(1000), nil)
	return int64(power.Sub(power, big.NewInt(1)).BitLen())
}

// Statement asks about the subject of an ordinal, with a value chosen for each parameter.
// Its answer is one row with one integer: an index of Answers, or Broken. An ordinal that
// nobody has, such as 0, gets the last answer, in the same way. It cannot fail for one
// subject and not for another.
func (p *PlanAnswer) Statement(ordinal int64, chosen map[string]string) (Statement, error) {
	at, err := p.combination(chosen)
	if err != nil {
		return Statement{}, err
	}
	return p.asked[at].ask(ordinal), nil
}

// Census gives first the statement of how many subjects the question's first input lists,
// then one for each of Combinations: one row with how many of them get each answer but
// the last, which is that of all others.
func (p *PlanAnswer) Census() []Statement {
	out := []Statement{p.asked[0].listed()}
	for i, k := range p.asked {
		out = append(out, k.census(i))
	}
	return out
}

// Combinations lists what can be chosen: a value for each parameter.
func (p *PlanAnswer) Combinations() [][]string {
	out := [][]string{nil}
	for _, x := range p.Parameters {
		var next [][]string
		for _, head := range out {
			for _, v := range x.Values {
				next = append(next, append(slices.Clone(head), v))
			}
		}
		out = next
	}
	return out
}

// combination finds what was chosen among Combinations.
func (p *PlanAnswer) combination(chosen map[string]string) (at int, err error) {
	for _, x := range p.Parameters {
		i := slices.Index(x.Values, chosen[x.Name])
		if _, given := chosen[x.Name]; !given || i < 0 {
			return 0, fault.Errorf(fault.Invalid, "choose a value of the parameter %s of %s: one of %s", x.Name, p.Name, strings.Join(x.Values, ", "))
		}
		at = at*len(x.Values) + i
	}
	for name := range chosen {
		if !slices.ContainsFunc(p.Parameters, func(x ParameterValues) bool { return x.Name == name }) {
			return 0, fault.Errorf(fault.Invalid, "%s has no parameter of that name; it has %d", p.Name, len(p.Parameters))
		}
	}
	return at, nil
}
