package yingbi

import (
	"errors"
	"maps"
	"slices"
	"testing"
)

// TestTryMap maps a subject with rows, one without, and one that fails.
func TestTryMap(t *testing.T) {
	sum := func(s *Subject) error {
		inputs, err := s.Inputs()
		if err != nil || len(inputs) != 1 || inputs[0].Kind != Rows {
			return errors.New("not the one input")
		}
		in, err := s.Input("stays")
		if err != nil {
			return err
		}
		total := int64(0)
		err = in.Each(func(f *Frame) error {
			for _, d := range f.Column("days").Ints() {
				total += d
			}
			return nil
		})
		if total > 100 {
			return errors.New("too long")
		}
		s.Log("mapped")
		return errors.Join(err, s.Record(1, total))
	}
	for _, c := range []struct {
		days []int64
		want map[int]int64
		log  []string
	}{{[]int64{3, 4}, map[int]int64{1: 7}, []string{"mapped"}}, {nil, map[int]int64{1: 0}, []string{"mapped"}}, {[]int64{101}, nil, nil}} {
		var table Table
		days := table.Integer("days")
		for _, d := range c.days {
			days.Append(d)
		}
		frame, err := table.Encode()
		if err != nil {
			t.Fatal(err)
		}
		got, log, err := TryMap(sum, Given{Name: "stays", Kind: Rows, Frames: [][]byte{frame}})
		if (err == nil) != (c.want != nil) || !maps.Equal(got, c.want) || !slices.Equal(log, c.log) {
			t.Errorf("%v: %v, %v, %v", c.days, got, log, err)
		}
	}
}

func TestRecordNeedsAField(t *testing.T) {
	for field, ok := range map[int]bool{0: true, 31: true, -1: false, 1 << 32: false} {
		_, _, err := TryMap(func(s *Subject) error { return s.Record(field, 1) })
		if (err == nil) != ok {
			t.Errorf("field %d: %v", field, err)
		}
	}
}
