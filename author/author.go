package author

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"yingbi/sandbox"
)

// Config says how the cells of checks are started.
type Config struct {
	Exe string       // the yingbi binary; "" is this process's own
	Log *slog.Logger // of each cell's end; nil is none
	// Ahead has a cell prepare for another statement over the same tables, or another
	// run of a module, while nobody has asked yet. Whoever sets it closes the checks.
	Ahead bool
}

// Checks starts cells for authors. It may be used by many goroutines.
type Checks struct{ cells *sandbox.Sandbox }

// New makes sure that this host has every protection that cells require.
func New(c Config) (*Checks, error) {
	settings := sandbox.Config{Exe: c.Exe, Log: c.Log, AnyOutput: true}
	if c.Ahead {
		settings.Waiting = 1
	}
	cells, err := sandbox.New(settings)
	if err != nil {
		return nil, err
	}
	return &Checks{cells}, nil
}

// Close ends a cell that has prepared in vain.
func (c *Checks) Close() { c.cells.Close() }

// Outcome is how a check ended.
type Outcome string

// The outcomes.
const (
	OK      Outcome = "ok"
	Refused Outcome = "refused" // it was not let in: nothing of it ran
	Killed  Outcome = "killed"  // it went over a limit and was ended from outside
	Failed  Outcome = "failed"  // it ended itself, or broke a rule on its way
)

// Verdict is an outcome with its reason.
type Verdict struct {
	Outcome Outcome `json:"outcome"`
	Reason  string  `json:"reason"`           // a word of docs/AUTHORS.md; "" is OK's
	Detail  string  `json:"detail,omitempty"` // a sentence for a person
}

// judge gives the verdict that a cell's failure is. An error that is none, and
// one of whoever stopped the check, comes back.
func judge(err error) (Verdict, error) {
	if err == nil {
		return Verdict{Outcome: OK}, nil
	}
	var f *sandbox.Failure
	if !errors.As(err, &f) || f.Reason == sandbox.Cancelled {
		return Verdict{}, err
	}
	switch f.Reason {
	case sandbox.Memory, sandbox.Time, sandbox.Output:
		return Verdict{Killed, string(f.Reason), "it was ended: over its " + f.Limit}, nil
	case sandbox.Refused:
		return told(f), nil
	}
	return Verdict{Failed, string(f.Reason), f.Error()}, nil
}

// late is the verdict on what has no time left to begin.
func late() Verdict { return Verdict{Outcome: Killed, Reason: string(sandbox.Time)} }

// of tells a verdict on time how much of it there was for all cells together: the
// last of them was given what the others had left.
func (v Verdict) of(wall time.Duration) Verdict {
	if v.Reason == string(sandbox.Time) {
		v.Detail = fmt.Sprintf("it was ended: over its time of %v", wall)
	}
	return v
}
