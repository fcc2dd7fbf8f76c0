package archtest

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	testDeclared = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)`)
	testNamed    = regexp.MustCompile(`\b(?:Test|Fuzz)[A-Z]\w*`)
)

// TestDocumentsNameTestsThatExist holds every test that a document calls as its
// witness against the tree: a claim whose test was renamed or removed is none.
func TestDocumentsNameTestsThatExist(t *testing.T) {
	declared, named := map[string]bool{}, map[string]string{}
	err := filepath.WalkDir("../..", func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && (e.Name() == ".git" || e.Name() == "bin") {
			return filepath.SkipDir
		}
		test, page := strings.HasSuffix(path, "_test.go"), strings.HasSuffix(path, ".md")
		if !test && !page {
			return nil
		}
		b, err := os.ReadFile(path)
		if test {
			for _, m := range testDeclared.FindAllStringSubmatch(string(b), -1) {
				declared[m[1]] = true
			}
		} else {
			for _, name := range testNamed.FindAllString(string(b), -1) {
				named[name] = path
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(declared) < 100 || len(named) < 10 {
		t.Fatalf("%d tests and %d mentions were found; the test looks at nothing", len(declared), len(named))
	}
	for name, page := range named {
		if !declared[name] {
			t.Errorf("%s names %s, which is no test of the tree", page, name)
		}
	}
}
