package sandbox

import (
	"context"
	"fmt"
	"os"

	"yingbi/internal/fault"
	"yingbi/sandbox/abi"
)

// Map runs a compiled mapping in a cell, over one subject's rows at a time. The
// descriptors in req count the inputs from abi.InputFD. records gets the subjects'
// records in their order, in frames of the columns req.Records(): each value is null
// or within its field, and there is one row for each subject. After an error what it
// has got is to be thrown away; the log is then given as far as it came. Which value
// a subject has is the guest's word, and so is the log.
func (s *Sandbox) Map(ctx context.Context, req abi.MapRequest, inputs []*os.File, lim Limits, records func(*abi.Frame) error) (log []byte, err error) {
	subjects, err := countSubjects(&req, inputs)
	if err != nil {
		return nil, err
	}
	check := recordCheck{fields: req.Fields, want: req.Records(), left: subjects}
	_, err = s.Run(ctx, Task{
		Request: abi.Request{Task: abi.TaskMap, Map: &req},
		Inputs:  inputs,
		Limits:  lim,
		Receive: func(m abi.Message) error {
			if m.Kind == abi.MsgLog {
				log = append(log, m.Payload...)
				return nil
			}
			f, err := check.accept(m)
			if err != nil {
				return err
			}
			return records(f)
		},
	})
	if err == nil && check.left > 0 {
		err = broken(abi.StreamRecords, fmt.Sprintf("%d subjects have no record", check.left))
	}
	return log, err
}

// countSubjects tells by the size of its counts how many subjects a request has.
func countSubjects(req *abi.MapRequest, inputs []*os.File) (int64, error) {
	at := req.CountsFD - abi.InputFD
	if at < 0 || at >= len(inputs) || len(req.Views) == 0 {
		return 0, fault.New(fault.Internal, "the request of a mapping names no counts among its inputs, or no view")
	}
	info, err := inputs[at].Stat()
	if err != nil {
		return 0, err
	}
	one := 4 * int64(len(req.Views))
	if info.Size()%one != 0 {
		return 0, fault.Errorf(fault.Internal, "the counts of a mapping have %d bytes, %d for each subject", info.Size(), one)
	}
	return info.Size() / one, nil
}

// recordCheck holds the records of a map cell to what was asked for.
type recordCheck struct {
	fields []abi.MapField
	want   []abi.ResultColumn
	left   int64 // subjects without a record
}

func (r *recordCheck) accept(m abi.Message) (*abi.Frame, error) {
	f, err := decode(m, r.want)
	if err != nil {
		return nil, err
	}
	if r.left -= int64(f.Rows); r.left < 0 {
		return nil, broken(m.Name, "there are more records than subjects")
	}
	failed := &f.Columns[len(r.fields)]
	if failed.Valid != nil {
		return nil, broken(m.Name, "it is not said of every subject whether it failed")
	}
	for i, field := range r.fields {
		if !within(&f.Columns[i], field, failed.Bools) {
			return nil, broken(m.Name, fmt.Sprintf("field %d has a value out of its bounds, or where there is no record", i+1))
		}
	}
	return f, nil
}

// within reports whether each value is one of the field's, and a failed subject
// has none.
func within(c *abi.Column, field abi.MapField, failed []byte) bool {
	for i, v := range c.Ints {
		if !c.IsNull(i) && (v < field.Min || v > field.Max || failed[i] != 0) {
			return false
		}
	}
	return true
}
