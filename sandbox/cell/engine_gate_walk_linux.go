//go:build cgo

package cell

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"yingbi/sandbox/abi"
)

const (
	maxDepth = 256 // objects of a tree, one within another
	maxSets  = 256 // grouping sets, which CUBE doubles for each of its columns
)

// walk judges the tree of a statement. tables are the names that a FROM may use
// where the walk stands: the engine's, and common table expressions in scope.
type walk struct{ tables map[string]bool }

// value judges what stands below a key; "" is admitted. A text or number there is
// the author's.
func (w walk) value(v any, depth int) abi.Refusal {
	switch v := v.(type) {
	case []any:
		for _, child := range v {
			if why := w.value(child, depth); why != "" {
				return why
			}
		}
	case map[string]any:
		if depth == maxDepth {
			return abi.RefusalDepth
		}
		return w.node(v, depth+1)
	}
	return ""
}

// node judges one object by itself, and then what it holds. The order is fixed, so
// that a statement has one refusal.
func (w walk) node(node map[string]any, depth int) abi.Refusal {
	if why := w.kind(node); why != "" {
		return why
	}
	inner, why := w.withNames(node, depth)
	if why != "" {
		return why
	}
	for _, key := range slices.Sorted(maps.Keys(node)) {
		if why := inner.entry(node, key, depth); why != "" {
			return why
		}
	}
	return ""
}

// kind judges what the object is.
func (w walk) kind(node map[string]any) abi.Refusal {
	kind, isText := node["type"].(string)
	if class, present := node["class"]; present {
		switch {
		case !listed(words["class"].list, class) || !expressions[kind]:
			return abi.RefusalSyntax
		case class == "COLUMN_REF":
			return plainColumn(node)
		case callable(node):
			return callNode(node)
		}
		return ""
	}
	if !isText {
		return "" // a part of a node, or a type
	}
	switch kind {
	case "SHOW_REF":
		return abi.RefusalNotSelect
	case "BASE_TABLE":
		if name, _ := node["table_name"].(string); !w.tables[asciiLower(name)] || node["schema_name"] != "" || node["catalog_name"] != "" {
			return abi.RefusalTable
		}
	case "TABLE_FUNCTION":
		return tableCall(node["function"])
	}
	if !nodes[kind] {
		return abi.RefusalSyntax
	}
	return ""
}

// callable reports whether a node is one that kind judges as a call.
func callable(node map[string]any) bool {
	return node["class"] == "FUNCTION" || node["class"] == "WINDOW"
}

// entry judges one key of an object and walks on below it.
func (w walk) entry(node map[string]any, key string, depth int) abi.Refusal {
	v := node[key]
	if word, isWord := words[key]; isWord {
		if name, _ := v.(string); key == "collation" {
			v = asciiLower(name)
		}
		if !listed(word.list, v) {
			return word.why
		}
		return ""
	}
	if why := w.special(node, key); why != "" {
		return why
	}
	if node["type"] == "RECURSIVE_CTE_NODE" && key == "right" {
		name, _ := node["cte_name"].(string)
		w = w.with(name) // in its own right side alone, where it recurs
	}
	if key == "cte_map" {
		return "" // withNames has walked it
	}
	return w.value(v, depth)
}

// special judges the keys that ask for more than what is below them.
func (w walk) special(node map[string]any, key string) abi.Refusal {
	v := node[key]
	_, isFlag := v.(bool)
	switch {
	case below[key], key == "type", key == "cte_map", flags[key] && isFlag, unsaid[key] && silent(v):
	case key == "function_name" && callable(node), key == "table_name" && node["type"] == "BASE_TABLE":
	case (key == "schema" || key == "catalog" || key == "schema_name" || key == "catalog_name") && v == "":
	case key == "schema" && callable(node):
		if v != "main" { // text.upper() is a function of the schema text
			return abi.RefusalFunction
		}
	case key == "sample":
		return sample(v)
	case key == "group_sets":
		if sets, ok := v.([]any); !ok || len(sets) > maxSets {
			return abi.RefusalSize
		}
	default:
		return abi.RefusalSyntax
	}
	return ""
}

// withNames judges the common table expressions of a node in their order, each
// under the names before it, and gives the walk with the names that are in scope
// after them.
func (w walk) withNames(node map[string]any, depth int) (walk, abi.Refusal) {
	ctes, present := node["cte_map"]
	if !present {
		return w, ""
	}
	list, _ := ctes.(map[string]any)
	entries, ok := list["map"].([]any)
	if !ok || len(list) != 1 {
		return w, abi.RefusalSyntax
	}
	for _, entry := range entries {
		pair, _ := entry.(map[string]any)
		name, isText := pair["key"].(string)
		if !isText || len(pair) != 2 {
			return w, abi.RefusalSyntax
		}
		if why := w.value(pair["value"], depth); why != "" {
			return w, why
		}
		w = w.with(name)
	}
	return w, ""
}

// with adds a name to those in scope.
func (w walk) with(name string) walk {
	wider := maps.Clone(w.tables)
	wider[asciiLower(name)] = true
	return walk{tables: wider}
}

// plainColumn refuses the names that are functions without parentheses where no
// column has them. Behind the name of its table a column may have any.
func plainColumn(node map[string]any) abi.Refusal {
	names, ok := node["column_names"].([]any)
	if !ok {
		return abi.RefusalSyntax
	}
	if len(names) > 1 {
		return ""
	}
	name, _ := names[0].(string)
	switch name = asciiLower(name); {
	case unsteady[name]:
		return abi.RefusalDeterministic
	case sessionNames[name]:
		return abi.RefusalFunction
	}
	return ""
}

// sample admits a sample that says where its random numbers begin: the engine
// draws the same rows each time then, with one thread.
func sample(v any) abi.Refusal {
	if v == nil {
		return ""
	}
	s, _ := v.(map[string]any)
	seed, _ := s["seed"].(json.Number)
	if n, err := seed.Int64(); err != nil || n < 0 {
		return abi.RefusalDeterministic
	}
	if !listed(words["method"].list, s["method"]) {
		return abi.RefusalSyntax
	}
	return ""
}

// silent reports whether a value says nothing.
func silent(v any) bool {
	switch v := v.(type) {
	case []any:
		return len(v) == 0
	case nil:
		return true
	}
	return v == false || v == ""
}

// listed reports whether v is a text of the list, which has _ for blanks.
func listed(list map[string]bool, v any) bool {
	s, ok := v.(string)
	return ok && list[strings.ReplaceAll(s, " ", "_")]
}
