package guests

import (
	"bytes"
	"math"
	"testing"
	"unsafe"

	yingbi "yingbi/guest/go"
	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
)

// The SDK cannot import the host's package, so that it can be copied anywhere.
// Here both meet over the same bytes.

var roomy = abi.Limits{Bytes: 1 << 24, Rows: 1 << 20, Columns: 100}

// everything has each kind, with and without nulls.
func everything(rows int) *yingbi.Table {
	var t yingbi.Table
	ints, decimals, times := t.Integer("整数"), t.Decimal("d", 12, 2), t.Timestamp("t")
	floats, texts, dates, bools := t.Double("f"), t.Text("s"), t.Date("day"), t.Boolean("b")
	for i := range rows {
		ints.Append(math.MaxInt64 - int64(i))
		times.Append(int64(i) * 1e6)
		bools.Append(i%2 == 0)
		if i%3 == 1 {
			decimals.AppendNull()
			floats.AppendNull()
			texts.AppendNull()
			dates.AppendNull()
			continue
		}
		decimals.Append(int64(-i))
		floats.Append([]float64{math.Float64frombits(0xfff8000000000001), 1.5, math.Inf(-1)}[i%3])
		texts.Append("影壁"[:3*(i%3)])
		dates.Append(int32(i))
	}
	return &t
}

func TestTheHostReadsWhatTheSDKWrites(t *testing.T) {
	for _, rows := range []int{0, 1, 7, 8, 9, 1000} {
		b, err := everything(rows).Encode()
		if err != nil {
			t.Fatal(err)
		}
		f, err := abi.Decode(b, roomy)
		if err != nil || f.Rows != rows {
			t.Fatalf("%d rows: %v", rows, err)
		}
		if again, err := abi.Encode(nil, f); err != nil || !bytes.Equal(again, b) {
			t.Fatalf("%d rows: the host writes it in another way (%v)", rows, err)
		}
	}
}

// same compares a column of the host with one of the SDK, value by value.
func same(h *abi.Column, s *yingbi.Column, rows int) bool {
	if h.Name != s.Name || byte(h.Type.Kind) != byte(s.Kind) || h.Type.Precision != s.Precision || h.Type.Scale != s.Scale {
		return false
	}
	for i := range rows {
		ok := h.IsNull(i) == s.IsNull(i)
		switch h.Type.Kind {
		case coltype.Text:
			ok = ok && string(h.TextAt(i)) == s.Text(i)
		case coltype.Double:
			ok = ok && math.Float64bits(h.Floats[i]) == math.Float64bits(s.Floats()[i])
		case coltype.Date:
			ok = ok && h.Days[i] == s.Dates()[i]
		case coltype.Boolean:
			ok = ok && h.Bools[i] == s.Bools()[i]
		default:
			ok = ok && h.Ints[i] == s.Ints()[i]
		}
		if !ok {
			return false
		}
	}
	return true
}

// FuzzTheSDKReadsWhatTheHostWrites gives both the same bytes: what the host takes
// for a frame, the SDK reads with the same values.
func FuzzTheSDKReadsWhatTheHostWrites(f *testing.F) {
	for _, rows := range []int{0, 1, 9} {
		b, err := everything(rows).Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		host, err := abi.Decode(b, roomy)
		if err != nil {
			return
		}
		words := make([]uint64, len(b)/8)
		moved := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), len(b))
		copy(moved, b)
		sdk, err := yingbi.ParseFrame(moved)
		if err != nil || sdk.Rows != host.Rows || len(sdk.Columns) != len(host.Columns) {
			t.Fatalf("the SDK: %v", err)
		}
		for i := range host.Columns {
			if !same(&host.Columns[i], &sdk.Columns[i], host.Rows) {
				t.Fatalf("column %d differs", i)
			}
		}
	})
}
