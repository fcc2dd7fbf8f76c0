package archtest

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "yingbi"

// everyone lists leaves that any package may import.
var everyone = []string{"internal/clock", "internal/coltype", "internal/durable", "internal/fault", "internal/yamldoc"}

// allowed maps each package to those of ours that it may import directly,
// besides the leaves of everyone. A prefix ending in "/..." covers a tree.
var allowed = map[string][]string{
	"crypto":            nil,
	"manifest":          {"egress/label"},
	"sandbox/abi":       nil,
	"sandbox/admission": nil,
	"internal/category": nil,
	"internal/clock":    nil,
	"internal/coltype":  nil,
	"internal/durable":  nil,
	"internal/fault":    nil,
	"internal/yamldoc":  nil,
	"internal/idnum":    nil,
	"internal/archtest": nil,
	"internal/testkit":  nil,
	"internal/lockdown": nil,
	"internal/thrift":   nil,
	"internal/hostile":  {"sandbox/abi"},
	"internal/synth":    {"internal/idnum"},
	"masking":           {"crypto", "internal/idnum", "masking/anonymity", "masking/detect"},
	"masking/anonymity": nil,
	"masking/detect":    {"internal/idnum"},
	"masking/discover":  {"internal/category", "masking/detect"},
	"audit":             {"crypto"},
	"access":            {"crypto"},
	"keeper":            {"crypto", "audit", "internal/lockdown"},
	"vault":             {"crypto", "keeper"},
	"vault/vaulttest":   {"crypto", "keeper"},
	"subject":           {"crypto", "internal/idnum", "vault"},
	"table":             {"internal/thrift", "sandbox/abi"},
	"sandbox":           {"sandbox/abi", "internal/lockdown"},
	"sandbox/cell":      {"sandbox/abi", "sandbox/admission", "table", "internal/lockdown", "internal/thrift"},
	"catalog":           {"crypto", "internal/category", "masking", "masking/detect"},
	"ingest":            {"catalog", "crypto", "sandbox", "sandbox/abi", "subject", "table", "vault"},
	"view":              {"catalog", "crypto", "masking", "table", "vault"},
	"egress":            {"crypto", "egress/label", "egress/model", "egress/suppression", "manifest"},
	"egress/label":      {"internal/idnum"},
	"egress/model":      nil,
	"release":           {"audit", "crypto"},
	"job": {
		"access", "audit", "catalog", "crypto", "egress", "egress/chart", "egress/history", "egress/label", "manifest", "masking", "masking/detect", "release",
		"keeper", "sandbox", "sandbox/abi", "sandbox/admission", "subject", "table", "vault", "view", "internal/idnum",
	},
	"domain": {
		"access", "audit", "catalog", "crypto", "egress", "ingest", "job", "keeper", "masking", "masking/detect", "release", "sandbox", "sandbox/abi", "store", "subject", "vault", "view",
	},
	"egress/chart":        {"egress"},
	"egress/check":        {"egress", "manifest"},
	"egress/differencing": nil,
	"egress/history":      {"crypto", "egress/differencing"},
	"egress/page":         {"egress", "egress/chart", "manifest"},
	"egress/suppression":  nil,
	"store":               {"access", "audit", "catalog", "crypto", "egress", "job", "release"},
	"author":              {"sandbox", "sandbox/abi", "sandbox/admission", "table", "masking/detect", "masking/discover"},
	"sample": {
		"access", "catalog", "crypto", "domain", "egress", "job", "keeper", "manifest", "masking", "sandbox", "sandbox/abi", "internal/idnum",
	},

	"internal/lockdown/...": {"internal/lockdown"},
	"guest":                 nil,
	"guest/...":             {"guest/go"},
	"examples/...":          {"guest/go", "examples/guests"},
	"cmd/yingbi":            {"..."},
	"internal/bench":        {"..."},
	"internal/bench/...":    {"guest/go", "internal/bench/loops"},
}

// unreachable lists what a package must not reach through any chain.
var unreachable = map[string][]string{
	"sandbox": {"crypto", "vault", "view", "keeper"},
	"author":  {"crypto", "vault", "view", "keeper", "store", "domain"},
	"egress":  {"sandbox", "vault", "view"},
	"audit":   {"vault"},
}

// bench measures the libraries bare, against what is made of them here. It is a
// program of its own, no part of the domain.
const bench = "internal/bench"

// engines may be imported by sandbox/cell alone, and by bench.
var engines = []string{"github.com/tetratelabs/wazero", "github.com/duckdb/duckdb-go"}

// shangmi libraries may be imported by crypto alone, and by bench; the oracle by the
// tests of crypto alone.
const (
	shangmi = "github.com/emmansun/gmsm"
	oracle  = "github.com/tjfoc/gmsm"
)

type listed struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

// list loads the packages of the module as the linux domain builds them.
func list(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []listed
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
	if len(packages) < 5 {
		t.Fatalf("go list found %d packages; the test looks at nothing", len(packages))
	}
	return packages
}

func ours(importPath string) (string, bool) { return strings.CutPrefix(importPath, module+"/") }

// ruleFor finds the entry of a package: its own, or that of the nearest tree.
func ruleFor(name string) ([]string, bool) {
	if rule, ok := allowed[name]; ok {
		return rule, true
	}
	for parent := name; parent != ""; {
		i := strings.LastIndexByte(parent, '/')
		if i < 0 {
			break
		}
		parent = parent[:i]
		if rule, ok := allowed[parent+"/..."]; ok {
			return rule, true
		}
	}
	return nil, false
}

func under(importPath, root string) bool {
	return importPath == root || strings.HasPrefix(importPath, root+"/")
}

func TestImportsFollowTheTable(t *testing.T) {
	for _, p := range list(t) {
		name, _ := ours(p.ImportPath)
		rule, ok := ruleFor(name)
		if !ok {
			t.Errorf("package %s has no rule: say in archtest which packages it may import", name)
			continue
		}
		for _, path := range p.Imports {
			imported, isOurs := ours(path)
			if !isOurs || slices.Contains(everyone, imported) || slices.Contains(rule, "...") {
				continue
			}
			if !slices.Contains(rule, imported) {
				t.Errorf("%s imports %s; it may import %v", name, imported, rule)
			}
			if imported == "internal/testkit" || imported == "internal/hostile" || strings.HasPrefix(imported, "cmd/") {
				t.Errorf("%s imports %s, which nobody may", name, imported)
			}
		}
	}
}

func TestLibrariesStayInTheirPlace(t *testing.T) {
	for _, p := range list(t) {
		name, _ := ours(p.ImportPath)
		for _, path := range p.Imports {
			for _, engine := range engines {
				if under(path, engine) && name != "sandbox/cell" && name != bench {
					t.Errorf("%s imports %s; only sandbox/cell may", name, path)
				}
			}
			if under(path, shangmi) && name != "crypto" && name != bench {
				t.Errorf("%s imports %s; only crypto may", name, path)
			}
			if under(path, oracle) {
				t.Errorf("%s imports %s in production code; it must never carry data", name, path)
			}
			if path == "testing" && name != "internal/testkit" {
				t.Errorf("%s links testing into production code", name)
			}
		}
		for _, path := range append(p.TestImports, p.XTestImports...) {
			if under(path, oracle) && name != "crypto" {
				t.Errorf("the tests of %s import %s; only those of crypto may", name, path)
			}
		}
	}
}

func TestNoChainReachesWhatIsForbidden(t *testing.T) {
	imports := map[string][]string{}
	for _, p := range list(t) {
		name, _ := ours(p.ImportPath)
		for _, path := range p.Imports {
			if imported, ok := ours(path); ok {
				imports[name] = append(imports[name], imported)
			}
		}
	}
	for start, forbidden := range unreachable {
		for reached := range closure(imports, start) {
			if slices.Contains(forbidden, reached) {
				t.Errorf("%s reaches %s", start, reached)
			}
		}
	}
	for name := range imports {
		if !under(name, "guest") {
			continue
		}
		for reached := range closure(imports, name) {
			if !under(reached, "guest") {
				t.Errorf("%s reaches the host package %s", name, reached)
			}
		}
	}
}

func closure(imports map[string][]string, start string) map[string]bool {
	seen := map[string]bool{}
	var walk func(string)
	walk = func(name string) {
		for _, next := range imports[name] {
			if !seen[next] {
				seen[next] = true
				walk(next)
			}
		}
	}
	walk(start)
	return seen
}

// TestOutputsAreDeclared: no package but author, and those of the sandbox that
// implement it, so much as names what lets a guest emit under any name.
func TestOutputsAreDeclared(t *testing.T) {
	named := map[string]bool{}
	for _, p := range list(t) {
		name, _ := ours(p.ImportPath)
		files, err := filepath.Glob(filepath.Join("../..", name, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(b), "Any"+"Output") {
				named[name] = true
			}
		}
	}
	if !named["author"] || !named["sandbox"] {
		t.Error("nobody leaves outputs open any more; the test looks at nothing")
	}
	for name := range named {
		if name != "author" && !under(name, "sandbox") {
			t.Errorf("%s may not leave open what a guest emits", name)
		}
	}
}

// TestRulesAreAlive keeps the table honest: a rule for a package that is gone is
// a rule nobody reads.
func TestRulesAreAlive(t *testing.T) {
	var names []string
	for _, p := range list(t) {
		name, _ := ours(p.ImportPath)
		names = append(names, name)
	}
	for rule := range allowed {
		root, tree := strings.CutSuffix(rule, "/...")
		alive := slices.ContainsFunc(names, func(name string) bool {
			return name == root || tree && under(name, root)
		})
		if !alive {
			t.Errorf("archtest has a rule for %s, which does not exist", rule)
		}
	}
}
