package domain

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/keeper"
	"yingbi/store"
	"yingbi/vault"
)

// rights: everything is of one owner, and theirs alone.
func (l *look) rights() {
	var open, foreign []string
	owner, err := ownerOf(l.cfg.Dir)
	if err != nil {
		l.failed("rights", err)
		return
	}
	err = filepath.WalkDir(l.cfg.Dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(l.cfg.Dir, path)
		if stat, ok := info.Sys().(*syscall.Stat_t); !ok || stat.Uid != owner || !e.IsDir() && !info.Mode().IsRegular() {
			foreign = append(foreign, name)
		} else if info.Mode().Perm()&0o077 != 0 {
			open = append(open, name)
		}
		return err
	})
	switch {
	case err != nil:
		l.failed("rights", err)
	case len(foreign) > 0 && len(open) == 0:
		l.note(Finding{Check: "rights", State: Notice, Items: foreign})
	default:
		l.items("rights", open)
	}
}

func ownerOf(path string) (uint32, error) {
	var s unix.Stat_t
	err := unix.Lstat(path, &s)
	return s.Uid, err
}

// Below this much room, in bytes and files, a look gives notice: an import may
// need as much, and the log must never lack it.
const (
	littleRoom  = 256 << 20
	littleFiles = 1000
)

func (l *look) space() {
	var s unix.Statfs_t
	if err := unix.Statfs(l.cfg.Dir, &s); err != nil {
		l.failed("space", err)
		return
	}
	f := Finding{Check: "space", State: Sound, Facts: map[string]int64{"free_bytes": int64(s.Bavail) * s.Bsize}}
	few := s.Files > 0 && s.Ffree < littleFiles // a file system without a fixed number says 0
	if f.Facts["free_bytes"] < littleRoom || few {
		f.State = Notice
	}
	l.note(f)
}

func (l *look) leftovers() {
	found, err := leftovers(l.cfg)
	if err != nil {
		l.failed("leftovers", err)
		return
	}
	l.items("leftovers", found)
}

// log verifies the log and replays it, as an opening does.
func (l *look) log() {
	verifier, err := crypto.NoteVerifier(l.info.Name, l.info.Public)
	if err != nil {
		l.failed("log", err)
		return
	}
	l.report, err = audit.Scan(l.cfg.path("audit"), verifier, nil, func(index uint64, r audit.Record) error {
		l.clock.seen(r)
		return l.ledger.replay(index, r)
	})
	if fault.KindOf(err) == fault.NotFound && !exists(l.cfg.path("vault")) {
		err = nil // founded, and never opened: no record, no object
	}
	if err != nil && l.report.Torn == 0 {
		l.ledger = nil // what it gathered does not count
		l.failed("log", err)
		return
	}
	f := Finding{Check: "log", State: Sound, Facts: map[string]int64{
		"records": int64(l.report.Records), "signed": int64(l.report.Covered), "torn_bytes": l.report.Torn,
	}}
	if l.report.Records > 0 {
		f.Facts["last_unix"] = l.report.Last.Unix()
	}
	if l.report.Torn > 0 || l.report.Uncovered > 0 {
		f.State = Mends
	}
	l.note(f)
}

// needsLog notes that a check waits for a log that is whole.
func (l *look) needsLog(checks ...string) bool {
	if l.ledger != nil {
		return false
	}
	for _, c := range checks {
		l.note(Finding{Check: c, State: Unseen, Reason: "it is judged by the log, which must be whole first"})
	}
	return true
}

func (l *look) time() {
	if l.needsLog("clock") {
		return
	}
	by, host := l.clock.behind()
	f := Finding{Check: "clock", State: Sound, Facts: map[string]int64{
		"behind_seconds": int64(by / time.Second), "backward_records": int64(l.report.Backward),
	}}
	if l.report.Records > 0 {
		f.Facts["idle_seconds"] = max(0, int64(host.Sub(l.report.Last)/time.Second))
	}
	if by > 0 {
		f.State = Notice
	}
	l.note(f)
}

// keeper compares what the keeper remembers with the log.
func (l *look) keeper(unlock bool) {
	if !unlock {
		l.note(Finding{Check: "keeper", State: Unseen, Reason: "the keyring is locked"})
		return
	}
	if l.needsLog("keeper") {
		return
	}
	signed, err := l.signed()
	if err != nil {
		l.failed("keeper", err)
		return
	}
	f := Finding{Check: "keeper", State: Sound, Facts: map[string]int64{"signed": int64(signed)}}
	switch {
	case signed > l.report.Records:
		f.State = Broken
		f.Reason = fmt.Sprintf("the audit log was shortened: it has %d records, and the keeper has signed %d", l.report.Records, signed)
	case signed < l.report.Covered: // the keeper is from an older backup, and catches up
		f.State = Mends
	}
	l.note(f)
}

func (l *look) signed() (uint64, error) {
	k, err := keeper.Start(l.ctx, keeper.Config{Exe: l.cfg.Exe, Dir: l.cfg.path("keeper"), Origin: l.info.Name, Unlock: l.cfg.Unlock})
	if err != nil {
		return 0, err
	}
	defer k.Close()
	if k.Public() != l.info.Public {
		return 0, fault.New(fault.Integrity, "the keyring is not the one of this domain folder; restore both from the same backup")
	}
	return k.Signed(l.ctx)
}

func (l *look) vault() {
	if l.needsLog("vault", "orphans", "reveals") {
		return
	}
	dir := l.cfg.path("vault")
	if !exists(dir) && len(l.ledger.versions) == 0 {
		l.items("vault", nil)
		l.items("orphans", nil)
		l.items("reveals", nil)
		return
	}
	v, err := vault.Open(l.ctx, vault.Config{Dir: dir, Keys: noKeys{}, Public: l.info.Public, Ledger: l.ledger})
	if err != nil {
		l.failed("vault", err)
		l.failed("orphans", err)
		l.note(Finding{Check: "reveals", State: Unseen, Reason: "their tokens lie in the vault"})
		return
	}
	defer v.Close()
	l.expiredReveals(v)
	if err := v.Check(l.ctx); err != nil {
		l.failed("vault", err)
	} else {
		l.note(Finding{Check: "vault", State: Sound, Facts: map[string]int64{"compartments": int64(len(l.ledger.versions))}})
	}
	orphans, err := v.Orphans(l.ctx)
	l.items("orphans", orphans)
	if err != nil {
		l.failed("orphans", err)
	}
}

// noKeys is the keeper of a look: nobody.
type noKeys struct{}

var errNoKeys = fault.New(fault.Internal, "a look uses no key")

func (noKeys) Create(context.Context, keeper.Intent) (crypto.Key, []byte, error) {
	return crypto.Key{}, nil, errNoKeys
}

func (noKeys) Unwrap(context.Context, keeper.Intent, []byte) (crypto.Key, error) {
	return crypto.Key{}, errNoKeys
}

func (noKeys) Sign(context.Context, keeper.Intent, string, []byte) ([]byte, error) {
	return nil, errNoKeys
}

// database checks a copy of the database, and compares it with the log.
func (l *look) database() {
	s, remove, err := store.Snapshot(l.ctx, l.cfg.path("meta.db"))
	if err != nil {
		l.failed("database", err)
		for _, check := range append([]string{"acts"}, deadlines...) {
			l.note(Finding{Check: check, State: Unseen, Reason: "they stand in the database"})
		}
		return
	}
	if err := s.Check(l.ctx); err != nil {
		l.failed("database", err)
	} else {
		l.items("database", nil)
	}
	if !l.needsLog("acts") {
		l.acts(s)
	}
	if !l.needsLog(deadlines...) {
		l.deadlines(s)
	}
	if err := remove(); err != nil {
		l.failed("database", err)
	}
}

// acts lists what an opening will close: intents without an outcome, and jobs that
// an unclean end left half-way.
func (l *look) acts(s *store.Store) {
	if l.report.Records == 0 { // founded, and never opened
		l.items("acts", nil)
		return
	}
	database, err := inDatabase(l.ctx, s)
	if err != nil {
		l.failed("acts", err)
		return
	}
	open, err := l.ledger.judge(database)
	if err != nil {
		l.failed("acts", err)
		return
	}
	var items []string
	for _, i := range open {
		items = append(items, i.String())
	}
	jobs, err := s.Jobs(l.ctx)
	if err != nil {
		l.failed("acts", err)
		return
	}
	for _, j := range jobs {
		switch j.State {
		case job.Submitted, job.Admitted, job.Running, job.Checking:
			items = append(items, "job/"+j.ID+" "+string(j.State))
		}
	}
	l.items("acts", items)
}
