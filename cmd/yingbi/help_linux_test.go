//go:build linux && cgo

package main

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// TestEveryVerbExplainsItself holds every verb to a short text, an example that
// calls it, and flags that name their values, in both languages.
func TestEveryVerbExplainsItself(t *testing.T) {
	texts := map[string]string{}
	for _, lang := range []string{"en", "zh"} {
		a := newApp([]string{"--lang", lang}, nil, io.Discard, io.Discard)
		verbs := 0
		for _, c := range allCommands(a.root(nil)) {
			path := c.CommandPath()
			if strings.HasPrefix(path, "yingbi completion ") {
				continue // cobra's own
			}
			if c.Short == "" || !c.HasSubCommands() && !strings.HasPrefix(c.Example, "  "+path) {
				t.Errorf("%s has no short text, or no example that calls it", path)
			}
			if c.Parent() != nil && !c.Parent().HasParent() && c.GroupID == "" {
				t.Errorf("%s is in no group of the overview", path)
			}
			if lang == "zh" && c.Short == texts[path] {
				t.Errorf("%s says the same in English and Chinese: %s", path, c.Short)
			}
			texts[path] = c.Short
			c.NonInheritedFlags().VisitAll(func(f *pflag.Flag) {
				if f.Usage == "" || strings.Contains(f.Usage, "`") || f.Value.Type() != "bool" && f.Annotations[valueName] == nil {
					t.Errorf("%s --%s does not say what its value is", path, f.Name)
				}
			})
			verbs++
		}
		if verbs < 40 {
			t.Errorf("%d verbs; the test looks at nothing", verbs)
		}
	}
}

// TestHelpPrintsFlagsOnce looks at the whole help of one verb.
func TestHelpPrintsFlagsOnce(t *testing.T) {
	var out bytes.Buffer
	if code := run(t.Context(), []string{"people", "add", "-h"}, nil, &out, io.Discard); code != 0 {
		t.Fatal(code)
	}
	for _, want := range []string{
		"\nUsage\n  yingbi people add ID [flags]\n", "\nExamples\n  yingbi people add li", "\nFlags\n      --name NAME       real name\n",
		"\nWhich domain, and as whom\n", "  -d, --domain FOLDER       domain folder", "\nEverywhere\n      --format text|json  form of the output\n", "  reviewer   ",
	} {
		if strings.Count(out.String(), want) != 1 {
			t.Errorf("the help has %q %d times:\n%s", want, strings.Count(out.String(), want), out.String())
		}
	}
}
