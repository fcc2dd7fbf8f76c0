package yingbi

import (
	"errors"
	"io"
	"strconv"
	"unsafe"
)

// Job is the way to the host for one run.
type Job struct {
	host host
}

// host is the list of calls of the ABI. Pointers go with their length; a result
// below zero is one of the codes.
type host interface {
	inputs() int32
	inputKind(input int32) int32
	inputName(input int32, buf []byte) int32
	inputNext(input int32) int32
	inputRead(input int32, buf []byte) int32
	inputRewind(input int32) int32
	query(sql string) int32
	emit(name string, frame []byte) int32
	log(text string) int32
}

// Error is a code that the host answered.
type Error int32

// The codes that a job may want to tell apart. The others, −1 to −4, are
// mistakes of whoever calls the host without this package.
const (
	ErrDenied  Error = -5 // this job may not use SQL
	ErrRefused Error = -6 // the statement is not one that guests may run
	ErrFailed  Error = -7 // the engine could not run the statement
	ErrLimit   Error = -8 // a budget of the run is used up
)

const (
	errArgument Error = -1
	errOrder    Error = -4
)

var errorTexts = [...]string{
	"no such input, or a number out of range", "a pointer outside the guest's memory", "the buffer is too small",
	"a read before the frame was asked for", "this job may not use SQL", "the statement is not one that guests may run",
	"the engine could not run the statement", "a budget of the run is used up",
}

func (e Error) Error() string {
	if i := -int(e) - 1; i >= 0 && i < len(errorTexts) {
		return "yingbi: " + errorTexts[i]
	}
	return "yingbi: the host answered " + strconv.Itoa(int(e))
}

func code(n int32) error {
	if n < 0 {
		return Error(n)
	}
	return nil
}

// InputKind says what an input carries.
type InputKind int32

// The kinds of inputs.
const (
	Rows     InputKind = iota // masked rows of a granted view
	Finished                  // a table of the domain's, after disclosure control
	Answer                    // of a query
)

// Input is a table that the job may read: any number of times, front to back.
type Input struct {
	Name string // "" for the answer of a query
	Kind InputKind

	host  host
	index int32
	words []uint64 // memory of the frame, 8-byte aligned
}

// Inputs lists the inputs of the job: rows first, then finished tables.
func (j *Job) Inputs() ([]*Input, error) {
	n := j.host.inputs()
	if n < 0 {
		return nil, Error(n)
	}
	inputs := make([]*Input, n)
	for i := range inputs {
		buf := make([]byte, 256)
		size := j.host.inputName(int32(i), buf)
		kind := j.host.inputKind(int32(i))
		if err := errors.Join(code(size), code(kind)); err != nil {
			return nil, err
		}
		inputs[i] = &Input{Name: string(buf[:size]), Kind: InputKind(kind), host: j.host, index: int32(i)}
	}
	return inputs, nil
}

// Input gives the input of that name.
func (j *Job) Input(name string) (*Input, error) {
	inputs, err := j.Inputs()
	if err != nil {
		return nil, err
	}
	for _, in := range inputs {
		if in.Name == name {
			return in, nil
		}
	}
	return nil, errors.New("yingbi: the job has no input " + strconv.Quote(name))
}

// Query runs one SELECT over the views and gives its answer as an input. Only a
// job whose manifest asks for SQL may call it.
func (j *Job) Query(sql string) (*Input, error) {
	handle := j.host.query(sql)
	if handle < 0 {
		return nil, Error(handle)
	}
	return &Input{Kind: Answer, host: j.host, index: handle}, nil
}

// Next reads the next frame, and gives io.EOF after the last. There is at least
// one, so that a table without rows still tells its columns. The frame and every
// string from it are valid until the next call on this input.
func (in *Input) Next() (*Frame, error) {
	size := in.host.inputNext(in.index)
	if size <= 0 {
		if size == 0 {
			return nil, io.EOF
		}
		return nil, Error(size)
	}
	if words := (int(size) + 7) / 8; cap(in.words) < words {
		in.words = make([]uint64, words)
	}
	b := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(in.words))), size)
	if n := in.host.inputRead(in.index, b); n < 0 {
		return nil, Error(n)
	}
	return ParseFrame(b)
}

// Each calls f with every frame of the input, from the first.
func (in *Input) Each(f func(*Frame) error) error {
	if n := in.host.inputRewind(in.index); n < 0 {
		return Error(n)
	}
	for {
		frame, err := in.Next()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = f(frame)
		}
		if err != nil {
			return err
		}
	}
}

// Emit hands a table out under the name of a declared output. What the host
// cannot accept (an undeclared name, a table over the limits) ends the run.
func (j *Job) Emit(output string, t *Table) error {
	frame, err := t.Encode()
	if err != nil {
		return err
	}
	return code(j.host.emit(output, frame))
}

// Log adds a line to the run's log. Nobody sees the log of a run over real rows
// before a person has decided so.
func (j *Job) Log(line string) { j.host.log(line) }

// aligned gives n zero bytes that begin at a multiple of 8.
func aligned(n int) []byte {
	words := make([]uint64, (n+7)/8)
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), n)
}
