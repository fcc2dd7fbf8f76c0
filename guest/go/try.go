package yingbi

// Given is an input of a job under test: frames as Table.Encode makes them, at
// least one.
type Given struct {
	Name   string
	Kind   InputKind
	Frames [][]byte
}

// Emitted is a table that a job under test emitted.
type Emitted struct {
	Output string
	Frame  *Frame
}

// Tried is what a job under test did.
type Tried struct {
	Emitted []Emitted
	Log     []string
}

// Try runs a job outside the domain, over inputs that a test makes. It knows no
// SQL and no budgets, and accepts any output.
func Try(job func(*Job) error, inputs ...Given) (*Tried, error) {
	t := &trial{given: inputs, next: make([]int, len(inputs))}
	err := job(&Job{host: t})
	return &t.done, err
}

// trial is the host of a job under test.
type trial struct {
	given []Given
	next  []int // the frame of each input that comes next
	done  Tried

	fields map[int]int64 // of a mapping's record
}

func (t *trial) has(i int32) bool { return i >= 0 && int(i) < len(t.given) }

func (t *trial) inputs() int32 { return int32(len(t.given)) }

func (t *trial) inputKind(i int32) int32 {
	if !t.has(i) {
		return int32(errArgument)
	}
	return int32(t.given[i].Kind)
}

func (t *trial) inputName(i int32, buf []byte) int32 {
	if !t.has(i) {
		return int32(errArgument)
	}
	return int32(copy(buf, t.given[i].Name))
}

func (t *trial) inputNext(i int32) int32 {
	if !t.has(i) {
		return int32(errArgument)
	}
	if t.next[i] == len(t.given[i].Frames) {
		return 0
	}
	return int32(len(t.given[i].Frames[t.next[i]]))
}

func (t *trial) inputRead(i int32, buf []byte) int32 {
	size := t.inputNext(i)
	if size <= 0 {
		return int32(errOrder)
	}
	t.next[i]++
	return int32(copy(buf, t.given[i].Frames[t.next[i]-1]))
}

func (t *trial) inputRewind(i int32) int32 {
	if !t.has(i) {
		return int32(errArgument)
	}
	t.next[i] = 0
	return 0
}

func (t *trial) query(string) int32 { return int32(ErrDenied) }

func (t *trial) emit(name string, frame []byte) int32 {
	f, err := ParseFrame(frame)
	if err != nil {
		return int32(errArgument)
	}
	t.done.Emitted = append(t.done.Emitted, Emitted{name, f})
	return 0
}

func (t *trial) log(text string) int32 {
	t.done.Log = append(t.done.Log, text)
	return 0
}

// TryMap runs a mapping outside the domain, for a subject whose rows a test makes. It
// gives the record by field, and accepts any field and value.
func TryMap(mapping func(*Subject) error, inputs ...Given) (record map[int]int64, log []string, err error) {
	t := &trial{given: inputs, next: make([]int, len(inputs)), fields: map[int]int64{}}
	if err := mapping(newSubject(t)); err != nil {
		return nil, t.done.Log, err
	}
	return t.fields, t.done.Log, nil
}

func (t *trial) record(field int32, value int64) int32 {
	if field < 0 {
		return int32(errArgument)
	}
	t.fields[int(field)] = value
	return 0
}
