package sandbox

import (
	"context"
	"os"

	"yingbi/sandbox/abi"
)

// Explore runs one statement of a stranger over masked views in a cell of its
// own, and gives its answer. A statement that the gate refuses is a *Failure with
// abi.FailRefused, and Refusal says why.
func (s *Sandbox) Explore(ctx context.Context, req abi.ExploreRequest, views []*os.File, lim Limits) (*abi.Frame, error) {
	if len(req.SQL) > abi.MaxSQL { // no cell is needed to count
		f := abi.Refuse(abi.RefusalLength)
		return nil, &Failure{Reason: Refused, Code: f.Code, At: f.At}
	}
	var answer *abi.Frame
	_, err := s.Run(ctx, Task{
		Request: abi.Request{Task: abi.TaskExplore, Explore: &req},
		Inputs:  views,
		Limits:  lim,
		Receive: func(m abi.Message) error {
			f, err := abi.Decode(m.Payload, anyFrame(m.Payload))
			if err != nil {
				return broken(m.Name, err.Error())
			}
			if f.Rows > req.MaxRows {
				return broken(m.Name, "more rows than were asked for")
			}
			answer = f
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// Refusal gives why the gate of a cell refused a statement; "" for any other
// failure.
func (f *Failure) Refusal() abi.Refusal {
	if f.Reason != Refused {
		return ""
	}
	return abi.Failure{Code: f.Code, At: f.At}.Refusal()
}
