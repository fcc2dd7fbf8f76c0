package anonymity

import (
	"encoding/json"
	"slices"
	"unicode/utf8"

	"yingbi/internal/fault"
)

// File is a specification as a person writes it: what to read and what to ask. Paths
// are as they stand there.
type File struct {
	Dataset     string
	Population  string            // a data set of all who might be in Dataset; "" is none
	Separator   string            // of both; "" is to be found out
	Quasi       []string          // columns
	Sensitive   []string          // columns
	Hierarchies map[string]string // file of each column that has one
	Spec        Spec
}

// MaxSpec is the longest specification, in bytes.
const MaxSpec = 1 << 20

// written is the JSON of a File. Keys that say nothing about the question (id, source,
// expected, …) are passed over.
type written struct {
	Dataset     string                     `json:"dataset"`
	Population  string                     `json:"population"`
	Separator   string                     `json:"separator"`
	Quasi       []string                   `json:"quasi_identifiers"`
	Sensitive   names                      `json:"sensitive"`
	Models      map[string]json.RawMessage `json:"models"`
	Limit       float64                    `json:"suppression_limit"`
	Metric      string                     `json:"metric"`
	Hierarchies map[string]string          `json:"hierarchies"`
}

// names are null, one name or a list.
type names []string

func (n *names) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*n = nil
		if one != "" {
			*n = names{one}
		}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(n))
}

// ParseFile reads a specification. docs/ANONYMITY.md has the format.
func ParseFile(b []byte) (*File, error) {
	if len(b) > MaxSpec || !utf8.Valid(b) {
		return nil, fault.Errorf(fault.Invalid, "a specification is JSON in UTF-8 of up to %d KiB", MaxSpec>>10)
	}
	var w written
	if err := json.Unmarshal(b, &w); err != nil {
		return nil, fault.Errorf(fault.Invalid, "the specification does not read as JSON with the keys of docs/ANONYMITY.md: %v", err)
	}
	f := &File{Dataset: w.Dataset, Population: w.Population, Separator: w.Separator, Quasi: w.Quasi, Sensitive: w.Sensitive, Hierarchies: w.Hierarchies}
	f.Spec.SuppressionLimit = w.Limit
	metric, ok := metrics[w.Metric]
	switch {
	case f.Dataset == "":
		return nil, lacks("dataset")
	case len(f.Quasi) == 0:
		return nil, lacks("quasi_identifiers")
	case !ok:
		return nil, fault.At(fault.Place{Field: "metric"}, "no such metric; there are loss, dm, dm_mono, aecs, entropy_precomp_mono_0.1 and entropy_precomp_nonmono_0.1")
	}
	f.Spec.Metric = metric
	for _, q := range f.Quasi {
		if f.Hierarchies[q] == "" {
			return nil, fault.At(fault.Place{Field: "hierarchies"}, "the quasi-identifier %q needs the file of its hierarchy", q)
		}
	}
	for _, column := range append(slices.Clone(f.Quasi), f.Sensitive...) {
		if column == "" {
			return nil, fault.New(fault.Invalid, "a column needs a name")
		}
	}
	models, err := parseModels(w.Models, f)
	f.Spec.Models = models
	return f, err
}

func lacks(field string) error { return fault.At(fault.Place{Field: field}, "it is required") }

// metrics are the names of ARX's cases. Entropies are precomputed there below a share
// of distinct values, which changes no result.
var metrics = map[string]Metric{
	"loss": Loss, "dm": Discernibility, "dm_mono": MonotoneDiscernibility, "aecs": AverageClassSize,
	"entropy_precomp_nonmono_0.1": Entropy, "entropy_precomp_mono_0.1": MonotoneEntropy,
	"entropy_nonmono": Entropy, "entropy_mono": MonotoneEntropy, "entropy": Entropy,
}
