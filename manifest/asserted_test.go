package manifest

import (
	"math"
	"math/big"
	"strings"
	"testing"

	"yingbi/internal/fault"
)

// asserting is a job whose module asserts numbers of claims, beside the table t of two
// leaves.
func asserting(output string) string {
	return head + "inputs: {claims: {dataset: claims, columns: [cost, days]}}\nderive: {leaf: 'band(days, [3])'}\n" +
		"tables: {t: {from: claims, group_by: [leaf], measures: {people: subjects()}}, all: {from: claims, measures: {n: count()}}}\noutputs:\n  fit: {" + output + "}\n"
}

const twoLeaves = "kind: asserted, about: 叶子的平均费用, from: [claims], leaves: t, numbers: {short: {min: 0, max: 100}, long: {min: -1, max: 1, scale: 2}}"

func TestAsserted(t *testing.T) {
	p := plan(t, asserting(twoLeaves))
	if p.Assurance != Asserted || p.Assurance.String() != "asserted" || !p.Module() || len(p.Guest.Views) != 1 || strings.Join(p.Guest.Views[0].Columns, " ") != "cost days" {
		t.Errorf("%s, %+v", p.Assurance, p.Guest)
	}
	alone := strings.Replace(twoLeaves, ", leaves: t", "", 1)
	p = plan(t, head+"inputs: {claims: {dataset: claims, columns: [cost]}}\noutputs:\n  fit: {"+alone+"}\n")
	if len(p.Tables)+len(p.Inputs) != 0 || p.Assurance != Asserted {
		t.Errorf("without a table: %+v", p)
	}
	mixed := asserting(twoLeaves) + "  check: {kind: table, compares: all}\n"
	if p = plan(t, mixed); p.Assurance != Asserted || len(p.Guest.Outputs) != 2 {
		t.Errorf("beside a comparison the lowest class counts: %s", p.Assurance)
	}
	m, err := Parse("job.yaml", []byte(asserting(twoLeaves)))
	if err != nil || m.AssertedMillibits() != m.Outputs[0].Asserted.Millibits() {
		t.Errorf("%v", err)
	}
	const want = `"fit": {"kind": "asserted", "about": "叶子的平均费用", "from": ["claims"], "leaves": "t", "numbers": {"short": {"min": 0, "max": 100}, "long": {"min": -1, "max": 1, "scale": 2}}}`
	if got := string(m.Canonical()); !strings.Contains(got, want) {
		t.Errorf("%s", got)
	}
}

func TestAssertedRefused(t *testing.T) {
	change := func(from, to string) string {
		if !strings.Contains(twoLeaves, from) {
			t.Fatalf("no %q", from)
		}
		return asserting(strings.Replace(twoLeaves, from, to, 1))
	}
	many := make([]string, 65)
	for i := range many {
		many[i] = "x" + strings.Repeat("y", i%60) + strings.Repeat("z", i/60) + ": {min: 0, max: 1}"
	}
	for text, want := range map[string]string{
		change("about: 叶子的平均费用, ", ""):                       `"about" is missing`,
		change("叶子的平均费用", "11010519491231002X"):              "may not leave",
		change("叶子的平均费用", "' '"):                             "must not be blank",
		change("叶子的平均费用", "'=cmd'"):                          "may not leave",
		change("from: [claims], ", ""):                       `"from" is missing`,
		change("from: [claims]", "from: []"):                 "use kind: table with derives",
		change("from: [claims]", "from: [nix]"):              `"nix" is no input`,
		change("leaves: t", "leaves: nix"):                   `"nix" is no table`,
		change("leaves: t", "leaves: all"):                   "group it by the leaf",
		change("short: {min: 0, max: 100}", "short: [a, b]"): "labels are no numbers",
		change("max: 100", "max: 100, default: 5"):           "has no default",
		change("max: 100", "max: 1001"):                      "give its bounds no more",
		change("min: 0", "min: -12345"):                      "give its bounds no more",
		change("max: 100", "max: 0"):                         "min must be less than max",
		change("max: 100", "max: .5"):                        "want a whole number",
		change("max: 100", "max: 10_000_000_000_000_000"):    "on either side of 0",
		change("scale: 2", "scale: 7"):                       "want 0 to 6 digits",
		change("max: 100", "max: 100, step: 1"):              `unknown key "step"`,
		change("long:", "SHORT:"):                            "already the name",
		change("long:", "_13812345678:"):                     "this one may not",
		change("numbers: {", "numbers: {}, was: {"):          "declare at least one number",
		change("numbers:", "values:"):                        `"numbers" is missing`,
		change("about:", "where: days > 1, about:"):          `unknown key "where"`,
		asserting("kind: asserted, about: x, from: [claims], numbers: {" + strings.Join(many, ", ") + "}"):                                                                     "at most 64",
		asserting(twoLeaves) + "  more: {kind: table, derives: [t]}\n":                                                                                                         "make two jobs",
		asserting(twoLeaves) + "  c: {kind: chart, of: fit, draw: bar, x: name, y: asserted}\n":                                                                                "none that a module derives",
		head + "inputs: {population: {dataset: population, columns: [birth]}}\noutputs: {o: {kind: asserted, about: x, from: [population], numbers: {a: {min: 0, max: 1}}}}\n": "would see \"birth\" row by row",
		strings.Replace(asserting(twoLeaves), "tables: {t:", "tables: {fit:", 1):                                                                                               "already the name",
	} {
		m, err := Parse("job.yaml", []byte(text))
		if err == nil {
			_, err = m.Check(only(m, city(t)))
		}
		if kind := fault.KindOf(err); err == nil || kind != fault.Invalid && kind != fault.Denied || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q: %v\n%s", want, err, text)
		}
	}
}

// digits counts the significant digits of a whole number as text shows them.
func digits(n int64) int {
	return len(strings.TrimRight(strings.TrimLeft(big.NewInt(n).String(), "-"), "0"))
}

// TestChoicesAreCounted writes all numbers between the bounds out, and counts those of at
// most three digits.
func TestChoicesAreCounted(t *testing.T) {
	bounds := []int64{-110_000, -99_900, -10_000, -9_990, -1_010, -1_000, -999, -100, -7, -1, 0, 1, 2, 99, 100, 999, 1_000, 1_010, 9_980, 10_000, 10_100, 123_000}
	tried := 0
	for i, low := range bounds {
		for _, high := range bounds[i+1:] {
			want := int64(0)
			for n := low; n <= high; n++ {
				if digits(n) <= AssertedDigits {
					want++
				}
			}
			if got := (Field{Min: low, Max: high}).Choices(); got != want {
				t.Errorf("from %d to %d: %d, want %d", low, high, got, want)
			}
			tried++
		}
	}
	if tried < 200 {
		t.Errorf("%d pairs of bounds", tried)
	}
	if got := (Field{Min: -maxBound, Max: maxBound}).Choices(); got != 2*(999+12*900+1)+1 {
		t.Errorf("all numbers: %d", got)
	}
}

// TestMillibitsAreRoundedUp writes all ways out in which an output can come, refused among
// them, and compares with logarithms.
func TestMillibitsAreRoundedUp(t *testing.T) {
	for _, c := range [][]Field{
		{{Max: 1}}, {{Max: 6}}, {{Max: 1000}}, {{Min: -3, Max: 3}, {Max: 4}}, {{Max: 2}, {Max: 2}, {Min: 5, Max: 6}},
	} {
		ways := map[string]bool{"": true} // nothing leaves
		var write func(int, string)
		write = func(at int, text string) {
			if at == len(c) {
				ways[text] = true
				return
			}
			for n := c[at].Min; n <= c[at].Max; n++ {
				if digits(n) <= AssertedDigits {
					write(at+1, text+" "+big.NewInt(n).String())
				}
			}
		}
		write(0, "")
		want := int64(math.Ceil(1000 * math.Log2(float64(len(ways)))))
		if got := (&Assertion{Numbers: c}).Millibits(); got != want {
			t.Errorf("%v: %d millibits, want %d of %d ways", c, got, want, len(ways))
		}
	}
	all := make([]Field, maxNumbers)
	for i := range all {
		all[i] = Field{Min: -maxBound, Max: maxBound}
	}
	got, one := (&Assertion{Numbers: all}).Millibits(), math.Log2(float64(all[0].Choices()))
	if want := int64(math.Ceil(64_000 * one)); got < want || got > want+1 {
		t.Errorf("64 wide numbers: %d, want %d", got, want)
	}
}
