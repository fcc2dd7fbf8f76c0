package thrift

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
)

// header writes a PageHeader: type, both sizes, and in the structure of that field
// what numbers says, from field 1 on, each an i32.
func header(kind, size, stored int64, field byte, numbers ...int64) []byte {
	var b []byte
	for _, v := range []int64{kind, size, stored} {
		b = binary.AppendVarint(append(b, 0x15), v)
	}
	b = append(b, (field-3)<<4|byte(Struct))
	for _, v := range numbers {
		b = binary.AppendVarint(append(b, 0x15), v)
	}
	return append(b, byte(Stop), byte(Stop))
}

func TestReadPageHeader(t *testing.T) {
	second := header(3, 100, 60, 8, 7, 1, 7, 8, 20, 4)
	plain := append(bytes.Clone(second[:len(second)-2]), 0x12, byte(Stop), byte(Stop)) // field 7 is false
	for name, c := range map[string]struct {
		b    []byte
		want PageHeader
		ok   bool
	}{
		"data":                     {header(0, 100, 60, 5, 7, 5, 3, 3), PageHeader{Size: 100, Stored: 60, Values: 7, Encoding: 5}, true},
		"dictionary":               {header(2, 100, 60, 7, 7, 0), PageHeader{Type: DictionaryPage, Size: 100, Stored: 60, Values: 7}, true},
		"data 2":                   {second, PageHeader{Type: DataPage2, Size: 100, Stored: 60, Values: 7, Encoding: 8, Levels: 24}, true},
		"data 2, not compressed":   {plain, PageHeader{Type: DataPage2, Size: 100, Stored: 60, Values: 7, Encoding: 8, Levels: 24, Plain: true}, true},
		"a field nobody asks for":  {append([]byte{0x98, 0x03, 'a', 'b', 'c', 0x05, 0x02}, header(0, 9, 9, 5, 7)[1:]...), PageHeader{Size: 9, Stored: 9, Values: 7}, true},
		"a field of another type":  {[]byte{0x16, 0x04, 0x00}, PageHeader{}, true}, // an i64, which the library skips
		"levels of more than all":  {header(3, 100, 20, 8, 7, 1, 7, 8, 20, 4), PageHeader{}, false},
		"a negative size":          {header(0, -1, 60, 5, 7), PageHeader{}, false},
		"more than 32 bits":        {header(0, 1<<32, 60, 5, 7), PageHeader{}, false},
		"a negative number":        {header(0, 100, 60, 5, -7), PageHeader{}, false},
		"nested without end":       {bytes.Repeat([]byte{0x1c}, 1000), PageHeader{}, false},
		"a list of lists too deep": {append([]byte{0x19}, bytes.Repeat([]byte{0x19}, 1000)...), PageHeader{}, false},
		"nothing":                  {nil, PageHeader{}, false},
	} {
		b := append(bytes.Clone(c.b), "behind it"...)
		if !c.ok {
			b = c.b
		}
		h, n, ok := ReadPageHeader(b)
		if ok != c.ok || ok && (h != c.want || n != len(c.b)) {
			t.Errorf("%s: %+v, %d of %d bytes, %v", name, h, n, len(c.b), ok)
		}
		for cut := range len(c.b) {
			if _, _, ok := ReadPageHeader(c.b[:cut]); ok {
				t.Errorf("%s: the first %d of %d bytes pass", name, cut, len(c.b))
			}
		}
	}
}

// Each type of value is stepped over, also as an element.
func TestFieldsSkip(t *testing.T) {
	values := map[Kind]string{
		Byte: "\x07", I32: "\xff\xff\x03", Double: "12345678", Binary: "\x03abc", Set: "\x28\x01a\x01b",
		List: "\x21\x01\x02", Map: "\x02\x35\x07\x02\x08\x04", Struct: "\x15\x02\x00",
	}
	for kind, value := range values {
		for name, b := range map[string]string{
			"field":   string([]byte{0x10 | byte(kind)}) + value,
			"element": string([]byte{0x19, 0x20 | byte(kind)}) + value + value,
		} {
			r, last := New([]byte(b+"\x15\x54\x00")), int64(0)
			r.Fields(func(id int16, kind Kind) {
				if id == 2 {
					last = r.Int()
				}
			})
			if r.Bad() || last != 42 || r.Offset() != len(b)+3 {
				t.Errorf("%s of type %d: bad %v, then %d, %d of %d bytes", name, kind, r.Bad(), last, r.Offset(), len(b)+3)
			}
		}
	}
	r, truths := New([]byte("\x11\x12\x00")), 0
	r.Fields(func(id int16, kind Kind) { truths++ })
	if r.Bad() || truths != 2 {
		t.Errorf("truths: %d", truths)
	}
}

// A list cannot claim more elements than there are bytes.
func TestListOfMoreThanThereIs(t *testing.T) {
	for _, b := range []string{"\x19\xfc\xff\xff\xff\xff\x07", "\x1b\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x55", "\x18\xff\xff\xff\xff\x0f", strings.Repeat("\x19", 40)} {
		r := New([]byte(b))
		if r.Fields(nil); !r.Bad() {
			t.Errorf("%x passes", b)
		}
	}
}

// Any bytes are walked to their end or found bad, and what is accepted is the same
// with more bytes behind it.
func FuzzThrift(f *testing.F) {
	f.Add(header(0, 100, 60, 5, 7, 5, 3, 3))
	f.Add(header(2, 100, 60, 7, 7, 0))
	f.Add(header(3, 100, 60, 8, 7, 1, 7, 8, 20, 4))
	f.Add([]byte("\x19\x2c\x15\x02\x00\x15\x02\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := New(b)
		if r.Fields(nil); r.Offset() > len(b) || !r.Bad() && r.Offset() == 0 {
			t.Fatalf("%x: %d of %d bytes", b, r.Offset(), len(b))
		}
		h, n, ok := ReadPageHeader(b)
		if !ok {
			return
		}
		if n > len(b) || n == 0 || min(h.Size, h.Stored, h.Values) < 0 || h.Levels > h.Stored {
			t.Fatalf("%x: %+v in %d bytes", b, h, n)
		}
		if again, m, ok := ReadPageHeader(append(bytes.Clone(b[:n]), 0xff)); !ok || again != h || m != n {
			t.Fatalf("%x: %+v, then %+v", b, h, again)
		}
	})
}
