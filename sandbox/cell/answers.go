package cell

import (
	"errors"
	"io"

	"yingbi/sandbox/abi"
)

// answers sends a task's messages to the parent, in the order of the calls. It
// is not safe for concurrent use. After a failed write every call fails.
type answers struct {
	w   io.Writer
	buf []byte // the last encoded frame, kept for its memory
	err error
}

// frame sends f as a part of the stream or statement of that name.
func (a *answers) frame(name string, f *abi.Frame) error {
	b, err := abi.Encode(a.buf[:0], f)
	if err != nil {
		return abi.Failure{Code: abi.FailResult}
	}
	a.buf = b
	return a.send(abi.Message{Kind: abi.MsgFrame, Name: name, Payload: b})
}

// item sends what a guest emitted under the name of an output: bytes of an
// encoded frame, which the parent decodes and judges.
func (a *answers) item(name string, frame []byte) error {
	return a.send(abi.Message{Kind: abi.MsgItem, Name: name, Payload: frame})
}

// log sends text of a guest. Nothing is sent for no text.
func (a *answers) log(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	return a.send(abi.Message{Kind: abi.MsgLog, Payload: text})
}

// parts sends what the task makes: the bytes of r, in as few parts as they take.
func (a *answers) parts(r io.Reader) error {
	buf := make([]byte, abi.MaxPart)
	for {
		n, err := io.ReadFull(r, buf)
		if n > 0 {
			if err := a.send(abi.Message{Kind: abi.MsgPart, Payload: buf[:n]}); err != nil {
				return err
			}
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// end sends the last message: done, or the failure in err. An error that is not
// an abi.Failure is internal; its text stays here.
func (a *answers) end(err error) error {
	if err == nil {
		return a.send(abi.Message{Kind: abi.MsgDone})
	}
	var f abi.Failure
	if !errors.As(err, &f) {
		f = abi.Failure{Code: abi.FailInternal}
	}
	return a.send(abi.Message{Kind: abi.MsgFailure, Payload: f.Payload()})
}

func (a *answers) send(m abi.Message) error {
	if a.err == nil {
		a.err = abi.WriteMessage(a.w, m)
	}
	return a.err
}
