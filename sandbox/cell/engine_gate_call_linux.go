//go:build cgo

package cell

import (
	"encoding/json"
	"slices"
	"time"

	"yingbi/sandbox/abi"
)

// Limits of what a call makes out of nothing, which must stand in the statement as
// plain numbers or dates. What a statement makes of rows, the cell bounds.
const (
	maxCopies = 10_000  // repetitions, characters or items of one value
	maxSeries = 100_000 // numbers or days of a series
)

// copies are the functions that make a value as large as an argument says, and the
// place of that argument.
var copies = map[string]int{"repeat": 1, "lpad": 1, "rpad": 1, "list_resize": 1, "array_resize": 1}

// callNode judges a function, an aggregate or a window by its name and its arguments.
func callNode(node map[string]any) abi.Refusal {
	name, _ := node["function_name"].(string)
	name = asciiLower(name)
	args, ok := node["children"].([]any)
	switch at, copied := copies[name]; {
	case !ok:
		return abi.RefusalSyntax
	case unsteady[name] || name == "age" && len(args) < 2: // to today
		return abi.RefusalDeterministic
	case !functions[name]:
		return abi.RefusalFunction
	case copied && (len(args) <= at || !within(args[at], maxCopies)):
		return abi.RefusalSize
	case (name == "range" || name == "generate_series") && !short(args):
		return abi.RefusalSize
	}
	return ""
}

// tableCall judges by its name what stands as a table in a FROM; the walk judges
// the call itself.
func tableCall(function any) abi.Refusal {
	node, _ := function.(map[string]any)
	name, _ := node["function_name"].(string)
	if !tableFunctions[asciiLower(name)] {
		return abi.RefusalFunction
	}
	return ""
}

func within(arg any, limit int64) bool {
	n, ok := literal(arg)
	return ok && n <= limit
}

// literal reads a whole number that stands in the statement.
func literal(arg any) (int64, bool) {
	node, _ := arg.(map[string]any)
	if args, _ := node["children"].([]any); node["function_name"] == "-" && len(args) == 1 {
		n, ok := literal(args[0])
		return -n, ok && n >= 0
	}
	n, ok := constantOf(node).(json.Number)
	if !ok || node["class"] != "CONSTANT" {
		return 0, false
	}
	i, err := n.Int64()
	return i, err == nil && i > -1<<53 && i < 1<<53 // no difference of two overflows
}

// constantOf gives the value of a constant.
func constantOf(node map[string]any) any {
	value, _ := node["value"].(map[string]any)
	return value["value"]
}

// short reports whether a series of numbers or of dates has few enough values.
func short(args []any) bool {
	if len(args) == 3 {
		if days, ok := daysBetween(args[0], args[1]); ok {
			return days <= maxSeries && byDays(args[2])
		}
	}
	start, stop, step := int64(0), int64(0), int64(1)
	places := map[int][]*int64{1: {&stop}, 2: {&start, &stop}, 3: {&start, &stop, &step}}[len(args)]
	for i, into := range places {
		n, ok := literal(args[i])
		if !ok {
			return false
		}
		*into = n
	}
	return places != nil && step != 0 && (stop-start)/step <= maxSeries
}

// daysBetween counts the days from one date of the statement to another, either way.
func daysBetween(from, to any) (int, bool) {
	a, ok := literalDate(from)
	b, ok2 := literalDate(to)
	days := int(b.Sub(a).Hours() / 24)
	return max(days, -days), ok && ok2
}

// literalDate reads DATE '2024-01-31' or the same as a timestamp.
func literalDate(arg any) (time.Time, bool) {
	node, _ := arg.(map[string]any)
	to, _ := node["cast_type"].(map[string]any)
	child, _ := node["child"].(map[string]any)
	text, _ := constantOf(child).(string)
	at, err := time.Parse(time.DateOnly, text)
	return at, err == nil && node["class"] == "CAST" && child["class"] == "CONSTANT" && (to["id"] == "DATE" || to["id"] == "TIMESTAMP")
}

// byDays reports whether a step is a number of days or more: INTERVAL 1 MONTH,
// INTERVAL '1 month'. One of nothing is the engine's to refuse.
func byDays(arg any) bool {
	node, _ := arg.(map[string]any)
	name, _ := node["function_name"].(string)
	child, _ := node["child"].(map[string]any)
	text, _ := constantOf(child).(string)
	return slices.Contains([]string{"to_days", "to_weeks", "to_months", "to_quarters", "to_years"}, name) ||
		node["class"] == "CAST" && slices.Contains([]string{"1 day", "1 week", "1 month", "1 quarter", "1 year"}, text)
}
