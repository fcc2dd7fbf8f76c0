// Package guests builds the example modules beside it: jobs in Go, C and Rust that
// an operator could have written, and six that nobody should get away with.
// The README of each folder has the same command.
//
// It is used by tests and demonstrations, which have the sources and the
// compilers at hand; the domain itself never compiles a source.
package guests

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Guest is one example.
type Guest struct {
	Name    string
	Folder  string   // beside this package
	Env     []string // besides the environment's own
	Command []string // run in Folder; the last word is the module that it writes
}

// Line is the command as a shell takes it.
func (g Guest) Line() string {
	words := slices.Concat(g.Env, g.Command)
	for i, w := range words {
		if name, value, ok := strings.Cut(w, "="); ok && strings.Contains(value, " ") {
			words[i] = name + `="` + value + `"`
		}
	}
	return strings.Join(words, " ")
}

// All lists the examples.
func All() []Guest {
	return []Guest{
		{
			Name: "standardise", Folder: "standardise", Env: []string{"GOOS=wasip1", "GOARCH=wasm"},
			Command: []string{"go", "build", "-buildmode=c-shared", "-ldflags=-s -w", "-o", "standardise.wasm"},
		},
		clang("compare", "compare", "compare.c"),
		clang("logistic", "logistic", "logistic.c"),
		clang("leaves", "leaves", "leaves.c"),
		clang("readmission", "readmission", "readmission.c"),
		clang("risk", "risk", "risk.c"),
		{Name: "classify", Folder: "classify", Command: []string{"make", "classify.wasm"}}, // Rust: two calls of its compiler
		clang("hostile-files", "hostile", "files.c"),
		clang("hostile-spin", "hostile", "spin.c"),
		clang("hostile-smuggle", "hostile", "smuggle.c"),
		clang("hostile-carry", "hostile", "carry.c"),
		clang("hostile-skew", "hostile", "skew.c"),
		clang("hostile-whisper", "hostile", "whisper.c"),
	}
}

// clang builds a C guest: a reactor, optimised, without symbols.
func clang(name, folder, source string) Guest {
	return Guest{Name: name, Folder: folder, Command: []string{
		"clang-19", "--target=wasm32-wasi", "-O3", "-mexec-model=reactor", "-Wl,-s,--no-entry",
		source, "-o", strings.TrimSuffix(source, ".c") + ".wasm",
	}}
}

// Build compiles the guest of that name and gives the module. root is the folder
// of this package; nothing is left in it.
func Build(root, name string) ([]byte, error) {
	at := slices.IndexFunc(All(), func(g Guest) bool { return g.Name == name })
	if at < 0 {
		return nil, fmt.Errorf("there is no example guest %q", name)
	}
	g := All()[at]
	out, err := os.MkdirTemp("", "guest-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(out)
	file := filepath.Join(out, "guest.wasm")
	words := append(g.Command[:len(g.Command)-1:len(g.Command)-1], file)
	if _, err := exec.LookPath(words[0]); err != nil {
		return nil, fmt.Errorf("%s is missing: apt-get install make clang-19 lld-19 wasi-libc libclang-rt-19-dev-wasm32", words[0])
	}
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Dir = filepath.Join(root, g.Folder)
	cmd.Env = append(os.Environ(), "GOFLAGS=-buildvcs=false -trimpath", "MAKEFLAGS=") // the same bytes wherever they are built
	cmd.Env = append(cmd.Env, g.Env...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("building the guest %s: %v\n%s", name, err, said.String())
	}
	return os.ReadFile(file)
}
