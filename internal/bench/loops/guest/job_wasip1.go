package main

import (
	"errors"

	yingbi "yingbi/guest/go"
	"yingbi/internal/bench/loops"
)

func job(j *yingbi.Job) error {
	asked, err := only(j, "asked", "loop", "passes")
	if err != nil {
		return err
	}
	rows, err := only(j, "rows", loops.KeyColumn, loops.CostColumn)
	if err != nil {
		return err
	}
	var t yingbi.Table
	t.Integer("check").Append(loops.Run(asked[0][0], asked[1][0], rows[0], rows[1]))
	return j.Emit("check", &t)
}

// only gives columns of an input's only frame.
func only(j *yingbi.Job, input string, columns ...string) ([][]int64, error) {
	in, err := j.Input(input)
	if err != nil {
		return nil, err
	}
	f, err := in.Next()
	if err != nil {
		return nil, err
	}
	var out [][]int64
	for _, name := range columns {
		c := f.Column(name)
		if c == nil || f.Rows == 0 {
			return nil, errors.New(input + " lacks " + name)
		}
		out = append(out, c.Ints())
	}
	return out, nil
}
