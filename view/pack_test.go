package view

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"yingbi/internal/coltype"
	"yingbi/table"
)

// everyColumn gives columns of every type and of awkward ranges for the rows from
// first on. Each third row but in the first column is null in some of them.
func everyColumn(first, rows int) (fields []table.Field, columns []arrow.Array) {
	const null = array.NullValueStr
	kind := func(k coltype.Kind) coltype.Type { return coltype.Type{Kind: k} }
	for i, c := range []struct {
		t  coltype.Type
		of func(i int) string
	}{
		{kind(coltype.Integer), strconv.Itoa},
		{kind(coltype.Integer), func(i int) string {
			return []string{strconv.Itoa(math.MaxInt64), strconv.Itoa(math.MinInt64), "0", null}[i%4]
		}},
		{kind(coltype.Integer), func(int) string { return "-7" }},
		{kind(coltype.Integer), func(int) string { return null }},
		{kind(coltype.Integer), func(i int) string { return strconv.Itoa(1<<40 + i%250) }},
		{coltype.Type{Kind: coltype.Decimal, Precision: 18, Scale: 2}, func(i int) string { return fmt.Sprintf("%d.%02d", i-50, i%100) }},
		{kind(coltype.Double), func(i int) string { return []string{"NaN", "-0.5", null, "1e300", "+Inf"}[i%5] }},
		{kind(coltype.Date), func(i int) string { return fmt.Sprintf("2024-%02d-%02d", 1+i%12, 1+i%28) }},
		{kind(coltype.Timestamp), func(i int) string { return fmt.Sprintf("20%02d-01-01 00:00:00.%06dZ", i%100, i) }},
		{kind(coltype.Boolean), func(i int) string { return []string{"true", "false", null}[i%3] }},
		{kind(coltype.Text), func(i int) string { return strings.Repeat("影", i%90) }},
		{kind(coltype.Text), func(i int) string { return fmt.Sprintf("%020d", i) }},
		{kind(coltype.Text), func(i int) string { return []string{"", "x", null, strings.Repeat("long ", 60)}[i%4] }},
		{kind(coltype.Text), func(int) string { return "" }},
		{kind(coltype.Text), func(int) string { return null }},
	} {
		b := array.NewBuilder(memory.DefaultAllocator, table.ArrowType(c.t))
		b.AppendNull() // so that the column begins in the middle of its buffers
		for row := first; row < first+rows; row++ {
			if err := b.AppendValueFromString(c.of(row)); err != nil {
				panic(err)
			}
		}
		fields = append(fields, table.Field{Name: fmt.Sprint("c", i), Type: c.t})
		columns = append(columns, array.NewSlice(b.NewArray(), 1, int64(rows)+1))
	}
	return fields, columns
}

// inWords gives a text column as masking does: words behind each other, in an order
// that depends on the rows before.
func inWords(texts arrow.Array, words []string) (arrow.Array, []string) {
	b := array.NewInt32Builder(memory.DefaultAllocator)
	for i := range texts.Len() {
		if texts.IsNull(i) {
			b.AppendNull()
			continue
		}
		at := slices.Index(words, texts.ValueStr(i))
		if at < 0 {
			at, words = len(words), append(words, texts.ValueStr(i))
		}
		b.Append(int32(at))
	}
	dictionary := array.NewStringBuilder(memory.DefaultAllocator)
	dictionary.AppendValues(words, nil)
	t := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	return array.NewDictionaryArray(t, b.NewArray(), dictionary.NewArray()), words
}

// rowsOf spells the rows of some columns.
func rowsOf(columns []arrow.Array) []string {
	var out []string
	for i := range columns[0].Len() {
		row := ""
		for _, c := range columns {
			row += "|" + c.ValueStr(i)
		}
		out = append(out, row)
	}
	return out
}

// What is packed comes out once, in the order of its places, whatever of it went to
// disk and whichever texts came as words.
func TestPackAndUnpack(t *testing.T) {
	home := newHome(t, 1)
	for name, c := range map[string]struct {
		batches []int
		buckets int64
		memory  int64
		worded  int // of each so many batches one is plain
	}{
		"one row":           {[]int{1}, 1, 1 << 20, 1},
		"nothing":           {nil, 3, 1 << 20, 1},
		"in memory":         {[]int{500, 300}, 3, 1 << 20, 1},
		"on disk":           {[]int{500, 300, 7}, 3, 0, 1},
		"partly on disk":    {[]int{500, 300, 200, 100}, 4, 60_000, 1},
		"words":             {[]int{300, 300, 300}, 2, 1 << 20, math.MaxInt},
		"words and texts":   {[]int{300, 300, 300, 300}, 2, 0, 2},
		"more buckets":      {[]int{40, 50}, 64, 0, 3},
		"the last row left": {[]int{65}, 16, 0, 1},
	} {
		total := 0
		for _, n := range c.batches {
			total += n
		}
		fields, _ := everyColumn(0, 0)
		random, err := rowKeys(secretA, [32]byte{})
		if err != nil {
			t.Fatal(err)
		}
		words := &vocabularies{columns: make([]*array.String, len(fields))}
		pile := newPile(home.compartment, c.buckets, c.memory)
		var want []string
		known := make([][]string, len(fields))
		p := newPacker(c.buckets, words)
		for i, n := range c.batches {
			_, columns := everyColumn(len(want), n)
			first := len(want)
			want = append(want, rowsOf(columns)...)
			for j := range columns {
				if fields[j].Type.Kind == coltype.Text && i%c.worded != 0 {
					columns[j], known[j] = inWords(columns[j], known[j])
				}
			}
			keys := p.room(int64(n))
			random.Fill(keys, uint64(first))
			batch, err := p.pack(columns, keys, int64(first))
			if err == nil {
				err = pile.add(batch)
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		u := &unpacker{schema: table.Schema(fields...)}
		for _, w := range words.columns {
			u.words = append(u.words, vocabularyOf(w))
		}
		at := placesOf(t, secretA, 0, 0, total, c.buckets)
		var got []string
		for bucket := range c.buckets {
			rows, err := u.unpack(pile, bucket)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			got = append(got, rowsOf(rows.Columns())...)
		}
		ordered := make([]int, total)
		for i := range ordered {
			ordered[i] = i
		}
		slices.SortStableFunc(ordered, func(a, b int) int {
			return cmp.Or(cmp.Compare(at[a].bucket, at[b].bucket), cmp.Compare(at[a].rest, at[b].rest))
		})
		if len(got) != total {
			t.Fatalf("%s: %d rows of %d", name, len(got), total)
		}
		for i, row := range ordered {
			if got[i] != want[row] {
				t.Fatalf("%s: row %d is %s, want %s", name, i, got[i], want[row])
			}
		}
		if spilled := pile.scratch != nil; spilled != (c.memory < 1<<20) {
			t.Errorf("%s: on disk = %v", name, spilled)
		}
		if err := pile.Close(); err != nil {
			t.Error(err)
		}
	}
}
