// Command gomap is a mapping in Go: the number of a subject's rows, the sum of their
// days, and how many subjects this instance has met.
//
//go:build wasip1

package main

import (
	"errors"

	yingbi "yingbi/guest/go"
)

func main() {}

//go:wasmexport yb_map
func run() int32 { return yingbi.Map(one) }

var met int64

func one(s *yingbi.Subject) error {
	met++
	in, err := s.Input("stays")
	if err != nil {
		return err
	}
	rows, days := int64(0), int64(0)
	err = in.Each(func(f *yingbi.Frame) error {
		rows += int64(f.Rows)
		for _, d := range f.Column("days").Ints() {
			days += d
		}
		return nil
	})
	if s.Record(3, 0) == nil || s.Record(0, -1) == nil {
		return errors.New("a record took what it must not")
	}
	return errors.Join(err, s.Record(0, rows), s.Record(1, days), s.Record(2, met))
}
