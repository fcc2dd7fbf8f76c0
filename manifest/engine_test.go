package manifest

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/duckdb/duckdb-go/v2"
)

// engine opens DuckDB with the settings of the query cell that bear on a plan.
func engine(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	run(t, db, "SET threads=2")
	run(t, db, "SET max_expression_depth=250")
	return db
}

func run(t testing.TB, db *sql.DB, text string) {
	t.Helper()
	if _, err := db.Exec(text); err != nil {
		t.Fatalf("%v\n%.300s", err, text)
	}
}

// query runs a statement and gives its rows, each value as text, NULL as ∅. It
// checks that the columns are those that the plan promised.
func (s Statement) query(t testing.TB, db *sql.DB) [][]string {
	t.Helper()
	var args []any
	for _, a := range s.Args {
		if a.Type == typeInteger {
			args = append(args, a.Int)
		} else {
			args = append(args, a.Text)
		}
	}
	rows, err := db.Query(s.SQL, args...)
	if err != nil {
		t.Fatalf("%v\n%s", err, s.SQL)
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range s.Columns {
		if types[i].Name() != c.Name || types[i].DatabaseTypeName() != engineType(c.Type) {
			t.Fatalf("column %d is %s %s, want %s %s", i, types[i].Name(), types[i].DatabaseTypeName(), c.Name, engineType(c.Type))
		}
	}
	var out [][]string
	for rows.Next() {
		values, ptrs := make([]any, len(types)), make([]any, len(types))
		for i := range values {
			ptrs[i] = &values[i]
		}
		if err := rows.Scan(ptrs...); err != nil {
			t.Fatal(err)
		}
		out = append(out, texts(values))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func texts(values []any) []string {
	out := make([]string, len(values))
	for i, v := range values {
		switch v := v.(type) {
		case nil:
			out[i] = "∅"
		case time.Time:
			out[i] = v.Format(time.DateOnly)
		case fmt.Stringer:
			out[i] = v.String()
		default:
			out[i] = fmt.Sprint(v)
		}
	}
	return out
}

// A little city, drawn at random. Pointers are values that may be missing.
type claim struct {
	person   int64
	district *string
	hospital string
	date     *time.Time
	cost     *int64 // fen
	days     *int64
	urgent   *bool
}

type resident struct {
	person int64
	birth  time.Time
	sex    string
}

type hospital struct {
	code       string
	enterprise int64
	grade      int64
}

type town struct {
	claims    []claim
	residents []resident
	hospitals []hospital
}

func draw(r *rand.Rand) town {
	var c town
	for p := int64(1); p <= 60; p++ {
		birth := time.Date(1930+r.IntN(90), time.Month(1+r.IntN(12)), 1+r.IntN(28), 0, 0, 0, 0, time.UTC)
		if p%9 == 0 {
			birth = time.Date(1988, 2, 29, 0, 0, 0, 0, time.UTC)
		}
		c.residents = append(c.residents, resident{p, birth, []string{"男", "女"}[r.IntN(2)]})
	}
	for i := range 8 {
		c.hospitals = append(c.hospitals, hospital{fmt.Sprintf("H%d", i), int64(1 + i/3), int64(1 + r.IntN(3))})
	}
	for range 400 {
		x := claim{person: int64(1 + r.IntN(70)), hospital: fmt.Sprintf("H%d", r.IntN(10))} // some of nobody, some elsewhere
		x.district = maybe(r, []string{"东区", "西区", "南'区", ""}[r.IntN(4)])
		x.date = maybe(r, time.Date(2023, time.Month(1+r.IntN(24)), 1+r.IntN(28), 0, 0, 0, 0, time.UTC))
		x.cost = maybe(r, int64(r.IntN(200000)-20000))
		x.days = maybe(r, int64(r.IntN(6)))
		x.urgent = maybe(r, r.IntN(2) == 0)
		c.claims = append(c.claims, x)
	}
	return c
}

func maybe[T any](r *rand.Rand, v T) *T {
	if r.IntN(8) == 0 {
		return nil
	}
	return &v
}

// literal writes a value for the INSERTs of these tests.
func literal(v any) string {
	switch v := v.(type) {
	case *string:
		if v != nil {
			return quoteText(*v)
		}
	case *time.Time:
		if v != nil {
			return quoteText(v.Format(time.DateOnly))
		}
	case *int64:
		if v != nil {
			return fmt.Sprint(*v)
		}
	case *bool:
		if v != nil {
			return fmt.Sprint(*v)
		}
	}
	return "NULL"
}

func (c town) load(t testing.TB, db *sql.DB) {
	run(t, db, `CREATE TABLE claims(person VARCHAR, district VARCHAR, icd_chapter VARCHAR, visit_date DATE, admitted TIMESTAMPTZ, hospital VARCHAR,
		cost DECIMAL(12,2), days BIGINT, weight DOUBLE, urgent BOOLEAN, "列 名" VARCHAR, __subject_person BIGINT)`)
	run(t, db, `CREATE TABLE population(person VARCHAR, birth DATE, sex VARCHAR, district VARCHAR, income DECIMAL(14,2), __subject_person BIGINT)`)
	run(t, db, `CREATE TABLE hospitals(code VARCHAR, hospital VARCHAR, number BIGINT, enterprise VARCHAR, grade BIGINT, beds BIGINT, __subject_enterprise BIGINT)`)
	var rows []string
	for _, x := range c.claims {
		cost := "NULL"
		if x.cost != nil {
			cost = fmt.Sprintf("%d * 0.01::DECIMAL(12,2)", *x.cost)
		}
		rows = append(rows, fmt.Sprintf("('p%d',%s,'I%d',%s,'2024-01-01T00:00:00+08:00','%s',%s,%s,0.1,%s,NULL,%d)",
			x.person, literal(x.district), x.person%3, literal(x.date), x.hospital, cost, literal(x.days), literal(x.urgent), x.person))
	}
	run(t, db, "INSERT INTO claims VALUES "+strings.Join(rows, ","))
	rows = nil
	for _, x := range c.residents {
		rows = append(rows, fmt.Sprintf("('p%d','%s','%s',NULL,NULL,%d)", x.person, x.birth.Format(time.DateOnly), x.sex, x.person))
	}
	run(t, db, "INSERT INTO population VALUES "+strings.Join(rows, ","))
	rows = nil
	for i, x := range c.hospitals {
		rows = append(rows, fmt.Sprintf("('%s','%s',%d,'e',%d,%d,%d)", x.code, x.code, i, x.grade, 10*i, x.enterprise))
	}
	run(t, db, "INSERT INTO hospitals VALUES "+strings.Join(rows, ","))
}

// flat is one joined row as a recount sees it.
type flat struct {
	key    string
	units  []int64
	value  *int64 // in the measure's smallest unit
	truth  *bool
	within bool // where
}

// recount is the evidence of one unit, counted the plain way.
type recount struct {
	rows, withValue int64
	distinct        map[int64]bool
	each            map[int64]*int64 // sum per subject with a value
	hits, misses    int64
	hitters         map[int64]bool
	missers         map[int64]bool
}

func count(rows []flat, unit int) map[string]*recount {
	out := map[string]*recount{}
	for _, f := range rows {
		if !f.within {
			continue
		}
		c := out[f.key]
		if c == nil {
			c = &recount{distinct: map[int64]bool{}, each: map[int64]*int64{}, hitters: map[int64]bool{}, missers: map[int64]bool{}}
			out[f.key] = c
		}
		c.add(f, f.units[unit])
	}
	return out
}

func (c *recount) add(f flat, subject int64) {
	c.rows++
	c.distinct[subject] = true
	if f.value != nil {
		if c.withValue++; c.each[subject] == nil {
			c.each[subject] = new(int64)
		}
		*c.each[subject] += *f.value
	}
	if f.truth != nil && *f.truth {
		c.hits++
		c.hitters[subject] = true
	} else if f.truth != nil {
		c.misses++
		c.missers[subject] = true
	}
}

// largest gives sum, two largest and total by absolute value, and how many are
// not zero.
func (c *recount) largest() (sum, first, second, total, nonzero int64) {
	var abs []int64
	for _, v := range c.each {
		sum += *v
		abs = append(abs, max(*v, -*v))
		if *v != 0 {
			nonzero++
		}
	}
	slices.Sort(abs)
	for _, v := range abs {
		total += v
	}
	if n := len(abs); n > 0 {
		first = abs[n-1]
	}
	if n := len(abs); n > 1 {
		second = abs[n-2]
	}
	return
}

func fen(v int64) string { // as the driver prints DECIMAL(18,2)
	sign := ""
	if v < 0 {
		sign, v = "-", -v
	}
	s := fmt.Sprintf("%s%d.%02d", sign, v/100, v%100)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}
