package table

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"yingbi/internal/fault"
)

// everything reads a file to its end, or to the first fault.
func everything(b []byte) error {
	r, err := NewReader(Source{bytes.NewReader(b), int64(len(b))}, nil)
	for err == nil {
		_, err = r.Next()
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// A file with one changed byte, here each third, is refused or read to its end;
// nothing panics.
func TestOneChangedByte(t *testing.T) {
	rec := toRecord(t, sample(0, 20, 3))
	b := write(t, rec.Schema(), rec)
	refused := 0
	for i := 0; i < len(b); i += 3 {
		x := []byte{1, 0xff}[i%2]
		b[i] ^= x
		if err := everything(b); err != nil {
			refused++
			if fault.KindOf(err) != fault.Integrity {
				t.Errorf("byte %d: %v", i, err)
			}
		}
		b[i] ^= x
	}
	if refused < len(b)/12 {
		t.Errorf("%d of %d changes are refused", refused, len(b)/3)
	}
}

// A source that fails is not a damaged file.
func TestSourceThatFails(t *testing.T) {
	gone := errors.New("the disk is gone")
	rec := toRecord(t, sample(0, 50, 3))
	b := write(t, rec.Schema(), rec)
	_, err := NewReader(Source{failing{gone}, int64(len(b))}, nil)
	if !errors.Is(err, gone) {
		t.Error(err)
	}
	if err := Project(io.Discard, []Source{{failing{gone}, int64(len(b))}}, nil); !errors.Is(err, gone) {
		t.Error(err)
	}
}

type failing struct{ err error }

func (f failing) ReadAt([]byte, int64) (int, error) { return 0, f.err }

// FuzzReader changes a few bytes of a file anywhere before its footer, which is
// where a page is damaged.
func FuzzReader(f *testing.F) {
	rec := toRecord(f, sample(0, 300, 3))
	file := write(f, rec.Schema(), rec)
	repeated := claims(f, 300, "district")
	second := write(f, repeated[0].Schema(), repeated...)
	f.Add(false, uint16(100), []byte{0, 1})
	f.Add(true, uint16(4), []byte{0xff})
	f.Fuzz(func(t *testing.T, dictionary bool, at uint16, change []byte) {
		b := bytes.Clone(file)
		if dictionary {
			b = bytes.Clone(second)
		}
		copy(b[min(int(at), len(b)):], change)
		if err := everything(b); err != nil && fault.KindOf(err) != fault.Integrity {
			t.Error(err)
		}
	})
}
