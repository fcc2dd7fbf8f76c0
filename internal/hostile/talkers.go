package hostile

import (
	"bytes"
	"encoding/binary"
	"math"

	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
)

// What the tests let a guest say: items, bytes of one, bytes of log.
const (
	MaxItems     = 4
	MaxItemBytes = 4096
	MaxLog       = 8192
)

// Talkers lists guests that say more than they may, or what is no answer.
func Talkers() []Module {
	say := func(name string, want Outcome, frame []byte, run ...[]byte) Module {
		return Module{Name: name, Outcome: want, Wasm: guest{calls: []string{callEmit, callLog}, data: layout(frame), run: Cat(run...)}.module()}
	}
	one := table(1)
	emit := func(frame []byte) []byte { return Cat(i32(outAt, 3, frameAt, uint32(len(frame))), call(0)) }
	as := func(name string, want Outcome, frame []byte) Module { return say(name, want, frame, emit(frame)) }
	drop := []byte{opDrop}
	line := Cat(i32(textAt, 10), call(1))
	return []Module{
		as("one item", Fine, one),
		say("as many items as it may", Fine, one, Cat(repeat(MaxItems-1, Cat(emit(one), drop))...), emit(one)),
		say("items without end", Over, one, forever(emit(one), drop), i32(0)),
		as("an item that is too large", Over, table(MaxItemBytes/8)),
		say("an item of no output", Output, one, i32(outAt, 2, frameAt, uint32(len(one))), call(0)),
		say("an item of no name", Output, one, i32(outAt, 0, frameAt, uint32(len(one))), call(0)),
		as("nothing as an item", Output, nil),
		as("half an item", Output, one[:len(one)/2]),
		as("an item and a byte", Output, append(bytes.Clone(one), 0)),
		as("an item of another magic", Output, patched(one, 0, "YBF2")),
		as("2⁶⁴−1 rows", Output, patched(one, 8, "\xff\xff\xff\xff\xff\xff\xff\xff")),
		as("2³²−1 columns", Output, patched(one, 4, "\xff\xff\xff\xff")),
		as("a column at another place", Output, patched(one, 32+8, "\x00")),
		as("a NaN with a payload", Output, double(0x7ff8000000000001)),
		as("a NaN that signals", Output, double(0x7ff0000000000001)),
		as("a negative NaN", Output, double(0xfff8000000000000)),
		as("the one NaN", Fine, double(math.Float64bits(math.NaN())&^1)),
		as("text that is not UTF-8", Output, text("\xff")),
		say("a name and a frame that overlap", Output, one, i32(frameAt, 3, frameAt, uint32(len(one))), call(0)),
		say("log without end", Over, one, forever(line, drop), i32(0)),
		say("log until it is full", Fine, one, []byte{opLoop, noType}, line, []byte{opI32Eqz, opBrIf, 0, opEnd}, i32(0)),
		say("one line larger than the log", Fine, one, i32(0, 1<<16), call(1), i32(8), []byte{opI32Add}), // −8
		{Name: "more log than the parent takes", Outcome: KilledOutput, Log: 64 << 20, Wasm: guest{
			calls: []string{callLog}, pages: 64, run: Cat(forever(i32(0, 1<<20), call(0), drop), i32(0))}.module()},
		{Name: "calls of the host without end", Outcome: Over, Wasm: guest{calls: []string{callInputs}, run: Cat(forever(call(0), drop), i32(0))}.module()},
		{Name: "queries until they are refused", Outcome: Fine, SQL: true, Wasm: queries("select 1\x00")},
		{Name: "queries that read files", Outcome: Fine, SQL: true, Wasm: queries("select * from read_csv('/etc/passwd')")},
		{Name: "queries that never end", Outcome: KilledTime, SQL: true, Wasm: queries("select sum(a.n * b.n * c.n * d.n) from v a, v b, v c, v d, v e, v f, v g, v h, v i, v j")},
	}
}

// queries runs a statement until the answer is −8: no query is left.
func queries(sql string) []byte {
	return guest{calls: []string{callQuery}, data: []byte(sql), run: Cat(
		[]byte{opLoop, noType}, i32(0, uint32(len(sql))), call(0), []byte{opI32Const, 0x78, opI32Ne, opBrIf, 0, opEnd}, i32(0))}.module()
}

// table is a frame of so many rows of integers.
func table(rows int) []byte {
	return encode(rows, abi.Column{Name: "n", Type: coltype.Type{Kind: coltype.Integer}, Ints: make([]int64, rows)})
}

// double is a frame of one double of these bits.
func double(bits uint64) []byte {
	mark := math.Float64bits(1234.5)
	b := encode(1, abi.Column{Name: "d", Type: coltype.Type{Kind: coltype.Double}, Floats: []float64{math.Float64frombits(mark)}})
	return bytes.Replace(b, binary.LittleEndian.AppendUint64(nil, mark), binary.LittleEndian.AppendUint64(nil, bits), 1)
}

// text is a frame of one text, of as many bytes as the mark that it replaces.
func text(s string) []byte {
	b := encode(1, abi.Column{Name: "s", Type: coltype.Type{Kind: coltype.Text}, Offsets: []uint32{0, 1}, Bytes: []byte("!")})
	return bytes.Replace(b, []byte("!"), []byte(s), 1)
}

func patched(frame []byte, at int, s string) []byte {
	b := bytes.Clone(frame)
	copy(b[at:], s)
	return b
}

// encode writes a frame. What is wrong with one is put in afterwards.
func encode(rows int, c abi.Column) []byte {
	b, err := abi.Encode(nil, &abi.Frame{Rows: rows, Columns: []abi.Column{c}})
	if err != nil {
		panic(err) // the frames here are right
	}
	return b
}
