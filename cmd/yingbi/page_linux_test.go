//go:build linux && cgo

package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"yingbi/egress/page"
	"yingbi/job"
)

var updatePages = flag.Bool("update", false, "write the golden pages of testdata/page")

// changing is what differs from one domain to the next in a page: ids, instants, terms,
// digests and indices in the log.
var changing = []struct {
	form *regexp.Regexp
	name string
}{
	{regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`), "ID"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d( (\+|&#43;)08:00)?`), "TIME"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\d (to|至) \d{4}-\d\d-\d\d`), "TERM"},
	{regexp.MustCompile(`\b[0-9a-f]{64}\b`), "DIGEST"},
	{regexp.MustCompile(`<td class="figure">\d+</td><td>TIME`), `<td class="figure">RECORD</td><td>TIME`},
	{regexp.MustCompile(`\d+, TIME`), "RECORD, TIME"},
}

// scriptPage compares a page with a golden file, without what changes.
func scriptPage(golden string) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, _ bool, args []string) {
		got := ts.ReadFile(args[0])
		for _, c := range changing {
			got = c.form.ReplaceAllString(got, c.name)
		}
		path := filepath.Join(golden, args[1])
		if *updatePages {
			ts.Check(os.WriteFile(path, []byte(got), 0o644))
		}
		want, err := os.ReadFile(path)
		ts.Check(err)
		if got != string(want) {
			ts.Fatalf("%s is not as in %s%s; read it and run with -update", args[0], path, firstDifference(got, string(want)))
		}
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf(", line %d:\n%.300s\nwant\n%.300s\n", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf(": %d lines, want %d", len(g), len(w))
}

// TestEveryReasonHasAdvice: an operator learns of each reason what to do about it, in
// both languages.
func TestEveryReasonHasAdvice(t *testing.T) {
	a := newApp(nil, nil, io.Discard, io.Discard)
	for _, reason := range job.Reasons() {
		for _, chinese := range []bool{false, true} {
			html, err := page.Outcome{Chinese: chinese, Reason: reason, State: a.state(string(job.Rejected))}.HTML()
			if err != nil {
				t.Fatal(err)
			}
			if !regexp.MustCompile(`<ul><li>.{20,}</li></ul>`).Match(html) {
				t.Errorf("%s (chinese %v): the page has no advice", reason, chinese)
			}
		}
	}
}
