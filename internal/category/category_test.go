package category

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestCategoriesAreDocumented compares docs/DATASETS.md with the presets.
func TestCategoriesAreDocumented(t *testing.T) {
	doc, err := os.ReadFile("../../docs/DATASETS.md")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, c := range All() {
		row := fmt.Sprintf("| `%s` | %s | %d | %s |", c.Name, c.Title, c.Level, c.Source)
		if !strings.Contains(string(doc), row) {
			t.Errorf("docs/DATASETS.md lacks the row %s", row)
		}
		if names[c.Name] || c.Level < 1 || c.Level > 4 || c.Source == "" {
			t.Errorf("preset %+v", c)
		}
		names[c.Name] = true
	}
}

func TestNamed(t *testing.T) {
	for _, c := range All() {
		if got, ok := Named(c.Name); !ok || got != c {
			t.Errorf("%s is %+v", c.Name, got)
		}
	}
	if got, ok := Named("none"); ok || got != (Category{}) {
		t.Errorf("got %+v", got)
	}
}
