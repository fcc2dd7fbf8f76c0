package manifest

import (
	"os"
	"strings"
	"testing"
)

// Every example of the language reference is a manifest or an expression that
// this version takes.
func TestReferenceExamples(t *testing.T) {
	text, err := os.ReadFile("../docs/MANIFEST.md")
	if err != nil {
		t.Fatal(err)
	}
	manifests, expressions := 0, 0
	for _, block := range strings.Split(string(text), "```yaml\n")[1:] {
		example, _, _ := strings.Cut(block, "```")
		plan(t, example)
		manifests++
	}
	everything := city(t)
	for name, c := range everything["claims"].Columns {
		c.Uses = full
		everything["claims"].Columns[name] = c
	}
	_, block, _ := strings.Cut(string(text), "```expr\n")
	block, _, _ = strings.Cut(block, "```")
	for _, line := range strings.Split(strings.TrimSpace(block), "\n") {
		m, err := Parse("job.yaml", []byte(head+claims+"derive:\n  x: "+line+"\ntables: {t: {from: claims, where: x = x, measures: {n: count()}}}\n"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Check(everything); err != nil {
			t.Errorf("%s: %v", line, err)
		}
		expressions++
	}
	if manifests < 3 || expressions < 7 {
		t.Errorf("%d manifests and %d expressions in the reference", manifests, expressions)
	}
	for _, u := range useNames {
		if !strings.Contains(string(text), "`"+u+"`") {
			t.Errorf("the reference does not name the use %s", u)
		}
	}
}
