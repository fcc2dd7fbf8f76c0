package main

import (
	"errors"
	"unsafe"

	yingbi "yingbi/guest/go"
)

//go:wasmexport yb_map
func runMap() int32 { return yingbi.Map(one) }

// turns counts the subjects that this instance has served.
var turns int64

// one does what the first row of the subject says.
func one(s *yingbi.Subject) error {
	turns++
	rows, err := s.Input("rows")
	if err != nil {
		return err
	}
	f, err := rows.Next()
	if err != nil || f.Rows == 0 {
		return err
	}
	switch f.Column("what").Text(0) {
	case "sum":
		return sum(s, f)
	case "bounds":
		codes := int64(-record(9, 0)) + int64(-record(-1, 0))*10 + int64(-record(0, -1))*100 + int64(-record(0, 1_000_001))*1000
		return s.Record(0, codes)
	case "denied":
		at := uint32(uintptr(unsafe.Pointer(&buffer)))
		return s.Record(0, int64(-query(at, 1))*10+int64(-emit(at, 1, at, 1)))
	case "turn":
		return s.Record(0, turns)
	case "half":
		if err := s.Record(0, 1); err != nil {
			return err
		}
		return errors.New("a deliberate failure")
	case "panic":
		panic("a deliberate panic")
	}
	return nil // "nothing"
}

// sum records the sum of n, the rows, and those of the other input.
func sum(s *yingbi.Subject, f *yingbi.Frame) error {
	total, n := int64(0), f.Column("n")
	for i := range f.Rows {
		total += n.Ints()[i]
	}
	other, err := s.Input("other")
	if err != nil {
		return err
	}
	rows := 0
	if err := other.Each(func(o *yingbi.Frame) error { rows += o.Rows; return nil }); err != nil {
		return err
	}
	return errors.Join(s.Record(0, total), s.Record(1, int64(f.Rows)), s.Record(2, int64(rows)))
}
