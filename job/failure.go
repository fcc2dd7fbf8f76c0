package job

import (
	"cmp"
	"errors"
	"fmt"

	"yingbi/internal/fault"
	"yingbi/manifest"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

// Failure says why a run failed. It is sealed and shown to a reviewer; an
// operator sees none of it until a reviewer has chosen a reason.
type Failure struct {
	Kind  string `json:"kind"`            // of fault
	Limit string `json:"limit,omitempty"` // what was exceeded
	Code  string `json:"code,omitempty"`  // the module's own, by the name that the manifest gives it
	Text  string `json:"text"`
}

// describe says why a run failed; declared are the codes of the module's own.
func describe(err error, declared []manifest.Error) Failure {
	f := Failure{Kind: fault.KindOf(err).String(), Text: err.Error()}
	var cell *sandbox.Failure
	if !errors.As(err, &cell) {
		return f
	}
	f.Limit = cell.Limit
	switch cell.Code {
	case abi.FailMemory:
		f.Kind, f.Limit = fault.Limit.String(), "memory"
	case abi.FailGuestLimit:
		f.Kind, f.Limit = fault.Limit.String(), cmp.Or(abi.GuestLimit(cell.At).String(), "what a module may emit")
	case abi.FailOverflow, abi.FailModule, abi.FailForbiddenImport, abi.FailGuestTrap, abi.FailGuestExit, abi.FailGuestOutput:
		f.Kind = fault.Invalid.String() // the job's fault, not the domain's
	}
	if cell.Code == abi.FailGuestExit && cell.At > 0 {
		f.Text = fmt.Sprintf("the module ended with %d, for which its manifest declares no error", cell.At)
		if cell.At <= len(declared) {
			f.Code = declared[cell.At-1].Name
			f.Text = fmt.Sprintf("the module ended with error %d of its own, %s: %s", cell.At, f.Code, declared[cell.At-1].Text)
		}
	}
	return f
}
