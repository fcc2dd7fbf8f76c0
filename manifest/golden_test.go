package manifest

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files of testdata")

// Each testdata/*.yaml compiles to the text beside it.
func TestGoldenSQL(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no manifests in testdata: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got := render(plan(t, string(text)))
		if again := render(plan(t, string(text))); again != got {
			t.Errorf("%s: a second run gives other text", file)
		}
		golden := strings.TrimSuffix(file, ".yaml") + ".sql"
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil || !bytes.Equal(want, []byte(got)) {
			t.Errorf("%s: differs from its golden file (run with -update to accept): %v\n%s", file, err, got)
		}
	}
}

func render(p *Plan) string {
	var b strings.Builder
	fmt.Fprintf(&b, "-- %s, %d threads\n", p.Assurance, p.Threads)
	for _, in := range p.Inputs {
		fmt.Fprintf(&b, "-- view %s of %s: %s\n", in.Name, in.Dataset, strings.Join(in.Columns, ", "))
	}
	for _, c := range p.Checks {
		fmt.Fprintf(&b, "-- %s is %s\n", c.Name, c.Code)
	}
	for _, t := range p.Tables {
		fmt.Fprintf(&b, "-- table %s protects %v\n", t.Name, t.Units)
	}
	statements := p.Statements()
	for i := range p.Models { // at coefficients of zero
		m := &p.Models[i]
		fmt.Fprintf(&b, "-- model %s of %v protects %v\n", m.Name, m.Parameters, m.Units)
		statements = append(statements, m.Statements(make([]float64, len(m.Parameters)))...)
		for _, behind := range m.Members() {
			statements = append(statements, behind.Statement)
		}
	}
	for i := range p.Answers { // of somebody, with the first values
		a, chosen := &p.Answers[i], map[string]string{}
		fmt.Fprintf(&b, "-- question %s about one %s: %d answers, %d millibits, reads %v\n", a.Name, a.Kind, len(a.Answers), a.Millibits(), a.Columns)
		for _, x := range a.Parameters {
			chosen[x.Name] = x.Values[0]
		}
		s, err := a.Statement(7, chosen)
		if err != nil {
			return err.Error()
		}
		statements = append(statements, s)
	}
	for _, s := range statements {
		fmt.Fprintf(&b, "\n-- %s\n%s\n", s.Name, lines(s.SQL))
		for _, a := range s.Args {
			fmt.Fprintf(&b, "-- ? %s %d %q\n", a.Type, a.Int, a.Text)
		}
	}
	return b.String()
}

// lines breaks SQL before its larger words, for a reader.
func lines(s string) string {
	for _, word := range []string{" SELECT ", " FROM ", " JOIN ", " WHERE ", " GROUP BY ", " ORDER BY ", ", __each"} {
		s = strings.ReplaceAll(s, word, "\n"+strings.TrimPrefix(word, " "))
	}
	return s
}
