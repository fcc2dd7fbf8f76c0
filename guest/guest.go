// Package guest hands out what a job's author begins with: the SDKs of this folder
// and a small job in each language, as the files of a new folder.
//
//	guest/go, c, rust, assemblyscript ──┐
//	guest/templates/LANGUAGE ───────────┼─► Job.Files ─► FOLDER: job, test, Makefile, job.yaml, yingbi/
//	guest/templates/LANGUAGE-map ───────┘
//
// The jobs are real ones: they build and are tested in this tree. Nothing is fetched,
// and nothing of the host is imported.
package guest

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"text/template"
	"unicode/utf8"
)

//go:embed c/*.h go/*.go rust/Cargo.toml rust/src assemblyscript/*.ts assemblyscript/*.mjs assemblyscript/*.json templates
var files embed.FS

// Language is one that jobs can be written in.
type Language struct {
	Name   string // go, c, rust, as
	Title  string
	Source string // the file that an author begins with
	Needs  string // Debian's packages besides make; of AssemblyScript also what npm fetches
	sdk    string // its folder
}

// Languages lists them.
func Languages() []Language {
	return []Language{
		{"go", "Go", "job.go", "Go 1.24 or later", "go"},
		{"c", "C", "job.c", "clang-19 lld-19 wasi-libc libclang-rt-19-dev-wasm32", "c"},
		{"rust", "Rust", "job.rs", "rustc libstd-rust-dev-wasm32 lld-19", "rust"},
		{"as", "AssemblyScript", "job.ts", "nodejs npm; its compiler, which `npm ci` fetches from npm", "assemblyscript"},
	}
}

// Job is one to be begun.
type Job struct {
	Name     string
	Language string
	Map      bool // over one person's rows at a time
}

// File is one file of the folder. Path has slashes.
type File struct {
	Path    string
	Content []byte
}

// maxName bounds a name, in bytes: it names a folder.
const maxName = 100

var (
	named  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[\p{L}\p{N}_][\p{L}\p{N}_-]*$`) }) // every cell would pay for it
	device = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])$`) })
)

// CheckName refuses what cannot name a folder everywhere.
func CheckName(name string) error {
	switch {
	case !utf8.ValidString(name) || !named().MatchString(name):
		return errors.New("a name has letters, digits, _ and -, and begins with no -")
	case len(name) > maxName:
		return fmt.Errorf("a name has at most %d bytes", maxName)
	case device().MatchString(name):
		return errors.New("it is the name of a device of Windows")
	}
	return nil
}

// Find gives the language of that name.
func Find(name string) (Language, bool) {
	all := Languages()
	at := slices.IndexFunc(all, func(l Language) bool { return l.Name == name })
	if at < 0 {
		return Language{}, false
	}
	return all[at], true
}

// Files gives the files of the job's folder, by their paths.
func (j Job) Files() ([]File, error) {
	lang, ok := Find(j.Language)
	if !ok {
		return nil, fmt.Errorf("there is no template for the language %q", j.Language)
	}
	if err := CheckName(j.Name); err != nil {
		return nil, err
	}
	all := map[string][]byte{}
	for _, page := range []string{"README.md", "job.yaml"} {
		b, err := j.page(page, lang)
		if err != nil {
			return nil, err
		}
		all[page] = b
	}
	folders := [][2]string{{lang.sdk, "yingbi"}, {"templates/" + lang.Name, ""}}
	if j.Map {
		folders = append(folders, [2]string{"templates/" + lang.Name + "-map", ""})
	}
	for _, f := range folders {
		if err := collect(all, f[0], f[1]); err != nil {
			return nil, err
		}
	}
	switch lang.Name {
	case "go":
		all["go.mod"] = []byte("module job\n\ngo 1.24\n")
	case "as": // the compiler is the author's, not the SDK's
		for _, name := range []string{"package.json", "package-lock.json"} {
			all[name] = all["yingbi/"+name]
			delete(all, "yingbi/"+name)
		}
	}
	var out []File
	for name, content := range all {
		out = append(out, File{name, content})
	}
	slices.SortFunc(out, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return out, nil
}

// page fills in a page that all languages share.
func (j Job) page(name string, lang Language) ([]byte, error) {
	t, err := template.ParseFS(files, "templates/"+name)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, struct {
		Job
		Language
	}{j, lang})
	return b.Bytes(), err
}

// collect adds the files below a folder of the tree. In Go the SDK is a package of
// the author's module, and its own tests stay here.
func collect(all map[string][]byte, from, to string) error {
	return fs.WalkDir(files, from, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(name, "go/") && strings.HasSuffix(name, "_test.go") {
			return err
		}
		b, err := files.ReadFile(name)
		if strings.HasSuffix(name, ".go") {
			b = bytes.ReplaceAll(b, []byte(`"yingbi/guest/go"`), []byte(`"job/yingbi"`))
		}
		all[path.Join(to, strings.TrimPrefix(name, from+"/"))] = b
		return err
	})
}
