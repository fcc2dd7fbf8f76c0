package yingbi

import "strconv"

// Subject is the one person, enterprise … whose turn it is in a mapping. Nothing of
// another one can be seen, and what a mapping keeps from one call to the next is lost
// or, where it is not, fails the job: the domain runs such a mapping twice, with
// other neighbours, and compares.
type Subject struct {
	job  Job
	host recorder
}

// recorder is the host of a mapping.
type recorder interface {
	host
	record(field int32, value int64) int32
}

// Inputs lists the inputs of the mapping. Each has this subject's rows alone, in one
// frame, if need be without rows.
func (s *Subject) Inputs() ([]*Input, error) { return s.job.Inputs() }

// Input gives the input of that name.
func (s *Subject) Input(name string) (*Input, error) { return s.job.Input(name) }

// Record sets a field of the subject's record, by its place in the manifest from 0: a
// number as it is, a decimal scaled, of an enumeration the place of the word. A
// field that is not set is null. A value out of the field's bounds changes nothing.
func (s *Subject) Record(field int, value int64) error {
	if int(int32(field)) != field || s.host.record(int32(field), value) < 0 {
		return mapError("there is no field " + strconv.Itoa(field) + ", or the value is out of its bounds")
	}
	return nil
}

// Log adds a line to the log of the run, for which each subject has the same room.
func (s *Subject) Log(line string) { s.job.Log(line) }

type mapError string

func (e mapError) Error() string { return "yingbi: " + string(e) }

// newSubject is the subject of a host whose turn it is.
func newSubject(h recorder) *Subject { return &Subject{job: Job{host: h}, host: h} }
