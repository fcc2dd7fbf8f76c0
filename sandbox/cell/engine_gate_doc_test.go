//go:build linux && cgo

package cell

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"yingbi/sandbox/abi"
)

// TestThePageNamesWhatTheGateAdmits holds docs/GUEST-SQL.md to the gate.
func TestThePageNamesWhatTheGateAdmits(t *testing.T) {
	b, err := os.ReadFile("../../docs/GUEST-SQL.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	_, list, _ := strings.Cut(page, "## Functions\n")
	list, _, _ = strings.Cut(list, "\n`age` needs")
	var want []string
	for _, g := range functionGroups() {
		want = append(want, "-", "**"+g.title+"**:")
		for _, name := range strings.Fields(g.names) {
			want = append(want, "`"+name+"`")
		}
	}
	_, list, _ = strings.Cut(list, "\n- ")
	if got := strings.Join(strings.Fields("- "+list), " "); got != strings.Join(want, " ") {
		t.Errorf("the functions of docs/GUEST-SQL.md are not those of functionGroups; it should say\n%s", strings.Join(want, " "))
	}
	for i := 1; ; i++ {
		why := abi.Failure{Code: abi.FailRefused, At: i}.Refusal()
		if why == "" {
			break
		}
		if !strings.Contains(page, fmt.Sprintf("\n| `%s` |", why)) {
			t.Errorf("docs/GUEST-SQL.md does not explain %s", why)
		}
	}
	for _, key := range []string{"id", "collation"} {
		for word := range words[key].list {
			if !strings.Contains(page, "`"+strings.ReplaceAll(word, "_", " ")+"`") {
				t.Errorf("docs/GUEST-SQL.md does not give %s", word)
			}
		}
	}
	if abi.MaxSQL != 64<<10 || maxDepth != 256 || maxSets != 256 || maxCopies != 10_000 || maxSeries != 100_000 || abi.MaxNameBytes-len("_4294967295") != 245 {
		t.Error("a limit is not the one of docs/GUEST-SQL.md")
	}
}

// TestListedFunctionsAreSteady asks the engine about each function of the list: it
// is there, has no effect, gives the same for the same arguments, and if it is a
// macro, calls nothing that is not.
func TestListedFunctionsAreSteady(t *testing.T) {
	e := lockedEngine(t)
	rows, err := e.db.Query(`SELECT lower(function_name), bool_or(coalesce(has_side_effects, false)) OR bool_or(coalesce(stability, 'CONSISTENT') <> 'CONSISTENT'),
		coalesce(string_agg(macro_definition, ' '), '') FROM duckdb_functions() GROUP BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found := map[string]bool{"ifnull": true} // the parser makes it a COALESCE
	for rows.Next() {
		var name, macro string
		var moves bool
		if err := rows.Scan(&name, &moves, &macro); err != nil {
			t.Fatal(err)
		}
		found[name] = true
		if functions[name] && moves {
			t.Errorf("%s is listed and gives something else each time", name)
		}
		for word := range unsteady {
			if functions[name] && (strings.Contains(macro, word+"(") || strings.Contains(macro, word+" ")) {
				t.Errorf("the macro %s calls %s: %s", name, word, macro)
			}
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for name := range functions {
		if !found[name] || unsteady[name] || sessionNames[name] {
			t.Errorf("%s is listed: in the engine %v", name, found[name])
		}
	}
	if len(functions) < 300 {
		t.Errorf("%d functions", len(functions))
	}
}
