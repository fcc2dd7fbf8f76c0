//go:build cgo

package cell

import (
	"strings"

	"yingbi/sandbox/abi"
)

// A group is one row of the list of functions in docs/GUEST-SQL.md.
type group struct{ title, names string }

// functionGroups is everything that a statement may call, operators included. An
// operator of the language that is no function, such as =, AND, IN, BETWEEN, is
// an expression of its own: see expressions. A name that is not here is refused,
// so what the next version of the engine brings is refused until somebody has
// looked at it.
//
// Left out on purpose: whatever takes the name of a function, of a table or a
// statement as text (list_aggregate, query), makes bytes (encode, from_hex),
// formats by a width within a text (printf, format), or tells of the session.
func functionGroups() []group {
	return []group{
		{"operators", `+ - * / // % ^ ** & | << >> ~ @ xor || ^@ && @> <@ ->> !__postfix`},
		{"patterns", `~~ !~~ ~~* !~~* ~~~ like_escape not_like_escape ilike_escape not_ilike_escape`},
		{"arithmetic", `add subtract multiply divide fdiv fmod mod abs sign signbit ceil ceiling floor round round_even roundbankers trunc even
			sqrt cbrt exp ln log log2 log10 pow power gamma lgamma factorial gcd lcm greatest_common_divisor least_common_multiple
			greatest least bit_count nextafter isnan isinf isfinite`},
		{"trigonometry", `pi degrees radians sin cos tan cot asin acos atan atan2 sinh cosh tanh asinh acosh atanh`},
		{"nulls and choice", `nullif ifnull constant_or_null typeof`},
		{"text", `length len char_length character_length strlen bit_length lower upper lcase ucase left right substring substr
			left_grapheme right_grapheme substring_grapheme length_grapheme trim ltrim rtrim concat concat_ws replace translate reverse
			repeat lpad rpad starts_with ends_with prefix suffix contains strpos position instr ascii ord unicode chr
			split split_part string_split str_split string_to_array string_split_regex str_split_regex strip_accents nfc_normalize
			url_encode url_decode bin hex to_base64 md5 sha1 sha256 hash`},
		{"regular expressions", `regexp_matches regexp_full_match regexp_extract regexp_extract_all regexp_replace regexp_escape regexp_split_to_array`},
		{"similarity", `levenshtein editdist3 damerau_levenshtein hamming mismatches jaccard jaro_similarity jaro_winkler_similarity`},
		{"dates and times", `year quarter month week day hour minute second millisecond microsecond isoyear isodow yearweek century decade millennium era
			dayofweek dayofyear dayofmonth weekday weekofyear dayname monthname days_in_month last_day julian
			date_part datepart date_trunc datetrunc date_diff datediff date_sub datesub date_add age time_bucket
			make_date make_time make_timestamp make_timestamptz to_timestamp epoch epoch_ms epoch_us timezone
			strftime strptime try_strptime
			to_years to_quarters to_months to_weeks to_days to_hours to_minutes to_seconds to_milliseconds to_microseconds`},
		{"lists", `list_value list_pack unnest range generate_series array_length list_extract list_element array_extract list_slice array_slice
			list_contains list_has array_contains array_has list_has_all list_has_any array_has_all array_has_any list_position list_indexof
			list_concat list_cat list_append list_prepend array_append array_prepend list_resize array_resize list_zip flatten
			list_sort list_reverse_sort array_sort list_reverse array_reverse list_distinct list_unique list_where list_select list_grade_up
			list_intersect list_transform list_apply list_filter list_reduce array_transform array_apply array_filter array_reduce apply filter reduce
			list_sum list_avg list_min list_max list_count list_median list_mode list_product list_first list_last list_any_value
			list_bool_and list_bool_or list_var_pop list_var_samp list_stddev_pop list_stddev_samp list_string_agg array_to_string
			list_distance list_inner_product list_dot_product list_cosine_similarity list_cosine_distance`},
		{"structs and maps", `row struct_pack struct_extract struct_extract_at struct_insert struct_keys struct_contains
			map map_keys map_values map_entries map_extract map_extract_value map_contains map_concat map_from_entries element_at cardinality`},
		{"JSON in a text", `json_extract json_extract_string json_extract_path json_extract_path_text json_value json_exists json_contains
			json_array_length json_type json_keys json_valid`},
		{"counts and sums", `count count_star count_if countif sum fsum kahan_sum sumkahan avg mean favg weighted_avg wavg geomean geometric_mean
			product min max bool_and bool_or bit_and bit_or bit_xor`},
		{"spread and shape", `stddev stddev_samp stddev_pop variance var_samp var_pop sem skewness kurtosis kurtosis_pop entropy`},
		{"correlation and regression", `corr covar_pop covar_samp regr_slope regr_intercept regr_r2 regr_count regr_avgx regr_avgy regr_sxx regr_sxy regr_syy`},
		{"order statistics", `median quantile quantile_cont quantile_disc mad mode approx_quantile approx_count_distinct approx_top_k histogram`},
		{"choosing and collecting", `first last any_value arbitrary arg_min arg_max argmin argmax min_by max_by arg_min_null arg_max_null
			list array_agg string_agg group_concat listagg`},
		{"windows alone", `row_number rank dense_rank rank_dense percent_rank cume_dist ntile lag lead first_value last_value nth_value fill`},
	}
}

// The words of a tree. What names something of the language must be one of these.
var (
	functions = func() map[string]bool {
		all := ""
		for _, g := range functionGroups() {
			all += " " + g.names
		}
		return set(all)
	}()
	// tableFunctions are those that may stand in a FROM.
	tableFunctions = set(`unnest range generate_series`)
	// unsteady functions and names give something else each time. age does with one
	// argument.
	unsteady = set(`random setseed uuid uuidv4 uuidv7 gen_random_uuid reservoir_quantile nextval currval txid_current
		now today ago current_date current_time current_timestamp localtime localtimestamp transaction_timestamp
		get_current_time get_current_timestamp current_localtime current_localtimestamp`)
	// sessionNames are functions of the session that need no parentheses where no
	// column has their name.
	sessionNames = set(`current_catalog current_database current_schema current_schemas current_role current_user session_user user`)

	// words holds, for each key of a tree whose value is a word of the language, what
	// it may be and the refusal of everything else.
	words = map[string]struct {
		list map[string]bool
		why  abi.Refusal
	}{
		"class": {set(`COLUMN_REF CONSTANT COMPARISON CONJUNCTION OPERATOR FUNCTION CAST CASE BETWEEN STAR SUBQUERY WINDOW LAMBDA COLLATE`), abi.RefusalSyntax},
		"id": {set(`NULL BOOLEAN TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT UHUGEINT FLOAT DOUBLE DECIMAL
			VARCHAR DATE TIME TIMESTAMP TIMESTAMP_WITH_TIME_ZONE INTERVAL LIST STRUCT MAP`), abi.RefusalType},
		"collation":          {set(`binary nocase noaccent nfc nocase.noaccent zh`), abi.RefusalSyntax},
		"join_type":          {set(`INNER LEFT RIGHT FULL SEMI ANTI`), abi.RefusalSyntax},
		"ref_type":           {set(`REGULAR NATURAL CROSS ASOF`), abi.RefusalSyntax},
		"setop_type":         {set(`UNION UNION_BY_NAME INTERSECT EXCEPT`), abi.RefusalSyntax},
		"subquery_type":      {set(`SCALAR EXISTS NOT_EXISTS ANY`), abi.RefusalSyntax},
		"comparison_type":    {set(`INVALID ` + comparisons), abi.RefusalSyntax},
		"null_order":         {set(`ORDER_DEFAULT NULLS_FIRST NULLS_LAST`), abi.RefusalSyntax},
		"start":              {set(frameBounds), abi.RefusalSyntax},
		"end":                {set(frameBounds), abi.RefusalSyntax},
		"exclude_clause":     {set(`NO_OTHER CURRENT_ROW GROUP TIES`), abi.RefusalSyntax},
		"aggregate_handling": {set(`STANDARD_HANDLING FORCE_AGGREGATES`), abi.RefusalSyntax},
		"materialized":       {set(`CTE_MATERIALIZE_DEFAULT CTE_MATERIALIZE_ALWAYS CTE_MATERIALIZE_NEVER`), abi.RefusalSyntax},
		"with_ordinality":    {set(`WITHOUT_ORDINALITY WITH_ORDINALITY`), abi.RefusalSyntax},
		"method":             {set(`Bernoulli Reservoir`), abi.RefusalSyntax},
	}
	// expressions are the types of nodes that have a class.
	expressions = set(comparisons + ` COMPARE_BETWEEN COMPARE_IN COMPARE_NOT_IN CONJUNCTION_AND CONJUNCTION_OR
		OPERATOR_NOT OPERATOR_IS_NULL OPERATOR_IS_NOT_NULL OPERATOR_COALESCE OPERATOR_TRY OPERATOR_CAST OPERATOR_UNPACK GROUPING_FUNCTION
		ARRAY_EXTRACT ARRAY_SLICE ARRAY_CONSTRUCTOR STRUCT_EXTRACT VALUE_CONSTANT COLUMN_REF FUNCTION CASE_EXPR STAR SUBQUERY LAMBDA COLLATE
		WINDOW_AGGREGATE WINDOW_ROW_NUMBER WINDOW_RANK WINDOW_RANK_DENSE WINDOW_PERCENT_RANK WINDOW_CUME_DIST WINDOW_NTILE
		WINDOW_LAG WINDOW_LEAD WINDOW_FIRST_VALUE WINDOW_LAST_VALUE WINDOW_NTH_VALUE WINDOW_FILL`)
	// nodes are the types of all others: query nodes, table references, modifiers,
	// orders, what a type carries.
	nodes = set(`SELECT_NODE SET_OPERATION_NODE RECURSIVE_CTE_NODE EMPTY BASE_TABLE JOIN SUBQUERY EXPRESSION_LIST TABLE_FUNCTION PIVOT
		ORDER_MODIFIER LIMIT_MODIFIER LIMIT_PERCENT_MODIFIER DISTINCT_MODIFIER ORDER_DEFAULT ASCENDING DESCENDING
		DECIMAL_TYPE_INFO LIST_TYPE_INFO STRUCT_TYPE_INFO`)

	// below are the keys under which the walk goes on. What the author wrote stands
	// there as a text or a number: names, values. query_location and the sizes of
	// types are the parser's numbers.
	below = set(`aggregates alias aliases arg_orders case_checks cast_type child child_type child_types children column column_name_alias column_names
		condition cte_name default_expr distinct_on_targets else_expr end_expr entries exclude_list expected_names expr expression filter filter_expr first
		from_table function group_expressions groups having input key left lhs limit lower modifiers name node offset offset_expr order_bys orders partitions
		pivot_expressions pivots qualified_exclude_list qualify query query_location relation_name rename_list replace_list right sample_size
		scale second seed select_list size source star_expr start_expr subquery table then_expr type_info unpivot_names upper using_columns
		value values when_expr where_clause width`)
	// flags may be true or false.
	flags = set(`columns distinct ignore_nulls include_nulls is_null is_operator is_percentage setop_all try_cast union_all`)
	// unsaid are the keys that must say nothing: time travel, parameters, export of
	// states, keys of recursion, and what no parser fills in.
	unsaid = set(`at_clause delim_flipped duplicate_eliminated_columns expected_types export_state extension_info key_targets named_param_map pivot_enum`)
)

const (
	comparisons = `COMPARE_EQUAL COMPARE_NOTEQUAL COMPARE_LESSTHAN COMPARE_GREATERTHAN COMPARE_LESSTHANOREQUALTO COMPARE_GREATERTHANOREQUALTO
		COMPARE_DISTINCT_FROM COMPARE_NOT_DISTINCT_FROM`
	frameBounds = `UNBOUNDED_PRECEDING UNBOUNDED_FOLLOWING CURRENT_ROW_RANGE CURRENT_ROW_ROWS CURRENT_ROW_GROUPS
		EXPR_PRECEDING_ROWS EXPR_FOLLOWING_ROWS EXPR_PRECEDING_RANGE EXPR_FOLLOWING_RANGE EXPR_PRECEDING_GROUPS EXPR_FOLLOWING_GROUPS`
)

func set(words string) map[string]bool {
	m := make(map[string]bool)
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}
