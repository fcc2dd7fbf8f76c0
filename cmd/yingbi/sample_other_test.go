//go:build !(linux && cgo)

package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

// TestSampleRunsNeedLinux: the verb is there, and says where it runs.
func TestSampleRunsNeedLinux(t *testing.T) {
	for lang, want := range map[string]string{"en": "run it there", "zh": "请在 Linux 上运行"} {
		var said bytes.Buffer
		code := run(t.Context(), []string{"job", "run", "--sample", "kit", "heart", "--seed", "7", "--lang", lang}, nil, io.Discard, &said)
		if code != 8 || !strings.Contains(said.String(), want) {
			t.Errorf("exit code %d: %s", code, said.String())
		}
	}
}
