package audit

import (
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"yingbi/internal/fault"
)

// The phases of a record.
const (
	Intent  = "intent"  // about to be done
	Outcome = "outcome" // how it ended; Ref names the intent
	Event   = "event"   // happened by itself, such as a start or a recovery
)

// OK is the Result of an outcome that succeeded; others give the kind of fault.
const OK = "ok"

// Record is one line of the log. The log adds Nonce, and Time where it is zero.
type Record struct {
	Time    time.Time         // kept in UTC, to the microsecond
	Actor   string            // who: a person's id, or "system"
	Action  string            // what: "key.unwrap", "release.approve"
	Phase   string            // Intent, Outcome or Event
	Target  string            // what it concerns: "dataset/claims", "job/0192…", "key/…"
	Ref     *uint64           // an outcome's intent; nil otherwise
	Result  string            // an outcome's OK or kind of fault; empty otherwise
	Details map[string]string // never a subject's identifier, never a bare hash of unpublished content
	Nonce   [16]byte          // random, so that a record's hash tells nothing about its content
}

// Sizes in bytes, after normalisation.
const (
	maxRecord  = 64 << 10 // canonical JSON
	maxName    = 64       // action, result, key of a detail
	maxSubject = 256      // actor, target
	maxDetails = 64       // number of details
)

const timeLayout = "2006-01-02T15:04:05.000000Z"

const (
	lower  = "abcdefghijklmnopqrstuvwxyz"
	upper  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits = "0123456789"
)

// isAction accepts words of letters and digits that begin with a letter, with one
// of "._-" between two: [a-z][a-z0-9]*([._-][a-z0-9]+)*
func isAction(s string) bool { return s[0] > '9' && areWords(s, lower+digits, "._-") }

// isResult accepts [a-z]+([ -][a-z]+)*
func isResult(s string) bool { return areWords(s, lower, " -") }

// isDetail accepts [A-Za-z][A-Za-z0-9_.-]*
func isDetail(s string) bool {
	return strings.IndexByte(lower+upper, s[0]) >= 0 && areWords(s, lower+upper+digits+"_.-", "")
}

// areWords tells whether s is words of the letters with one separator between two.
func areWords(s, letters, separators string) bool {
	inWord := false
	for i := range len(s) {
		letter := strings.IndexByte(letters, s[i]) >= 0
		if !letter && (!inWord || strings.IndexByte(separators, s[i]) < 0) {
			return false
		}
		inWord = letter
	}
	return inWord
}

// encode checks the record and gives its canonical JSON. Text is brought to NFC.
func (r Record) encode() ([]byte, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	b := append(make([]byte, 0, 512), `{"action":`...)
	b = appendString(b, r.Action)
	b = appendString(append(b, `,"actor":`...), r.Actor)
	if len(r.Details) > 0 {
		sep := `,"details":{`
		keys := slices.AppendSeq(make([]string, 0, len(r.Details)), maps.Keys(r.Details))
		slices.Sort(keys)
		for _, key := range keys {
			b = appendString(append(b, sep...), key)
			b = appendString(append(b, ':'), r.Details[key])
			sep = ","
		}
		b = append(b, '}')
	}
	b = hex.AppendEncode(append(b, `,"nonce":"`...), r.Nonce[:])
	b = append(append(b, `","phase":"`...), r.Phase...)
	if r.Phase == Outcome {
		b = strconv.AppendUint(append(b, `","ref":`...), *r.Ref, 10)
		b = append(append(b, `,"result":"`...), r.Result...)
	}
	b = appendString(append(b, `","target":`...), r.Target)
	b = r.Time.UTC().AppendFormat(append(b, `,"time":"`...), timeLayout)
	b = append(b, `"}`...)
	if len(b) > maxRecord {
		return nil, fault.Errorf(fault.Limit, "audit record %s: %d bytes, at most %d are kept: shorten the details", r.Action, len(b), maxRecord)
	}
	return b, nil
}

func (r Record) check() error {
	switch {
	case !fits(r.Action, maxName) || !isAction(r.Action):
		return bad(r, "the action must be 1 to 64 lower-case letters and digits with dots, such as job.submit")
	case !fits(r.Actor, maxSubject):
		return bad(r, "the actor must be 1 to 256 bytes of UTF-8")
	case !fits(r.Target, maxSubject):
		return bad(r, "the target must be 1 to 256 bytes of UTF-8, such as dataset/claims")
	case r.Time.UTC().Year() < 1970 || r.Time.UTC().Year() > 9999:
		return bad(r, "the time must lie between 1970 and 9999")
	}
	if err := r.checkPhase(); err != nil {
		return err
	}
	return r.checkDetails()
}

func (r Record) checkPhase() error {
	switch r.Phase {
	case Intent, Event:
		if r.Ref != nil || r.Result != "" {
			return bad(r, "only an outcome has a ref and a result")
		}
	case Outcome:
		if r.Ref == nil || *r.Ref > maxIndex {
			return bad(r, "an outcome names the index of its intent")
		}
		if !fits(r.Result, maxName) || !isResult(r.Result) {
			return bad(r, `the result must be "ok" or the name of a kind of fault`)
		}
	default:
		return bad(r, "the phase must be intent, outcome or event")
	}
	return nil
}

func (r Record) checkDetails() error {
	if len(r.Details) > maxDetails {
		return bad(r, "at most 64 details are kept")
	}
	for key, value := range r.Details {
		if !fits(key, maxName) || !isDetail(key) {
			return bad(r, "the name of a detail must be 1 to 64 letters, digits, dots, dashes and underscores")
		}
		if !utf8.ValidString(value) || len(value) > maxRecord {
			return bad(r, "the value of a detail must be UTF-8 and shorter than 64 KiB")
		}
	}
	return nil
}

func fits(s string, most int) bool {
	return s != "" && len(s) <= most && utf8.ValidString(s) && len(composed(s)) <= most
}

// bad never quotes the record: what is wrong in it may be what must not be shown.
func bad(r Record, why string) error {
	if r.Action != "" && len(r.Action) <= maxName && isAction(r.Action) {
		why = r.Action + ": " + why
	}
	return fault.New(fault.Invalid, "audit record: "+why)
}
