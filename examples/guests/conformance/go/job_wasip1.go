package main

import (
	"errors"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	yingbi "yingbi/guest/go"
)

//go:wasmexport yb_run
func run() int32 { return yingbi.Run(job) }

// job does what the first row of the input attempt says.
func job(j *yingbi.Job) error {
	attempt, err := first(j, "attempt")
	if err != nil {
		return err
	}
	switch what := attempt.Column("what"); what.Text(0) {
	case "echo":
		return echoAll(j)
	case "query":
		for i := 1; i < attempt.Rows; i++ {
			answer, err := j.Query(what.Text(i))
			var code yingbi.Error
			if errors.As(err, &code) {
				j.Log("code " + strconv.Itoa(int(code)))
			} else if err = echo(j, answer); err != nil {
				return err
			}
		}
	case "made":
		return j.Emit("out", made())
	case "big":
		return j.Emit("out", big(attempt.Column("n").Ints()[0]))
	case "group":
		return group(j)
	case "decimals":
		return decimals(j)
	case "codes":
		return codes(j)
	case "fail":
		return errors.New("a deliberate failure")
	case "panic":
		panic("a deliberate panic")
	case "hungry":
		var kept [][]byte
		for {
			kept = append(kept, slices.Repeat([]byte{1}, 1<<20))
		}
	}
	return nil
}

// first reads the only frame of an input.
func first(j *yingbi.Job, name string) (*yingbi.Frame, error) {
	in, err := j.Input(name)
	if err != nil {
		return nil, err
	}
	return in.Next()
}

func echoAll(j *yingbi.Job) error {
	inputs, err := j.Inputs()
	if err != nil {
		return err
	}
	for _, in := range inputs {
		if in.Name != "attempt" {
			if err := echo(j, in); err != nil {
				return err
			}
		}
	}
	return nil
}

// echo emits each frame as it read it, and reads the input again.
func echo(j *yingbi.Job, in *yingbi.Input) error {
	frames, rows, again := 0, 0, 0
	if err := in.Each(func(f *yingbi.Frame) error {
		frames, rows = frames+1, rows+f.Rows
		return j.Emit("out", copied(f))
	}); err != nil {
		return err
	}
	if err := in.Each(func(*yingbi.Frame) error { again++; return nil }); err != nil {
		return err
	}
	j.Log(in.Name + " " + strconv.Itoa(int(in.Kind)) + ": " + strconv.Itoa(frames) + " frames, " + strconv.Itoa(rows) + " rows, again " + strconv.Itoa(again))
	return nil
}

func copied(f *yingbi.Frame) *yingbi.Table {
	var t yingbi.Table
	for i := range f.Columns {
		switch c := &f.Columns[i]; c.Kind {
		case yingbi.Integer:
			fill(c, f.Rows, t.Integer(c.Name), func(i int) int64 { return c.Ints()[i] })
		case yingbi.Decimal:
			fill(c, f.Rows, t.Decimal(c.Name, c.Precision, c.Scale), func(i int) int64 { return c.Ints()[i] })
		case yingbi.Timestamp:
			fill(c, f.Rows, t.Timestamp(c.Name), func(i int) int64 { return c.Ints()[i] })
		case yingbi.Double:
			fill(c, f.Rows, t.Double(c.Name), func(i int) float64 { return c.Floats()[i] })
		case yingbi.Text:
			fill(c, f.Rows, t.Text(c.Name), c.Text)
		case yingbi.Date:
			fill(c, f.Rows, t.Date(c.Name), func(i int) int32 { return c.Dates()[i] })
		case yingbi.Boolean:
			fill(c, f.Rows, t.Boolean(c.Name), func(i int) bool { return c.Bools()[i] == 1 })
		}
	}
	return &t
}

func fill[T any](c *yingbi.Column, rows int, to yingbi.Values[T], value func(int) T) {
	for i := range rows {
		if c.IsNull(i) {
			to.AppendNull()
			continue
		}
		to.Append(value(i))
	}
}

// made is a table of what is easily written wrong.
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
	double.Append(math.Float64frombits(0xfff8000000000001))
	double.Append(math.Copysign(0, -1))
	double.Append(math.Inf(-1))
	text.Append("")
	text.AppendNull()
	text.Append("影壁 🏮")
	date.Append(-719162)
	date.Append(2932896)
	date.Append(0)
	timestamp.Append(-62135596800000000)
	timestamp.Append(253402300799999999)
	timestamp.AppendNull()
	boolean.Append(true)
	boolean.AppendNull()
	boolean.Append(false)
	for range 3 {
		null.AppendNull()
	}
	return &t
}

func big(rows int64) *yingbi.Table {
	var t yingbi.Table
	n, s := t.Integer("n"), t.Text("s")
	for i := range rows {
		n.Append(i)
		s.Append(strconv.FormatInt(i*7919%1_000_003, 10))
	}
	return &t
}

// group counts and sums the rows of each name, in the order of the names' bytes.
func group(j *yingbi.Job) error {
	in, err := j.Input("rows")
	if err != nil {
		return err
	}
	counts, sums := map[string]int64{}, map[string]int64{}
	if err := in.Each(func(f *yingbi.Frame) error {
		name, n := f.Column("name"), f.Column("n")
		for i := range f.Rows {
			key := strings.Clone(name.Text(i))
			counts[key]++
			sums[key] += n.Ints()[i]
		}
		return nil
	}); err != nil {
		return err
	}
	var t yingbi.Table
	name, rows, sum := t.Text("name"), t.Integer("rows"), t.Integer("sum")
	for _, key := range slices.Sorted(maps.Keys(counts)) {
		name.Append(key)
		rows.Append(counts[key])
		sum.Append(sums[key])
	}
	return j.Emit("out", &t)
}

func decimals(j *yingbi.Job) error {
	f, err := first(j, "decimals")
	if err != nil {
		return err
	}
	var t yingbi.Table
	q, text := t.Integer("q"), t.Text("text")
	for i := range f.Rows {
		a, b, c := f.Column("a").Ints()[i], f.Column("b").Ints()[i], f.Column("c").Ints()[i]
		v, err := yingbi.MulDiv(a, b, c)
		if err != nil {
			return err
		}
		if again, err := yingbi.ParseDecimal(yingbi.FormatDecimal(v, 2), 2); err != nil || again != v {
			return errors.New("a decimal was read as another")
		}
		q.Append(v)
		text.Append(yingbi.FormatDecimal(a, 4))
	}
	return j.Emit("out", &t)
}
