//go:build linux && cgo

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"yingbi/internal/durable"
)

// Between these two lines the document is kept by hand.
const (
	handBegin = "<!-- by hand: a run of the benchmark leaves what follows as it is -->"
	handEnd   = "<!-- end of what is kept by hand -->"
)

const firstHand = `
## Shortfalls

What does not hold, the profile that explains it, and what was tried.
`

// document writes the report to a Markdown file, and keeps what stands in it between
// the two lines.
func (r *Report) document(path string) error {
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	hand := firstHand
	if len(old) > 0 {
		var found bool
		if hand, found = handPart(string(old)); !found {
			return fmt.Errorf("%s has no part that is kept by hand; put the lines %q and %q around it", path, handBegin, handEnd)
		}
	}
	dir, name := filepath.Split(path)
	if err := durable.WriteFile(filepath.Clean(dir+"."), name, []byte(r.markdown(hand))); err != nil {
		return err
	}
	return os.Chmod(path, 0o644)
}

func handPart(document string) (string, bool) {
	_, rest, begins := strings.Cut(document, handBegin)
	hand, _, ends := strings.Cut(rest, handEnd)
	return hand, begins && ends
}

func (r *Report) markdown(hand string) string {
	var b strings.Builder
	b.WriteString("# Benchmarks\n\n" + preface + "\n## Results\n\n")
	fmt.Fprintf(&b, "| %s |\n|%s\n", strings.Join(header, " | "), strings.Repeat("---|", len(header)))
	for _, row := range r.Rows {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row.cells(), " | "))
	}
	b.WriteString("\n## What each row is\n\n| row | ours | baseline | size |\n|---|---|---|---|\n")
	for _, row := range r.Rows {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", row.Name, row.Ours, row.Baseline, row.Size)
	}
	b.WriteString("\n## Where\n\n| | |\n|---|---|\n")
	for _, fact := range r.facts() {
		fmt.Fprintf(&b, "| %s | %s |\n", fact[0], fact[1])
	}
	return b.String() + "\n" + handBegin + hand + handEnd + "\n"
}

const preface = `Written by ` + "`make bench`" + `, but for the part that is marked as kept by hand. ` + "`make bench-quick`" + ` prints the same rows, small,
and writes nothing.

Each row compares what the domain does with the same work without the domain, in one run: both sides take turns, and the ratio is that of
their medians, with the smallest and largest ratio of a single turn beside it. Where the reach is a lower bound the ratio is one of speeds, else of times or
of memory. What runs on one thread is judged by the time of the processor, which a busy machine distorts least, what runs on several by the clock;
"the other" is the ratio by the one that did not judge. Ratios travel between machines, absolute times do not.
`
