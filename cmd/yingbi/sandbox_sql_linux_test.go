//go:build linux && cgo

package main

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// lines reads everything that readLines gives, as lengths.
func lines(t testing.TB, in io.Reader) (lengths []int, err error) {
	t.Helper()
	err = readLines(in, func(line []byte) { lengths = append(lengths, len(line)) })
	return lengths, err
}

func TestReadLines(t *testing.T) {
	long := strings.Repeat("x", maxLine)
	for text, want := range map[string][]int{
		"": nil, "\n\n \r\n": nil, "a": {1}, "a\n": {2}, "a\nbc": {2, 2}, "\na\n\nb\n": {2, 2},
		long: {maxLine}, long + "\na": {maxLine + 1, 1}, long + long + "y\na\n": {maxLine + 1, 2},
	} {
		if got, err := lines(t, iotest.HalfReader(strings.NewReader(text))); err != nil || !slices.Equal(got, want) {
			t.Errorf("%.9q of %d bytes: %v, %v; want %v", text, len(text), got, err, want)
		}
	}
	broken := errors.New("broken")
	if got, err := lines(t, io.MultiReader(strings.NewReader("a\nb"), iotest.ErrReader(broken))); err != broken || !slices.Equal(got, []int{2, 1}) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestStatement(t *testing.T) {
	program, person := newApp([]string{"--format", "json"}, nil, io.Discard, io.Discard), newApp(nil, nil, io.Discard, io.Discard)
	for line, want := range map[string][2]string{ // what a program's and a person's line says; "-" is refused
		`"SELECT 1"`: {"SELECT 1", "SELECT 1"}, ` "SELECT 1" ` + "\r\n": {"SELECT 1", "SELECT 1"}, `"\u5e74 \""`: {`年 "`, `年 "`},
		"SELECT 1\n": {"-", "SELECT 1"}, "null": {"-", "null"}, `["SELECT 1"]`: {"-", `["SELECT 1"]`},
		`"SELECT 1`: {"-", "-"}, `"a" "b"`: {"-", "-"}, "\"\xff\"": {"-", "-"}, "\xff": {"-", "-"},
		`"` + strings.Repeat("x", maxLine-2) + `"`: {strings.Repeat("x", maxLine-2), strings.Repeat("x", maxLine-2)},
		`"` + strings.Repeat("x", maxLine-1) + `"`: {"-", "-"},
	} {
		for i, a := range []*app{program, person} {
			got, ok := a.statement([]byte(line))
			if !ok {
				got = "-"
			}
			if got != want[i] {
				t.Errorf("%.20q, reader %d: %.20q, want %.20q", line, i, got, want[i])
			}
		}
	}
}
