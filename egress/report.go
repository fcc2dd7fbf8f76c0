package egress

import (
	"bytes"
	"encoding/json"
	"slices"

	"yingbi/crypto"
	"yingbi/internal/fault"
)

// maxReport bounds a report, in bytes. What a job may compute gives far less.
const maxReport = 128 << 20

// Encode gives the machine form: JSON without spaces, fields in the order of
// their declaration, as few escapes as encoding/json makes. Only so is a report
// read back.
func (r *Report) Encode() ([]byte, error) { return encode(r, maxReport) }

func encode(v any, limit int) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	if out.Len()-1 > limit {
		return nil, fault.Errorf(fault.Limit, "the report of this job is larger than %d bytes; group its tables more coarsely", limit)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// Digest is SM3 of the machine form. It identifies evidence, which is not
// published: let it out as a commitment alone.
func (r *Report) Digest() (crypto.Digest, error) {
	b, err := r.Encode()
	return crypto.Sum(b), err
}

// ParseReport reads what Encode wrote, and nothing else.
func ParseReport(b []byte) (*Report, error) {
	r := &Report{}
	if len(b) > maxReport || json.Unmarshal(b, r) != nil || r.Format != reportFormat {
		return nil, fault.New(fault.Integrity, "this is not an egress report of this version")
	}
	if again, err := r.Encode(); err != nil || !bytes.Equal(again, b) {
		return nil, fault.New(fault.Integrity, "this is not an egress report in its canonical form")
	}
	return r, nil
}

// Outline is what may be said of a report without its evidence: which rules each
// table fails. It still tells about the data, and reaches an operator only
// by a person's decision.
type Outline struct {
	Table   string  `json:"table"`
	Verdict Verdict `json:"verdict"`
	Rules   []Rule  `json:"rules"`
}

// Outline gives one line per table.
func (r *Report) Outline() []Outline {
	var out []Outline
	for _, t := range r.Tables {
		out = append(out, Outline{Table: t.Name, Verdict: t.Verdict, Rules: slices.Clone(t.Rules)})
	}
	return out
}
