//go:build linux && cgo

package author_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yingbi/author"
	"yingbi/internal/fault"
)

func TestTexts(t *testing.T) {
	c := newChecks(t)
	stop := errors.New("stop")
	for name, w := range map[string]struct {
		text      string
		names     []string
		delimiter string
		want      string // outcome, reason and rows
		kind      fault.Kind
	}{
		"as written":        {visits, []string{"share", "编号", "名称"}, "", "ok  1e-3|1|市医院 2e10|2|a \"b\"\nc |900719925474099|", 0},
		"a delimiter":       {"a;b\n01;x,y\n", []string{"b", "a"}, ";", "ok  x,y|01", 0},
		"nulls are words":   {"a,b\nNULL,\n\"\",NA\n", []string{"a", "b"}, "", "ok  NULL| |NA", 0},
		"Parquet":           {parquet(t), []string{"编号"}, "", "ok  1 2 3", 0},
		"a ragged row":      {"a,b\n1,2\n3\n", []string{"a"}, "", "refused ragged 1", 0},
		"no header":         {"1,2\n3,4\n", []string{"a"}, "", "", fault.NotFound},
		"no such column":    {"a,b\n1,2\n", []string{"c"}, "", "", fault.NotFound},
		"another delimiter": {"a;b\n1;2\n", []string{"a"}, ",", "", fault.NotFound},
	} {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, []byte(w.text), 0o600); err != nil {
			t.Fatal(err)
		}
		read := func(row func([]string) error) (author.Verdict, error) {
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			return c.Texts(t.Context(), f, author.Columns{Names: w.names, Delimiter: w.delimiter, Time: ample}, row)
		}
		var rows []string
		v, err := read(func(cells []string) error {
			rows = append(rows, strings.Join(cells, "|"))
			return nil
		})
		got := strings.Join([]string{string(v.Outcome), v.Reason, strings.Join(rows, " ")}, " ")
		if w.kind != 0 && fault.KindOf(err) != w.kind || w.kind == 0 && (err != nil || got != w.want) {
			t.Errorf("%s: %q, %v; want %q", name, got, err, w.want)
		}
		if w.kind == 0 {
			if _, err := read(func([]string) error { return stop }); !errors.Is(err, stop) {
				t.Errorf("%s: a row stopped it, and it gave %v", name, err)
			}
		}
	}
}
