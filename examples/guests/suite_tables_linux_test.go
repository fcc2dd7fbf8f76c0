//go:build linux && cgo

package guests

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	yingbi "yingbi/guest/go"
)

// What the suite gives, and what it expects.

// named is a view of n and name, in which each name is rare or frequent.
func named(rows int) *yingbi.Table {
	var t yingbi.Table
	n, name := t.Integer("n"), t.Text("name")
	for i := range rows {
		n.Append(int64(i))
		name.Append([]string{"江北", "", "江", "z", "山里"}[(i*i)%5])
	}
	return &t
}

// part has the rows from at to end of a long table.
func part(at, end int) *yingbi.Table {
	var t yingbi.Table
	n, s := t.Integer("n"), t.Text("s")
	for i := at; i < end; i++ {
		n.Append(int64(i))
		if i%7 == 3 {
			s.AppendNull()
		} else {
			s.Append(strings.Repeat("行", i%4))
		}
	}
	return &t
}

func counted() *yingbi.Table {
	var t yingbi.Table
	name, c := t.Text("name"), t.Integer("c")
	// i² mod 5 is 0 for two of the first ten, 1 and 4 for four each.
	for _, row := range []struct {
		name string
		c    int64
	}{{"", 4}, {"山里", 4}, {"江北", 2}} {
		name.Append(row.name)
		c.Append(row.c)
	}
	return &t
}

func noNames() *yingbi.Table {
	var t yingbi.Table
	t.Text("name")
	return &t
}

func made() *yingbi.Table {
	var t yingbi.Table
	integer, decimal, double, text := t.Integer("整数"), t.Decimal("decimal", 18, 18), t.Double("double"), t.Text("text")
	date, timestamp, boolean, null := t.Date("date"), t.Timestamp("timestamp"), t.Boolean("boolean"), t.Integer("null")
	integer.Append(math.MinInt64)
	integer.Append(math.MaxInt64)
	integer.AppendNull()
	decimal.Append(-999_999_999_999_999_999)
	decimal.AppendNull()
	decimal.Append(999_999_999_999_999_999)
	for _, v := range []float64{math.NaN(), math.Copysign(0, -1), math.Inf(-1)} {
		double.Append(v)
	}
	text.Append("")
	text.AppendNull()
	text.Append("影壁 🏮")
	for _, day := range []time.Time{time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), time.Unix(0, 0)} {
		date.Append(int32(day.Unix() / 86400))
	}
	timestamp.Append(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro())
	timestamp.Append(time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC).UnixMicro())
	timestamp.AppendNull()
	boolean.Append(true)
	boolean.AppendNull()
	boolean.Append(false)
	for range 3 {
		null.AppendNull()
	}
	return &t
}

func bigTable(rows int64) *yingbi.Table {
	var t yingbi.Table
	n, s := t.Integer("n"), t.Text("s")
	for i := range rows {
		n.Append(i)
		s.Append(strconv.FormatInt(i*7919%1_000_003, 10))
	}
	return &t
}

func groups(rows int) *yingbi.Table {
	counts, sums := map[string]int64{}, map[string]int64{}
	f, err := yingbi.ParseFrame(mustEncode(named(rows)))
	if err != nil {
		panic(err)
	}
	for i := range f.Rows {
		name := strings.Clone(f.Column("name").Text(i))
		counts[name]++
		sums[name] += f.Column("n").Ints()[i]
	}
	var t yingbi.Table
	name, count, sum := t.Text("name"), t.Integer("rows"), t.Integer("sum")
	for _, key := range sorted(counts) {
		name.Append(key)
		count.Append(counts[key])
		sum.Append(sums[key])
	}
	return &t
}

func mustEncode(t *yingbi.Table) []byte {
	b, err := t.Encode()
	if err != nil {
		panic(err)
	}
	return b
}

// products are a × b / c that fit.
var products = [][3]int64{
	{5, 1, 2}, {7, 1, 2}, {-7, 1, 2}, {7, -1, -2}, {0, 5, -3}, {1, 1, 3}, {2, 1, 3}, {-2, 1, 3},
	{math.MaxInt64, 1000, 1000}, {math.MaxInt64, math.MaxInt64, math.MaxInt64}, {-math.MaxInt64, 999_999_999, 1_000_000_000},
	{math.MinInt64, 1, 2}, {1, math.MinInt64, 4}, {123_456_789_012_345_678, 987_654_321, 1_000_000_007}, {3, 5, math.MinInt64},
}

func factors() *yingbi.Table {
	var t yingbi.Table
	columns := []yingbi.Values[int64]{t.Integer("a"), t.Integer("b"), t.Integer("c")}
	for _, p := range products {
		for i, c := range columns {
			c.Append(p[i])
		}
	}
	return &t
}

// quotients computes in another way than the SDKs.
func quotients() *yingbi.Table {
	var t yingbi.Table
	q, text := t.Integer("q"), t.Text("text")
	for _, p := range products {
		exact := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(p[0]), big.NewInt(p[1])), big.NewInt(p[2]))
		floor := new(big.Int).Div(exact.Num(), exact.Denom())
		half := new(big.Rat).Sub(exact, new(big.Rat).SetInt(floor)).Cmp(big.NewRat(1, 2))
		if half > 0 || half == 0 && floor.Bit(0) == 1 {
			floor.Add(floor, big.NewInt(1))
		}
		q.Append(floor.Int64())
		text.Append(new(big.Rat).SetFrac64(p[0], 10_000).FloatString(4))
	}
	return &t
}

// codes are the answers to every mistake, docs/GUEST-ABI.md.
func codes() *yingbi.Table {
	var t yingbi.Table
	call, code := t.Text("call"), t.Integer("code")
	for _, row := range []struct {
		call string
		code int64
	}{
		{"kind of none", -1}, {"kind of -1", -1}, {"name of none", -1}, {"next of none", -1}, {"read of none", -1}, {"rewind of none", -1},
		{"name in one byte", -3}, {"name outside", -2}, {"read unasked", -4}, {"next twice", 0}, {"read in too little", -3}, {"read outside", -2},
		{"read", 0}, {"read twice", -4}, {"query", -5}, {"emit outside", -2}, {"log outside", -2}, {"log too long", -8}, {"record", -5},
	} {
		call.Append(row.call)
		code.Append(row.code)
	}
	return &t
}
