package manifest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"yingbi/internal/fault"
)

// MeasureKind says what a measure counts. The zero value is none.
type MeasureKind uint8

// The measures.
const (
	Subjects     MeasureKind = iota + 1 // distinct subjects of one kind
	Count                               // rows
	Sum                                 // sum of a number over the rows that have it
	Mean                                // its mean over the same rows
	Share                               // part of rows, of those where a condition is known, for which it holds
	Median                              // middle of a number over the rows that have it
	Quantile                            // any other place in their order
	SD                                  // sample standard deviation over the same rows
	Ratio                               // sum of one number by that of another, over the rows that have both
	Rate                                // a share of so many thousands
	HHI                                 // Herfindahl index: squares of the subjects' parts of a sum
	Standardised                        // a rate by strata, weighted by a reference table
	Survival                            // Kaplan–Meier estimate from risk sets of intervals
)

var measureNames = [...]string{Subjects: "subjects", Count: "count", Sum: "sum", Mean: "mean", Share: "share",
	Median: "median", Quantile: "quantile", SD: "sd", Ratio: "ratio", Rate: "rate", HHI: "hhi", Standardised: "standardised", Survival: "survival"}

// String gives the function's name in the manifest.
func (k MeasureKind) String() string {
	if int(k) < len(measureNames) {
		return measureNames[k]
	}
	return ""
}

// MarshalText writes the name.
func (k MeasureKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (k *MeasureKind) UnmarshalText(b []byte) error {
	i := slices.Index(measureNames[1:], string(b))
	if i < 0 {
		return fmt.Errorf("%q is not a measure", b)
	}
	*k = MeasureKind(i + 1)
	return nil
}

// Counts reports a measure of rows for which a condition holds, or does not.
func (k MeasureKind) Counts() bool { return k == Share || k == Rate }

// Adds reports a measure that is made of a sum of numbers.
func (k MeasureKind) Adds() bool {
	return k == Sum || k == Mean || k == SD || k == Ratio || k == HHI
}

// Places reports a measure that looks for a place in the order of numbers.
func (k MeasureKind) Places() bool { return k == Median || k == Quantile }

var never = map[string]string{
	"min": "the smallest value is one subject's own", "max": "the largest value is one subject's own", "mode": "the most frequent value may be one subject's own",
}

const wantMeasure = "want subjects(), subjects(kind), count(), sum(x), mean(x), median(x), quantile(x, 0.9), sd(x), ratio(x, y), share(condition), rate(condition, 1000), standardised(condition, stratum, reference, 1000), survival(time, condition, [30, 90]) or hhi(kind, x)"

// readMeasure takes a call of one of the measures apart.
func readMeasure(e *expr) (measure, error) {
	kind := MeasureKind(slices.Index(measureNames[1:], e.text) + 1)
	if why, ok := never[e.text]; ok && e.op == opCall {
		return measure{}, fault.At(e.at, "%s is always refused: %s", e.text, why)
	}
	wrong := fault.At(e.at, wantMeasure+", found %s", e)
	lists := slices.ContainsFunc(e.args, func(a *expr) bool { return a.op == opList })
	if e.op != opCall || kind == 0 || lists && kind != Survival {
		return measure{}, wrong
	}
	f := measure{kind: kind}
	args := e.args
	if kind == HHI || kind == Subjects && len(args) > 0 {
		if len(args) == 0 || args[0].op != opColumn || args[0].input != "" {
			return measure{}, wrong
		}
		f.unit, args = args[0].text, args[1:]
	}
	if len(args) != kind.arguments() {
		return measure{}, wrong
	}
	err := f.read(args, wrong)
	return f, err
}

// arguments is how many a measure takes, but for a kind of subject.
func (k MeasureKind) arguments() int {
	switch k {
	case Subjects, Count:
		return 0
	case Quantile, Ratio, Rate:
		return 2
	case Survival:
		return 3
	case Standardised:
		return 4
	}
	return 1
}

// read takes the arguments. wrong is the error of those that are of another form.
func (f *measure) read(args []*expr, wrong error) error {
	if len(args) > 0 {
		f.arg = args[0]
	}
	switch f.kind {
	case Median:
		f.p = 500
	case Quantile:
		return f.readPlace(args[1])
	case Ratio:
		f.per = args[1]
	case Rate:
		return f.readBase(args[1])
	case Standardised:
		if args[1].op != opColumn || args[2].op != opColumn || args[2].input != "" {
			return wrong
		}
		f.per, f.ref = args[1], args[2].text
		return f.readBase(args[3])
	case Survival:
		if f.per, f.bounds = args[1], args[2]; f.arg.op == opList || f.per.op == opList || f.bounds.op != opList {
			return wrong
		}
		if n := len(f.bounds.args); n > maxStrata {
			return fault.At(f.bounds.at, "survival has %d bounds; at most %d are read", n, maxStrata)
		}
		return ascending(f.bounds.args)
	}
	return nil
}

// readPlace reads the place of a quantile, in thousandths.
func (f *measure) readPlace(e *expr) error {
	_, digits, _ := strings.Cut(e.text, ".")
	if e.op == opNumber && strings.HasPrefix(e.text, "0.") && len(digits) <= 3 {
		f.p, _ = strconv.ParseInt((digits + "00")[:3], 10, 64) // the lexer gives one digit at least, and digits alone
	}
	if f.p == 0 {
		return fault.At(e.at, "want a number between 0 and 1 with at most three digits, such as 0.9 or 0.025, found %s", e)
	}
	return nil
}

// readBase reads of how many a rate is.
func (f *measure) readBase(e *expr) error {
	if e.op != opNumber || !slices.Contains([]string{"1000", "10000", "100000"}, e.text) {
		return fault.At(e.at, "a rate is of 1000, 10000 or 100000, found %s", e)
	}
	f.base, _ = strconv.ParseInt(e.text, 10, 64) // one of the three
	return nil
}

// String gives the measure's call.
func (f measure) String() string {
	var args []string
	if f.unit != "" {
		args = append(args, quoteName(f.unit))
	}
	if f.arg != nil {
		args = append(args, f.arg.String())
	}
	switch f.kind {
	case Quantile:
		args = append(args, "0."+strings.TrimRight(fmt.Sprintf("%03d", f.p), "0"))
	case Ratio:
		args = append(args, f.per.String())
	case Rate:
		args = append(args, strconv.FormatInt(f.base, 10))
	case Standardised:
		args = append(args, f.per.String(), quoteName(f.ref), strconv.FormatInt(f.base, 10))
	case Survival:
		args = append(args, f.per.String(), f.bounds.String())
	}
	return f.kind.String() + "(" + strings.Join(args, ", ") + ")"
}
