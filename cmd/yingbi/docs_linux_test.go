//go:build linux && cgo

package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"yingbi/access"
	"yingbi/internal/fault"
	"yingbi/internal/synth"
)

const docs = "../../"

func readDoc(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(docs, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// block is a fenced block of a document.
type block struct{ language, text string }

var fence = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")

func blocks(text string) (out []block) {
	for _, m := range fence.FindAllStringSubmatch(text, -1) {
		out = append(out, block{m[1], m[2]})
	}
	return out
}

// commandLine is a call of the program in a line of shell, as far as a pipe, a
// redirection or the next command.
var commandLine = regexp.MustCompile(`(?:^|[\s;(])(?:bin/)?yingbi((?: +(?:"[^"]*"|[^\s;|&<>()#"]+))*)`)

// calls gives the arguments of each call of the program in a text of shell.
func calls(text string) (out [][]string) {
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, " #")
		line = strings.NewReplacer("$(", "( ", `"$( `, `( `).Replace(line)
		for _, m := range commandLine.FindAllStringSubmatch(line, -1) {
			var words []string
			for _, w := range regexp.MustCompile(`"[^"]*"|\S+`).FindAllString(m[1], -1) {
				if !regexp.MustCompile(`^\d$`).MatchString(w) || len(words) > 0 && strings.HasPrefix(words[len(words)-1], "--") {
					words = append(words, strings.Trim(w, `"`))
				}
			}
			out = append(out, words)
		}
	}
	return out
}

// checkCall parses a call as the program would. whole says that it must have all
// its arguments.
func checkCall(words []string, whole bool) error {
	a := newApp(words, nil, io.Discard, io.Discard)
	c, rest, err := a.root(words).Find(words)
	if err != nil {
		return err
	}
	if err := c.ParseFlags(rest); err != nil {
		return err
	}
	if rest = c.Flags().Args(); whole || c.HasSubCommands() {
		return c.Args(c, rest)
	}
	return nil
}

// TestDocumentedCommandsExist parses every call of the program that the pages for
// its users show, in blocks of shell and in the middle of a sentence.
func TestDocumentedCommandsExist(t *testing.T) {
	inline := regexp.MustCompile("`(?:bin/)?(yingbi [^`]+)`")
	seen := 0
	for _, name := range []string{"README.md", "README.zh-CN.md", "docs/OPERATIONS.md", "docs/DESIGN.md", "docs/THREATS.md", "docs/DATASETS.md", "docs/MASKING.md", "docs/OPERATORS.md", "docs/AUTHORS.md", "docs/SAMPLE.md", "docs/MASKING.zh-CN.md", "docs/DISCOVERY.md", "docs/DISCOVERY.zh-CN.md", "docs/ANONYMITY.md", "docs/ANONYMITY.zh-CN.md", "docs/SUPPRESSION.md", "docs/EGRESS.md", "docs/EGRESS.zh-CN.md", "docs/MANIFEST.zh-CN.md", "docs/REVIEW.md", "docs/REVIEW.zh-CN.md", "docs/SCENARIOS.md"} {
		text := readDoc(t, name)
		for _, b := range blocks(text) {
			if b.language != "sh" && b.language != "console" {
				continue
			}
			for _, words := range calls(b.text) {
				seen++
				if err := checkCall(words, true); err != nil {
					t.Errorf("%s: yingbi %s: %v", name, strings.Join(words, " "), err)
				}
			}
		}
		for _, m := range inline.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
			if m[1] == "yingbi VERB --help" {
				continue
			}
			for _, words := range calls(m[1]) {
				seen++
				if err := checkCall(words, false); err != nil {
					t.Errorf("%s: `%s`: %v", name, m[1], err)
				}
			}
		}
	}
	if seen < 70 {
		t.Errorf("%d calls were found; the test looks at nothing", seen)
	}
	for _, wrong := range []string{"yingbi jobb list", "yingbi job list --frob", "yingbi job show", "x; yingbi job run a b"} {
		if found := calls(wrong); len(found) != 1 || checkCall(found[0], true) == nil {
			t.Errorf("%q passes for a call", wrong)
		}
	}
}

// TestReadmesAreTwins: the Chinese page shows the same blocks as the English one;
// only remarks in shell are translated.
func TestReadmesAreTwins(t *testing.T) {
	twins(t, "README.md", "README.zh-CN.md")
	links := regexp.MustCompile(`\]\(([^)]+)\)`)
	for _, m := range links.FindAllStringSubmatch(readDoc(t, "README.md"), -1) {
		if !strings.Contains(readDoc(t, "README.zh-CN.md"), "]("+m[1]+")") && m[1] != "README.zh-CN.md" {
			t.Errorf("README.zh-CN.md has no link to %s", m[1])
		}
	}
}

// twins holds that two pages show the same blocks, under as many headings.
func twins(t *testing.T, english, chinese string) {
	t.Helper()
	remark := regexp.MustCompile(`(?m)\s*#.*$`)
	plain := func(name string) (out []block) {
		for _, b := range blocks(readDoc(t, name)) {
			if b.language == "sh" {
				b.text = remark.ReplaceAllString(b.text, "")
			}
			out = append(out, b)
		}
		return out
	}
	if e, c := plain(english), plain(chinese); len(e) == 0 || !slices.Equal(e, c) {
		t.Errorf("%s and %s show other blocks:\n%v\n%v", english, chinese, e, c)
	}
	if e, c := len(heading.FindAllString(readDoc(t, english), -1)), len(heading.FindAllString(readDoc(t, chinese), -1)); e != c {
		t.Errorf("%s has %d headings and remarks, %s %d", english, e, chinese, c)
	}
}

var heading = regexp.MustCompile(`(?m)^#+ (.*)$`)

// TestPagesAreTwins: a Chinese page shows the same blocks as the English one, under as
// many headings, in as many rows of tables, and says as much of what tests hold. Its
// links into pages lead somewhere.
func TestPagesAreTwins(t *testing.T) {
	named, row := regexp.MustCompile("`(Test\\w+)`"), regexp.MustCompile(`(?m)^\|`)
	tests := func(page string) []string {
		var out []string
		for _, m := range named.FindAllStringSubmatch(readDoc(t, page), -1) {
			out = append(out, m[1])
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	for _, name := range []string{"EGRESS", "MANIFEST"} {
		english, chinese := "docs/"+name+".md", "docs/"+name+".zh-CN.md"
		twins(t, english, chinese)
		if e, c := tests(english), tests(chinese); !slices.Equal(e, c) {
			t.Errorf("%s names the tests %v, %s %v", english, e, chinese, c)
		}
		if e, c := len(row.FindAllString(readDoc(t, english), -1)), len(row.FindAllString(readDoc(t, chinese), -1)); e != c {
			t.Errorf("%s has %d rows of tables, %s %d", english, e, chinese, c)
		}
		for _, page := range []string{english, chinese} {
			leads(t, page)
		}
	}
}

// leads holds that each link of a page to a heading has one, by the rule of forges: small
// letters, hyphens for spaces, no punctuation.
func leads(t *testing.T, page string) {
	t.Helper()
	for _, m := range regexp.MustCompile(`\]\(([\w./-]*)#([^)]+)\)`).FindAllStringSubmatch(readDoc(t, page), -1) {
		target := page
		if m[1] != "" {
			target = filepath.Join("docs", m[1])
		}
		found := false
		for _, h := range heading.FindAllStringSubmatch(readDoc(t, target), -1) {
			name := regexp.MustCompile(`[^\p{L}\p{N}_ -]`).ReplaceAllString(strings.ToLower(h[1]), "")
			found = found || strings.ReplaceAll(name, " ", "-") == m[2]
		}
		if !found {
			t.Errorf("%s: %s has no heading #%s", page, target, m[2])
		}
	}
}

// TestDocumentedRoles holds the table of roles in docs/OPERATIONS.md to the rule.
func TestDocumentedRoles(t *testing.T) {
	text := readDoc(t, "docs/OPERATIONS.md")
	for _, role := range access.Roles() {
		var excluded []string
		for _, other := range access.Roles() {
			p := access.Person{ID: "x", Org: "o", Roles: []access.Role{role, other}}
			if role != other && fault.KindOf(access.CheckRegistration(p)) == fault.Denied {
				excluded = append(excluded, string(other))
			}
		}
		row := regexp.MustCompile("(?m)^\\| `" + string(role) + "` \\| " + role.Title() + " \\| .* \\| (.*) \\|$").FindStringSubmatch(text)
		if row == nil {
			t.Errorf("docs/OPERATIONS.md has no row for %s (%s)", role, role.Title())
			continue
		}
		got := strings.Split(row[1], ", ")
		if row[1] == "every other role" && len(excluded) == len(access.Roles())-1 {
			continue
		}
		slices.Sort(got)
		slices.Sort(excluded)
		if !slices.Equal(got, excluded) {
			t.Errorf("%s: docs/OPERATIONS.md excludes %v, the rule %v", role, got, excluded)
		}
	}
}

// TestOperationsRuns runs the blocks of docs/OPERATIONS.md that are marked sh, in
// their order and in one shell, as the page says.
func TestOperationsRuns(t *testing.T) {
	t.Parallel()
	_, folder := program(t)
	dir := t.TempDir()
	if err := writeCityFiles(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := synth.Write(t.Context(), synth.Config{People: 1000, Seed: 1, Dir: filepath.Join(dir, "data")}); err != nil {
		t.Fatal(err)
	}
	var script strings.Builder
	script.WriteString("set -eu\n")
	for _, b := range blocks(readDoc(t, "docs/OPERATIONS.md")) {
		if b.language == "sh" {
			script.WriteString(b.text)
		}
	}
	cmd := exec.CommandContext(t.Context(), "bash", "-c", script.String())
	cmd.Dir = dir
	path := folder + string(os.PathListSeparator) + os.Getenv("PATH")
	if _, err := exec.LookPath("jq"); err != nil {
		path = writeJQ(t) + string(os.PathListSeparator) + path
	}
	cmd.Env = []string{"PATH=" + path, "LANG=C.UTF-8", "HOME=" + dir}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, want := range []string{"made domain city.example", "the release is genuine", "it extends the checkpoint that you kept", "\nrolled back: exit 7\n", "key-encryption key 2 is in force"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the page's commands did not print %q:\n%s", want, out.String())
		}
	}
}

// writeJQ stands in for jq where it is not installed: it knows `jq -r .id`.
func writeJQ(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	script := "#!/bin/sh\nexec sed -n 's/^  \"id\": \"\\(.*\\)\",$/\\1/p'\n"
	if err := os.WriteFile(filepath.Join(dir, "jq"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}
