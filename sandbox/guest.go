package sandbox

import (
	"context"
	"os"

	"yingbi/sandbox/abi"
)

// Item is what a guest emitted under the name of a declared output.
type Item struct {
	Name  string
	Frame *abi.Frame
}

// GuestResult is everything that a guest said. Both parts are the guest's words.
type GuestResult struct {
	Items []Item // in the order of emission
	Log   []byte // any bytes
}

// Compile turns a module into native code in a cell. The code is the compiler's
// output for hostile input: only cells of the same module may load it.
func (s *Sandbox) Compile(ctx context.Context, req abi.CompileRequest, module []byte, lim Limits) ([]byte, error) {
	file, err := sealed("module", module)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var code []byte
	_, err = s.Run(ctx, Task{
		Request: abi.Request{Task: abi.TaskCompile, Compile: &req},
		Inputs:  []*os.File{file},
		Limits:  lim,
		Receive: func(m abi.Message) error {
			code = append(code, m.Payload...)
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	return code, nil
}

// Guest runs a compiled module in a cell. The descriptors in req count the
// inputs from abi.InputFD. On a failure only the
// log is given, as far as it came.
func (s *Sandbox) Guest(ctx context.Context, req abi.GuestRequest, inputs []*os.File, lim Limits) (GuestResult, error) {
	var result GuestResult
	_, err := s.Run(ctx, Task{
		Request: abi.Request{Task: abi.TaskGuest, Guest: &req},
		Inputs:  inputs,
		Limits:  lim,
		Receive: func(m abi.Message) error {
			if m.Kind == abi.MsgLog {
				result.Log = append(result.Log, m.Payload...)
				return nil
			}
			f, err := abi.Decode(m.Payload, anyFrame(m.Payload))
			if err != nil {
				return broken(m.Name, err.Error())
			}
			result.Items = append(result.Items, Item{Name: m.Name, Frame: f})
			return nil
		},
	})
	if err != nil {
		result.Items = nil
	}
	return result, err
}
