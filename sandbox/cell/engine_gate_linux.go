//go:build cgo

package cell

import (
	"context"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"yingbi/sandbox/abi"
)

// maxSQL is the longest statement of a guest, in bytes.
const maxSQL = 64 << 10

var errGate = abi.Failure{Code: abi.FailRefused}

// gate refuses every statement but one SELECT over the engine's tables with
// functions of the list. The engine's own parser reads it, so both read the same
// statement; what it says is walked as a tree, in which everything that the gate
// does not know is refused.
func (e *engine) gate(statement string) error {
	if len(statement) > maxSQL || !utf8.ValidString(statement) || strings.ContainsFunc(statement, odd) {
		return errGate
	}
	var text string
	row := e.db.QueryRowContext(context.Background(), "SELECT json_serialize_sql(?::VARCHAR)::VARCHAR", statement)
	if row.Scan(&text) != nil {
		return errGate
	}
	var parsed struct {
		Error      bool  `json:"error"`
		Statements []any `json:"statements"`
	}
	if json.Unmarshal([]byte(text), &parsed) != nil || parsed.Error || len(parsed.Statements) != 1 {
		return errGate
	}
	if !admitted(parsed.Statements[0], e.tables) {
		return errGate
	}
	return nil
}

// odd finds what is not text to a reader: control and format characters, and
// white space that is none in ASCII. The engine's parser stops at NUL and skips
// others.
func odd(r rune) bool {
	switch r {
	case ' ', '\t', '\n', '\r':
		return false
	}
	return unicode.IsControl(r) || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError
}

// admitted walks a node of the tree. tables are the names that a FROM may use
// here: the engine's, and common table expressions in scope.
func admitted(node any, tables map[string]bool) bool {
	switch node := node.(type) {
	case []any:
		for _, child := range node {
			if !admitted(child, tables) {
				return false
			}
		}
	case map[string]any:
		tables, ok := withNames(node, tables)
		if !ok || !known(node, tables) {
			return false
		}
		for key, child := range node {
			if key != "cte_map" && !admitted(child, tables) {
				return false
			}
		}
	}
	return true
}

// withNames admits the common table expressions of a node in their order, each
// under the names before it, and gives the names that are in scope after them.
func withNames(node map[string]any, tables map[string]bool) (map[string]bool, bool) {
	ctes, ok := node["cte_map"].(map[string]any)
	if !ok {
		return tables, node["cte_map"] == nil
	}
	entries, ok := ctes["map"].([]any)
	if !ok {
		return nil, false
	}
	for _, entry := range entries {
		pair, ok := entry.(map[string]any)
		name, isText := pair["key"].(string)
		if !ok || !isText || !admitted(pair["value"], tables) {
			return nil, false
		}
		wider := map[string]bool{asciiLower(name): true}
		for t := range tables {
			wider[t] = true
		}
		tables = wider
	}
	return tables, true
}

// known judges one object by itself.
func known(node map[string]any, tables map[string]bool) bool {
	for _, absent := range []string{"sample", "at_clause"} {
		if node[absent] != nil {
			return false
		}
	}
	if params, _ := node["named_param_map"].([]any); len(params) > 0 {
		return false
	}
	for _, key := range []string{"schema", "catalog", "schema_name", "catalog_name"} {
		if s, present := node[key]; present && s != "" && (s != "main" || key != "schema") {
			return false
		}
	}
	for _, in := range []struct {
		key  string
		list map[string]bool
	}{{"class", classes}, {"function_name", functions}, {"id", logicalTypes}} {
		if s, present := node[in.key]; present && !listed(in.list, s) {
			return false
		}
	}
	if name, present := node["table_name"]; present {
		s, _ := name.(string)
		return node["type"] == "BASE_TABLE" && tables[asciiLower(s)]
	}
	kind, isText := node["type"].(string)
	if _, expression := node["class"]; expression {
		return isText && !strings.HasPrefix(kind, "ARRAY") && !strings.HasPrefix(kind, "STRUCT") && plainColumn(node)
	}
	return !isText || nodes[kind]
}

func listed(list map[string]bool, v any) bool {
	s, ok := v.(string)
	return ok && list[strings.ReplaceAll(s, " ", "_")]
}

// plainColumn refuses the names that are functions without parentheses where no
// column has them: the clock and the session.
func plainColumn(node map[string]any) bool {
	names, _ := node["column_names"].([]any)
	if len(names) != 1 {
		return true
	}
	name, _ := names[0].(string)
	return !clockNames[asciiLower(name)]
}

func set(words string) map[string]bool {
	m := make(map[string]bool)
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

var (
	// Query nodes, table references, modifiers and orders. Not there, among
	// others: TABLE_FUNCTION, SHOW_REF, PIVOT, RECURSIVE_CTE_NODE.
	nodes = set(`SELECT_NODE SET_OPERATION_NODE EMPTY JOIN SUBQUERY EXPRESSION_LIST
		ORDER_MODIFIER LIMIT_MODIFIER LIMIT_PERCENT_MODIFIER DISTINCT_MODIFIER
		ORDER_DEFAULT ASCENDING DESCENDING DECIMAL_TYPE_INFO`)
	classes      = set(`COLUMN_REF CONSTANT COMPARISON CONJUNCTION OPERATOR FUNCTION CAST CASE BETWEEN STAR SUBQUERY WINDOW`)
	logicalTypes = set(`NULL BOOLEAN TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT FLOAT DOUBLE DECIMAL
		VARCHAR DATE TIME TIMESTAMP TIMESTAMP_WITH_TIME_ZONE INTERVAL`)
	clockNames = set(`current_catalog current_database current_date current_schema current_schemas current_role current_time current_timestamp
		current_user get_current_timestamp localtime localtimestamp session_user transaction_timestamp user`)
	// No list, struct, map or JSON: a frame holds none. Nothing that repeats or
	// pads text, makes rows, reads the clock, the session or the catalogue, draws
	// at random, or runs text as SQL.
	functions = set(`+ - * / // % || ~~ !~~ ~~* !~~* & | << >> xor
		abs sign ceil ceiling floor round round_even trunc even sqrt cbrt exp ln log log2 log10 pow power mod greatest least
		sin cos tan asin acos atan atan2 degrees radians pi isnan isinf isfinite
		nullif ifnull length strlen lower upper lcase ucase left right substring substr trim ltrim rtrim
		starts_with ends_with prefix suffix contains strpos position instr ascii unicode chr reverse concat
		regexp_matches regexp_full_match regexp_extract
		year quarter month week day isoyear isodow dayofweek dayofyear dayofmonth weekday weekofyear hour minute second
		date_part datepart date_trunc datetrunc date_diff datediff date_sub datesub date_add make_date last_day epoch epoch_ms epoch_us
		to_years to_months to_weeks to_days to_hours to_minutes to_seconds
		count count_star count_if sum fsum kahan_sum avg mean favg min max product
		stddev stddev_samp stddev_pop variance var_samp var_pop skewness kurtosis
		corr covar_pop covar_samp regr_slope regr_intercept regr_r2 regr_count
		median mode quantile quantile_cont quantile_disc mad arg_min arg_max min_by max_by bool_and bool_or
		row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value`)
)
