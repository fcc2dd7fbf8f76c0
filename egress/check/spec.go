package check

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"

	"yingbi/egress"
	"yingbi/internal/fault"
)

// MaxSpec bounds a specification, in bytes.
const MaxSpec = 1 << 20

const (
	maxKeys  = 16  // of an axis
	maxTerms = 256 // of a regression
)

// Spec says what was made of a file, and by which rules to judge it.
type Spec struct {
	Data      string    `json:"data"`    // the file's path
	Subject   string    `json:"subject"` // the column that says whose a row is; "" makes each row a subject
	Preset    string    `json:"preset"`  // acro, or one of egress; "" is default
	Operation Operation `json:"operation"`
	Params    Params    `json:"params"`

	own *egress.Preset // of a domain, which Use gives; nil is the one of the name
}

// Operation is a table or a regression.
type Operation struct {
	Kind string `json:"kind"` // crosstab, pivot_table; ols, logit, probit and their forms with r

	Rows        list   `json:"rows"`
	Cols        list   `json:"cols"`
	Values      list   `json:"values"` // none, or one column
	Agg         list   `json:"agg"`
	Margins     bool   `json:"margins"`
	MarginsName string `json:"margins_name"`

	Y        string `json:"y"`
	X        list   `json:"x"`
	Constant *bool  `json:"add_constant"` // nil is true
}

// Params are the thresholds of ACRO. They are of no effect under other presets.
type Params struct {
	Threshold float64 `json:"safe_threshold"`     // rows
	Freedom   float64 `json:"safe_dof_threshold"` // residual degrees of freedom
	N         int     `json:"safe_nk_n"`
	K         float64 `json:"safe_nk_k"`     // a fraction of the sum
	P         float64 `json:"safe_pratio_p"` // a fraction of the largest value
	Missing   bool    `json:"check_missing_values"`
	Zeros     bool    `json:"zeros_are_disclosive"`
}

// list is a list of names; one name alone is a list of one.
type list []string

func (l *list) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		*l = make(list, 1)
		return json.Unmarshal(b, &(*l)[0])
	}
	return json.Unmarshal(b, (*[]string)(l))
}

// ParseSpec reads a specification. Keys that it does not know are ignored.
func ParseSpec(b []byte) (*Spec, error) {
	if len(b) > MaxSpec {
		return nil, fault.Errorf(fault.Limit, "the specification is larger than %d MiB", MaxSpec>>20)
	}
	s := &Spec{
		Operation: Operation{MarginsName: "All"},
		Params:    Params{Threshold: 10, Freedom: 10, N: 2, K: 0.9, P: 0.1, Zeros: true},
	}
	if err := json.Unmarshal(b, s); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) && wrong.Field != "" {
			return nil, at(wrong.Field, "a %s is not what belongs here", wrong.Value)
		}
		return nil, fault.Errorf(fault.Invalid, "the specification is not as it should be: %v", err)
	}
	return s, s.validate()
}

// Use has a preset of a domain's own judge; text is its document and file names it. The
// specification names this preset, or none.
func (s *Spec) Use(file string, text []byte) error {
	p, err := egress.ParsePreset(file, text)
	if err != nil {
		return err
	}
	if s.Preset != p.Name && s.Preset != byDefault {
		return at("preset", "is %q, and %s has %q; name the one that judges, or leave it out", s.Preset, file, p.Name)
	}
	s.Preset, s.own = p.Name, &p
	return nil
}

func (s *Spec) rules() (egress.Preset, error) {
	if s.own != nil {
		return *s.own, nil
	}
	return egress.PresetByName(s.Preset)
}

func (s *Spec) validate() error {
	if s.Data == "" {
		return at("data", "is missing: name the file that the table was made of")
	}
	if s.Preset == "" {
		s.Preset = byDefault
	}
	if err := s.Params.validate(); err != nil {
		return err
	}
	if err := s.Operation.validateNames(); err != nil {
		return err
	}
	if s.Operation.regression() {
		return s.Operation.validateModel()
	}
	return s.Operation.validateTable()
}

// validateNames refuses a column without a name: Columns lists none such.
func (o *Operation) validateNames() error {
	for i, names := range []list{o.Rows, o.Cols, o.Values, o.X} {
		if slices.Contains(names, "") {
			return at("operation."+[]string{"rows", "cols", "values", "x"}[i], "names a column \"\"; give its name, or leave it out")
		}
	}
	return nil
}

func (p *Params) validate() error {
	for key, v := range map[string]float64{"safe_threshold": p.Threshold, "safe_dof_threshold": p.Freedom, "safe_nk_k": p.K, "safe_pratio_p": p.P} {
		if v < 0 || v > math.MaxInt32 {
			return at("params."+key, "must not be negative, nor above %d", math.MaxInt32)
		}
	}
	if p.N < 1 || p.N > 1000 {
		return at("params.safe_nk_n", "must be from 1 to 1000")
	}
	return nil
}

func (o *Operation) regression() bool {
	return slices.Contains([]string{"ols", "olsr", "logit", "logitr", "probit", "probitr"}, o.Kind)
}

func (o *Operation) validateModel() error {
	if o.Y == "" {
		return at("operation.y", "is missing: name the dependent column")
	}
	if len(o.X) == 0 || len(o.X) > maxTerms {
		return at("operation.x", "names %d columns; there may be 1 to %d", len(o.X), maxTerms)
	}
	return nil
}

func (o *Operation) validateTable() error {
	switch {
	case o.Kind != "crosstab" && o.Kind != "pivot_table":
		return at("operation.kind", "%q is none of crosstab, pivot_table, ols, logit, probit", shortened(o.Kind))
	case len(o.Rows) == 0 || len(o.Rows) > maxKeys:
		return at("operation.rows", "names %d columns; there may be 1 to %d", len(o.Rows), maxKeys)
	case len(o.Cols) > maxKeys:
		return at("operation.cols", "names %d columns; there may be %d", len(o.Cols), maxKeys)
	case len(o.Values) > 1:
		return at("operation.values", "names %d columns; check one at a time", len(o.Values))
	case len(o.Values) == 1 && len(o.Agg) == 0 && o.Kind == "crosstab":
		return at("operation.agg", "is missing: say what is made of the values")
	}
	if len(o.Values) == 1 && len(o.Agg) == 0 {
		o.Agg = list{"mean"} // as pandas does
	}
	for i, agg := range o.Agg {
		if _, ok := analyses()[agg]; !ok || slices.Contains(o.Agg[:i], agg) {
			return at("operation.agg", "%q is none of mean, sum, count, std, median, min, max, mode, or is there twice", shortened(agg))
		}
		if len(o.Values) == 0 && agg != "count" {
			return at("operation.values", "is missing: %s needs a column of values", agg)
		}
	}
	return nil
}

// value is the column of values, "" where rows are counted.
func (o *Operation) value() string {
	if len(o.Values) == 0 {
		return ""
	}
	return o.Values[0]
}

// numeric reports a table whose values must be numbers.
func (o *Operation) numeric() bool {
	return slices.ContainsFunc(o.Agg, func(a string) bool { return a == "mean" || a == "sum" || a == "std" })
}

// Columns lists the columns to read, each once.
func (s *Spec) Columns() []string {
	var out []string
	for _, name := range slices.Concat(s.Operation.Rows, s.Operation.Cols, s.Operation.Values, list{s.Operation.Y}, s.Operation.X, list{s.Subject}) {
		if name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

func at(key, format string, args ...any) error {
	return fault.Errorf(fault.Invalid, key+": "+format, args...)
}

// shortened is a text of a specification, for an error.
func shortened(s string) string {
	if r := []rune(strings.ToValidUTF8(s, "?")); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
