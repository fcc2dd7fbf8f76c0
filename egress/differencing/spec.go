package differencing

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math"

	"github.com/RoaringBitmap/roaring/v2"

	"yingbi/internal/fault"
)

// Limits of a spec.
const (
	MaxSpec    = 64 << 20 // bytes
	maxCells   = 4096
	maxElement = 1 << 24
)

// Spec is an audit that a person wrote down: cells by the numbers of their
// contributors. Keys that are not known are about the case and not of it.
type Spec struct {
	Subjects int       `json:"n_subjects"` // their numbers are below it; 0 says nothing
	K        int       `json:"k"`          // 10 unless given
	Stat     string    `json:"stat"`       // sum, mean or count; sum unless given
	Sets     [][]int64 `json:"sets"`
}

// defaultK is the ABS's and ACRO's threshold.
const defaultK = 10

// ParseSpec reads a spec of at most MaxSpec bytes.
func ParseSpec(b []byte) (*Spec, error) {
	if len(b) > MaxSpec {
		return nil, fault.Errorf(fault.Limit, "the spec has %d bytes; at most %d are read", len(b), MaxSpec)
	}
	s := &Spec{K: defaultK, Stat: "sum"}
	d := json.NewDecoder(bytes.NewReader(b))
	if err := d.Decode(s); err != nil {
		return nil, fault.Errorf(fault.Invalid, "the spec is not read: %v", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fault.Errorf(fault.Invalid, "the spec goes on behind its end; write one JSON object")
	}
	return s, s.check()
}

func (s *Spec) check() error {
	switch {
	case s.Stat != "sum" && s.Stat != "mean" && s.Stat != "count":
		return fault.Errorf(fault.Invalid, "stat is %q; it is sum, mean or count", s.Stat)
	case s.K < 2 || s.K > math.MaxInt32:
		return fault.Errorf(fault.Invalid, "k is %d; a group that is protected has at least 2 subjects", s.K)
	case s.Subjects < 0 || s.Subjects > maxElement:
		return fault.Errorf(fault.Invalid, "n_subjects is %d; want 0 to %d", s.Subjects, maxElement)
	case len(s.Sets) == 0 || len(s.Sets) > maxCells:
		return fault.Errorf(fault.Invalid, "sets has %d cells; want 1 to %d", len(s.Sets), maxCells)
	}
	end := int64(maxElement)
	if s.Subjects > 0 {
		end = int64(s.Subjects)
	}
	for i, set := range s.Sets {
		for _, x := range set {
			if x < 0 || x >= end {
				return fault.Errorf(fault.Invalid, "set %d holds subject %d; subjects are numbered 0 to %d", i, x, end-1)
			}
		}
	}
	return nil
}

// Audit looks at the cells of the spec. Nobody else's are among them, so the seed is no
// secret.
func (s *Spec) Audit(ctx context.Context) (*Verdict, error) {
	cells := make([]Cell, len(s.Sets))
	for i, set := range s.Sets {
		cells[i].Members = roaring.New()
		for _, x := range set {
			cells[i].Members.Add(uint32(x))
		}
	}
	return Audit(ctx, cells, Config{K: s.K})
}
