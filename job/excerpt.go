package job

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/vault"
)

// What an excerpt may hold at most.
const (
	maxExcerptLines  = 40
	maxExcerpt       = 4 << 10 // bytes
	maxExcerptReason = 1000    // characters
)

// Lines are consecutive lines of a log, counted from 1, both ends included.
type Lines struct {
	First int `json:"first"`
	Last  int `json:"last"`
}

// String writes the lines as ParseLines reads them.
func (l Lines) String() string {
	if l.First == l.Last {
		return strconv.Itoa(l.First)
	}
	return fmt.Sprintf("%d-%d", l.First, l.Last)
}

// ParseLines reads 3-7, or 5 for a single line.
func ParseLines(s string) (Lines, error) {
	first, last, found := strings.Cut(s, "-")
	if !found {
		last = first
	}
	from, err := strconv.ParseUint(first, 10, 31)
	to, err2 := strconv.ParseUint(last, 10, 31)
	if err != nil || err2 != nil || from < 1 || to < from {
		return Lines{}, fault.Errorf(fault.Invalid, "%q names no lines; write 3-7, or 5 for a single line", s)
	}
	return Lines{int(from), int(to)}, nil
}

// Cut takes lines out of a log, byte for byte as they stand there.
func Cut(log string, lines []Lines) (string, error) {
	all := strings.SplitAfter(log, "\n")
	if all[len(all)-1] == "" { // behind the last line's end
		all = all[:len(all)-1]
	}
	var out strings.Builder
	count, before := 0, 0
	for _, l := range lines {
		switch {
		case l.First <= before || l.Last < l.First:
			return "", fault.New(fault.Invalid, "name lines in their order, each once")
		case l.Last > len(all):
			return "", fault.Errorf(fault.Invalid, "the log has %d lines; there is no line %d", len(all), l.Last)
		}
		before, count = l.Last, count+l.Last-l.First+1
		for _, line := range all[l.First-1 : l.Last] {
			out.WriteString(line)
		}
	}
	if count == 0 || count > maxExcerptLines || out.Len() > maxExcerpt {
		return "", fault.Errorf(fault.Limit, "an excerpt is of 1 to %d lines and at most %d bytes; these are %d lines of %d bytes", maxExcerptLines, maxExcerpt, count, out.Len())
	}
	return out.String(), nil
}

// ExcerptCost is what the release of a text charges, in thousandths of a bit.
func ExcerptCost(text string) int64 { return int64(len(text)) * millibitsAByte }

// Excerpt is a part of a module's log that a reviewer has released to the job's
// operator: the only words of a module that saw rows which ever leave.
type Excerpt struct {
	Lines    []Lines   `json:"lines"`
	Text     []byte    `json:"text"`   // any bytes
	Reason   string    `json:"reason"` // for reviewers and auditors
	Reviewer string    `json:"reviewer"`
	Time     time.Time `json:"time"`
}

// keptExcerpt is how it is sealed. Its statement, with the nonce, opens the
// commitment that stands in the log.
type keptExcerpt struct {
	Statement string `json:"statement"` // JSON of the Excerpt
	Nonce     []byte `json:"nonce"`
}

// CommitmentDetail names, in the intent of an excerpt, the commitment to it.
const CommitmentDetail = "commitment"

// ReleaseExcerpt lets the operator of a job read lines of its log, once, and charges
// them. Nothing of a log leaves otherwise.
func (s *Service) ReleaseExcerpt(ctx context.Context, actor access.Person, id string, lines []Lines, reason string) (e Excerpt, err error) {
	j, c, err := s.find(ctx, actor, access.ReleaseExcerpt, id)
	if err != nil {
		return e, err
	}
	if err := c.current(); err != nil {
		return e, err
	}
	if n := utf8.RuneCountInString(reason); strings.TrimSpace(reason) == "" || n > maxExcerptReason {
		return e, fault.Errorf(fault.Invalid, "say why these lines may leave, in 1 to %d characters", maxExcerptReason)
	}
	home, err := s.unlock(ctx, actor, id, "excerpt")
	if err != nil {
		return e, err
	}
	defer home.Close()
	text, err := cutSealed(ctx, j, home, lines)
	if err != nil {
		return e, err
	}
	m, err := readManifest(ctx, home)
	if err != nil {
		return e, err
	}
	charge, err := s.spend(ctx, actor, access.ReleaseExcerpt, j, c, m, ExcerptCost(text))
	if err != nil {
		return e, err
	}
	e = Excerpt{Lines: lines, Text: []byte(text), Reason: reason, Reviewer: actor.ID, Time: s.Clock()}
	return e, s.sealExcerpt(ctx, home, id, e, charge)
}

// sealExcerpt records the release of an excerpt, and makes it readable.
func (s *Service) sealExcerpt(ctx context.Context, home *vault.Compartment, id string, e Excerpt, charge Charge) error {
	statement, err := json.Marshal(e)
	if err != nil {
		return err
	}
	commitment, nonce, err := crypto.Commit(statement)
	if err != nil {
		return err
	}
	intent := audit.Record{Actor: e.Reviewer, Action: string(access.ReleaseExcerpt), Target: "job/" + id, Details: charge.details()}
	intent.Details["bytes"], intent.Details[CommitmentDetail] = strconv.Itoa(len(e.Text)), commitment.String()
	return s.Log.Act(ctx, intent, func(uint64) error {
		return putJSON(ctx, home, objExcerpt, keptExcerpt{Statement: string(statement), Nonce: nonce[:]})
	})
}

// cutSealed takes lines out of the job's sealed log, if none has left before.
func cutSealed(ctx context.Context, j Job, home *vault.Compartment, lines []Lines) (string, error) {
	switch {
	case has(home, objExcerpt):
		return "", fault.Errorf(fault.Conflict, "an excerpt of the log of job %s was released already; there is one for each job", j.ID)
	case !has(home, objGuestLog) || j.State == Running || j.State == Checking || j.State == Frozen:
		return "", fault.Errorf(fault.Conflict, "job %s is %s and has no log to release lines of", j.ID, j.State)
	}
	log, err := home.Read(ctx, objGuestLog, maxObject)
	if err != nil {
		return "", err
	}
	return Cut(string(log), lines)
}

func readExcerpt(ctx context.Context, home *vault.Compartment) (*Excerpt, error) {
	if !has(home, objExcerpt) {
		return nil, nil
	}
	var kept keptExcerpt
	if err := getJSON(ctx, home, objExcerpt, &kept); err != nil {
		return nil, err
	}
	e := &Excerpt{}
	if err := json.Unmarshal([]byte(kept.Statement), e); err != nil {
		return nil, fault.Errorf(fault.Integrity, "the sealed excerpt cannot be read: %v", err)
	}
	return e, nil
}

// Told is what a reviewer has told the operator's side of a run, besides what was
// decided.
type Told struct {
	Code    string // with which the module ended, where the job was rejected for it
	Excerpt []byte // of the log; nil if there is none

	Message string    // with which the job was returned
	Answers []Comment // of the operator's own side
	Refused []string  // models that the manifest declares and the release does not have

	RefusedNumbers []string // likewise, asserted outputs
}

// Told gives it to a person of the submitter's organisation.
func (s *Service) Told(ctx context.Context, actor access.Person, id string) (t Told, err error) {
	j, _, err := s.find(ctx, actor, access.ReadJob, id)
	if err != nil || !j.Module && j.State != Returned {
		return t, err
	}
	switch j.State {
	case Submitted, Admitted, Queued, Refused: // there was no run
		return t, nil
	}
	home, err := s.unlock(ctx, actor, id, "read")
	if err != nil {
		return t, err
	}
	defer home.Close()
	e, err := readExcerpt(ctx, home)
	if err != nil {
		return t, err
	}
	if e != nil {
		t.Excerpt = e.Text
	}
	switch {
	case j.State == Rejected && j.Reason == ModuleError:
		t.Code, err = decidedCode(ctx, j, home)
	case j.State == Returned:
		err = t.returned(ctx, j, home)
	case j.State == Released:
		t.Refused, t.RefusedNumbers, err = refused(ctx, home)
	}
	return t, err
}

func (t *Told) returned(ctx context.Context, j Job, home *vault.Compartment) error {
	d, err := lastDecision(ctx, j, home)
	if err != nil {
		return err
	}
	t.Message = d.Message
	all, err := readComments(ctx, home)
	for _, c := range all {
		if c.Org == j.Org {
			t.Answers = append(t.Answers, c)
		}
	}
	return err
}

// decidedCode gives the code with which the module ended.
func decidedCode(ctx context.Context, j Job, home *vault.Compartment) (string, error) {
	if _, err := lastDecision(ctx, j, home); err != nil {
		return "", err
	}
	return failureCode(ctx, j, home)
}

// failureCode gives the module's own code that a run ended with.
func failureCode(ctx context.Context, j Job, home *vault.Compartment) (string, error) {
	var f Failure
	if has(home, objFailure) {
		if err := getJSON(ctx, home, objFailure, &f); err != nil {
			return "", err
		}
	}
	if f.Code == "" {
		return "", fault.Errorf(fault.Conflict, "job %s did not end with an error that its manifest declares; reject it for another reason", j.ID)
	}
	return f.Code, nil
}
