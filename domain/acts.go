package domain

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/catalog"
	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/store"
)

// acts is an account of what was done to the metadata database: how often a
// person, document or version was stored and with which content, and how far a job
// has come. The log gives one account and the database another. With both Open
// finds a database that is older than the log or was altered, and learns whether an
// act that a crash left without an outcome was done after all.
type acts struct {
	counts  map[string]int
	digests map[string]string // of content, by key and count
}

func newActs() acts { return acts{map[string]int{}, map[string]string{}} }

// digestDetail names, in an intent, the digest of what it stores.
const digestDetail = job.DigestDetail

// confirmedDetail marks the registration of somebody whom nobody need confirm.
const confirmedDetail = "confirmed"

func numbered(key string, n int) string { return fmt.Sprintf("%s@%d", key, n) }

// How far a job has come, by the acts that lead there.
const (
	entered = iota + 1
	ran
	decided
	released
	withdrawn
)

// of gives what an act counts for, and how far it brings a job; "" is an act
// that leaves nothing in the database.
func (a acts) of(r audit.Record) (key string, far int) {
	switch access.Action(r.Action) {
	case access.ManagePeople, access.ConfirmPerson, access.RegisterDataset, access.SetPolicy, access.SignAgreement, access.ApproveScenario:
		return r.Target, 0
	case access.ImportDataset:
		return importOf(r.Target), 0
	case access.SubmitJob:
		return r.Target, entered
	case access.RunJob:
		return r.Target, ran
	case access.DecideJob:
		return r.Target, decided
	case access.CreateRelease:
		return r.Target, released
	case access.WithdrawRelease:
		return r.Target, withdrawn
	}
	return "", 0
}

func importOf(target string) string { return "import " + target }

// note adds an act that ended well.
func (a acts) note(intent audit.Record) {
	key, far := a.of(intent)
	switch {
	case key == "":
		return
	case far > 0:
		a.counts[key] = max(a.counts[key], far)
	default:
		a.counts[key]++
	}
	if intent.Details[confirmedDetail] != "" { // registered and confirmed in one
		a.digests[numbered(key, a.counts[key])] = intent.Details[digestDetail]
		a.counts[key]++
	}
	if digest := intent.Details[digestDetail]; digest != "" {
		n := a.counts[key]
		if far > 0 {
			n = far
		}
		a.digests[numbered(key, n)] = digest
	}
}

// done reports whether the database has an act that the log, of which a is the
// account, does not know to have ended.
func (a acts) done(intent audit.Record, database acts) bool {
	key, far := a.of(intent)
	if far > 0 {
		return database.counts[key] >= far
	}
	return key != "" && database.counts[key] > a.counts[key]
}

// check refuses a database that lacks what the log says was done, has something
// else in its place, or has what nobody did. A job may have come further than its
// acts: a crash in a run ends it. What lets it go on is sealed with it.
func (a acts) check(database acts) error {
	var differ []string
	for key, n := range a.counts {
		if database.counts[key] < n {
			differ = append(differ, key)
		}
	}
	for key, n := range database.counts {
		if n > a.counts[key] && !strings.HasPrefix(key, "job/") {
			differ = append(differ, key)
		}
	}
	for key, digest := range a.digests {
		if database.digests[key] != digest {
			differ = append(differ, key)
		}
	}
	if len(differ) == 0 {
		return nil
	}
	return fault.Errorf(fault.Integrity, "the metadata database is older than the audit log, or was altered: the log has another account of %s (%d such); restore the whole domain folder from one backup",
		slices.Min(differ), len(differ))
}

// inDatabase is the database's own account.
func inDatabase(ctx context.Context, s *store.Store) (acts, error) {
	a := newActs()
	people, err := s.People(ctx)
	if err != nil {
		return a, err
	}
	for _, p := range people {
		a.put("person/"+p.ID, 1, p.Digest())
		if p.Confirmed { // counts as a second act on the person
			a.put("person/"+p.ID, 2, p.Digest())
		}
	}
	documents, err := s.EveryDocument(ctx)
	if err != nil {
		return a, err
	}
	for _, d := range documents { // versions rise
		a.put(d.Kind+"/"+d.ID, d.Version, crypto.Sum(d.Body))
		if d.Kind != job.DocDataset {
			continue
		}
		versions, err := s.Versions(ctx, d.ID)
		if err != nil {
			return a, err
		}
		a.counts[importOf(catalog.Compartment(d.ID))] = len(versions)
	}
	jobs, err := s.Jobs(ctx)
	for _, j := range jobs {
		key := "job/" + j.ID
		a.counts[key] = far(j.State)
		a.digests[numbered(key, entered)] = j.Digest().String()
	}
	return a, err
}

func (a acts) put(key string, n int, content crypto.Digest) {
	a.counts[key] = n
	a.digests[numbered(key, n)] = content.String()
}

// far says how far a job in this state has come, at least. A run counts once it
// has ended.
func far(s job.State) int {
	switch s {
	case job.Queued, job.Running, job.Checking, job.Refused:
		return entered
	case job.Held, job.Failed:
		return ran
	case job.Approved, job.Rejected, job.Returned, job.Frozen, job.Expired:
		return decided
	case job.Released:
		return released
	case job.Withdrawn:
		return withdrawn
	}
	return 0
}
