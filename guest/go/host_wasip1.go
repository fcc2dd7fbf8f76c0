package yingbi

import "unsafe"

// The calls of the host, docs/GUEST-ABI.md.

//go:wasmimport yingbi inputs
func hostInputs() int32

//go:wasmimport yingbi input_kind
func hostInputKind(input int32) int32

//go:wasmimport yingbi input_name
func hostInputName(input int32, buf unsafe.Pointer, size int32) int32

//go:wasmimport yingbi input_next
func hostInputNext(input int32) int32

//go:wasmimport yingbi input_read
func hostInputRead(input int32, buf unsafe.Pointer, size int32) int32

//go:wasmimport yingbi input_rewind
func hostInputRewind(input int32) int32

//go:wasmimport yingbi query
func hostQuery(sql unsafe.Pointer, size int32) int32

//go:wasmimport yingbi emit
func hostEmit(name unsafe.Pointer, nameSize int32, frame unsafe.Pointer, size int32) int32

//go:wasmimport yingbi record
func hostRecord(field int32, value int64) int32

//go:wasmimport yingbi log
func hostLog(text unsafe.Pointer, size int32) int32

// Run runs the job inside the domain and gives the result of yb_run: 0 when the
// job succeeded. Its error goes to the log.
func Run(job func(*Job) error) int32 {
	j := &Job{host: domain{}}
	if err := job(j); err != nil {
		j.Log(err.Error())
		return 1
	}
	return 0
}

// Map runs the mapping for one subject and gives the result of yb_map: 0 when it has
// a record. Its error goes to the log, and the subject has none.
func Map(mapping func(*Subject) error) int32 {
	s := newSubject(domain{})
	if err := mapping(s); err != nil {
		s.Log(err.Error())
		return 1
	}
	return 0
}

// domain is the host of a guest in a cell.
type domain struct{}

func bytesAt(b []byte) unsafe.Pointer  { return unsafe.Pointer(unsafe.SliceData(b)) }
func stringAt(s string) unsafe.Pointer { return unsafe.Pointer(unsafe.StringData(s)) }

func (domain) inputs() int32                         { return hostInputs() }
func (domain) inputKind(i int32) int32               { return hostInputKind(i) }
func (domain) inputNext(i int32) int32               { return hostInputNext(i) }
func (domain) inputRewind(i int32) int32             { return hostInputRewind(i) }
func (domain) query(sql string) int32                { return hostQuery(stringAt(sql), int32(len(sql))) }
func (domain) log(text string) int32                 { return hostLog(stringAt(text), int32(len(text))) }
func (domain) record(field int32, value int64) int32 { return hostRecord(field, value) }
func (domain) inputName(i int32, b []byte) int32 {
	return hostInputName(i, bytesAt(b), int32(len(b)))
}
func (domain) inputRead(i int32, b []byte) int32 {
	return hostInputRead(i, bytesAt(b), int32(len(b)))
}
func (domain) emit(name string, frame []byte) int32 {
	return hostEmit(stringAt(name), int32(len(name)), bytesAt(frame), int32(len(frame)))
}
