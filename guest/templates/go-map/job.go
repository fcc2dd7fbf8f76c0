package main

import (
	"errors"

	yingbi "yingbi/guest/go"
)

// The fields of a record, as job.yaml declares them.
const (
	circulatory = iota // 0 no, 1 yes: a visit for a disease of the circulatory system
	visits             // how many, those over mostVisits as mostVisits
)

const mostVisits = 1000

// one makes the record of one person. It sees that person's rows of claims alone.
func one(s *yingbi.Subject) error {
	claims, err := s.Input("claims")
	if err != nil {
		return err
	}
	var count, sick int64
	if err := claims.Each(func(f *yingbi.Frame) error {
		chapter := f.Column("icd_chapter")
		if chapter == nil || chapter.Kind != yingbi.Text {
			return errors.New("claims needs icd_chapter (text)")
		}
		for i := range f.Rows {
			count++
			if chapter.Text(i) == "IX" {
				sick = 1
			}
		}
		return nil
	}); err != nil {
		return err
	}
	if err := s.Record(circulatory, sick); err != nil {
		return err
	}
	return s.Record(visits, min(count, mostVisits))
}
