package anonymity

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode"

	"yingbi/internal/fault"
)

// known is a model of a specification. It takes its numbers by name, as a list in the
// order of needs, or bare if it is one.
type known struct {
	slot     string // one model of each is possible
	needs    []string
	set      func(m *Models, n []float64)
	fraction bool // its l need not be whole
}

var (
	distinct = known{"distinct", []string{"l"}, func(m *Models, n []float64) { m.Distinct = int(n[0]) }, false}
	equal    = known{"t", []string{"t"}, func(m *Models, n []float64) { m.Distance, m.T = EqualDistance, n[0] }, false}
)

// knownModels have the words of their names as keys, in order and without filler:
// "distinct_l_diversity" and "l-diversity distinct" are one.
var knownModels = map[string]known{
	"anonymity":              {"k", []string{"k"}, func(m *Models, n []float64) { m.K = int(n[0]) }, false},
	"average risk":           {"risk", []string{"threshold"}, func(m *Models, n []float64) { m.AverageRisk = n[0] }, false},
	"distinct diversity":     distinct,
	"diversity":              distinct, // said no more of
	"diversity entropy":      {"entropy", []string{"l"}, func(m *Models, n []float64) { m.Entropy = n[0] }, true},
	"diversity recursive":    {"recursive", []string{"c", "l"}, func(m *Models, n []float64) { m.C, m.Recursive = n[0], int(n[1]) }, false},
	"closeness equal":        equal,
	"closeness":              equal,
	"closeness hierarchical": {"t", []string{"t"}, func(m *Models, n []float64) { m.Distance, m.T = HierarchicalDistance, n[0] }, false},
}

const canonicalModels = "k_anonymity, average_risk, distinct_l_diversity, entropy_l_diversity, recursive_l_diversity, equal_t_closeness, hierarchical_t_closeness"

// filler are words of a name that do not tell models apart.
var filler = []string{"k", "l", "t", "c", "cl", "distance", "emd", "shannon", "re", "identification", "reidentification"}

// parseModels reads models, and adds to f what they say of sensitive columns.
func parseModels(raw map[string]json.RawMessage, f *File) (Models, error) {
	var m Models
	taken := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		if string(raw[name]) == "null" {
			continue
		}
		k, numbers, err := parseModel(name, raw[name], f)
		if err == nil && taken[k.slot] {
			err = errors.New("a model of its kind is asked already")
		}
		if err != nil {
			return m, fault.At(fault.Place{Field: "models." + name}, "%v", err)
		}
		taken[k.slot] = true
		k.set(&m, numbers)
	}
	return m, nil
}

func parseModel(name string, raw json.RawMessage, f *File) (known, []float64, error) {
	a := arguments{words: words(name), numbers: map[string]float64{}}
	if err := a.read(raw, f); err != nil {
		return known{}, nil, err
	}
	slices.Sort(a.words)
	k, ok := knownModels[strings.Join(slices.Compact(a.words), " ")]
	if !ok {
		return k, nil, fmt.Errorf("no such model; there are %s", canonicalModels)
	}
	numbers, err := a.take(k)
	return k, numbers, err
}

// words splits a name and leaves the filler out.
func words(name string) []string {
	all := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) })
	return slices.DeleteFunc(all, func(w string) bool { return slices.Contains(filler, w) })
}

// arguments are what stands behind a model's name.
type arguments struct {
	words   []string // of the name, and of a variant
	list    []float64
	numbers map[string]float64
}

// read takes a number, a list of numbers or an object.
func (a *arguments) read(raw json.RawMessage, f *File) error {
	var one float64
	if json.Unmarshal(raw, &one) == nil {
		a.list = []float64{one}
		return nil
	}
	if json.Unmarshal(raw, &a.list) == nil {
		return nil
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil {
		return errors.New("it takes a number, a list of numbers or an object")
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if err := a.member(key, object[key], f); err != nil {
			return err
		}
	}
	return nil
}

// member takes one of an object: a number by its name, a word that is part of the
// model's name, or a sensitive column and the file of its hierarchy.
func (a *arguments) member(key string, raw json.RawMessage, f *File) error {
	var number float64
	if json.Unmarshal(raw, &number) == nil {
		a.numbers[strings.ToLower(key)] = number
		return nil
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return fmt.Errorf("%q is neither a number nor a text", key)
	}
	switch key {
	case "variant", "type", "kind", "distance", "emd", "estimator":
		a.words = append(a.words, words(text)...)
	case "attribute", "sensitive":
		if !slices.Contains(f.Sensitive, text) {
			f.Sensitive = append(f.Sensitive, text)
		}
	case "hierarchy":
		if len(f.Sensitive) != 1 {
			return errors.New("a hierarchy here needs one sensitive column; else name it under hierarchies")
		}
		f.Hierarchies[f.Sensitive[0]] = text
	default:
		return fmt.Errorf("it has nothing called %q", key)
	}
	return nil
}

// take gives the numbers that a model needs. Their upper bounds are those of Models.
func (a *arguments) take(k known) ([]float64, error) {
	wrong := fmt.Errorf("it takes %s: k and l from 1, c above 0, t from 0 to 1, a threshold above 0 to 1", strings.Join(k.needs, " and "))
	if len(a.list) > 0 && len(a.list) != len(k.needs) || len(a.numbers) > len(k.needs) {
		return nil, wrong
	}
	var out []float64
	for i, need := range k.needs {
		n, ok := a.numbers[need]
		if need == "threshold" && !ok {
			n, ok = a.numbers["risk"]
		}
		if len(a.list) > 0 {
			n, ok = a.list[i], true
		}
		whole := need == "k" || need == "l" && !k.fraction
		if !ok || n < 0 || n == 0 && need != "t" || n > math.MaxInt32 || whole && (n < 1 || n != math.Trunc(n)) {
			return nil, wrong
		}
		out = append(out, n)
	}
	return out, nil
}
