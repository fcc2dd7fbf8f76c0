package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yingbi/guest"
)

// TestJobNew runs on every system: an operator writes jobs where no domain can be.
func TestJobNew(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("LC_ALL", "zh_CN.UTF-8")
	for _, l := range guest.Languages() {
		var out, errw bytes.Buffer
		if code := run(t.Context(), []string{"job", "new", l.Name + "-job", "--lang", l.Name}, nil, &out, &errw); code != 0 {
			t.Fatalf("%d: %s", code, errw.String())
		}
		if !strings.HasPrefix(out.String(), l.Name+"-job："+l.Title+" 作业") {
			t.Errorf("a language for the job has changed that of the program:\n%s", out.String())
		}
		if _, err := os.Stat(filepath.Join(l.Name+"-job", l.Source)); err != nil {
			t.Error(err)
		}
	}
}
