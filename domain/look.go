package domain

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"yingbi/audit"
	"yingbi/internal/fault"
)

// Health is how a check of a look ended.
type Health string

const (
	Sound  Health = "ok"
	Mends  Health = "mends"  // the next opening, or a repair, puts it right
	Notice Health = "notice" // nothing is wrong with the folder; a person should see to it
	Broken Health = "broken" // something was lost or altered: restore a backup
	Unseen Health = "unseen" // could not be looked at; the reason says why
)

// Finding is what a look at a domain folder found in one respect.
type Finding struct {
	Check  string           `json:"check"` // see Checks
	State  Health           `json:"state"`
	Facts  map[string]int64 `json:"facts,omitempty"`  // figures: bytes, seconds, numbers of records
	Items  []string         `json:"items,omitempty"`  // files, relative to the folder; compartments; acts
	Reason string           `json:"reason,omitempty"` // why it is broken or unseen
}

// Checks lists what a look looks at, in this order.
func Checks() []string {
	return []string{"rights", "space", "leftovers", "log", "clock", "keeper", "vault", "orphans", "database", "acts", "reveals", "held", "approvals", "terms"}
}

// Look examines a domain folder and changes nothing in it. It needs the public key
// alone, which the folder has; with unlock set it also asks the keeper what it
// remembers. While another process has the domain open it is refused.
func Look(ctx context.Context, cfg Config, unlock bool) (out []Finding, err error) {
	cfg = cfg.settled()
	l := &look{ctx: ctx, cfg: cfg, clock: newSteady(cfg.Clock), ledger: newLedger(), found: map[string]Finding{}}
	if l.info, err = readInfo(cfg.Dir); err != nil {
		return nil, err
	}
	release, err := lockShared(cfg.Dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, release()) }()
	l.rights()
	l.space()
	l.leftovers()
	l.log()
	l.time()
	l.keeper(unlock)
	l.vault()
	l.database()
	for _, name := range Checks() {
		out = append(out, l.found[name])
	}
	return out, ctx.Err()
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// lockShared keeps verbs out, and not other looks. It does not make the lock.
func lockShared(dir string) (func() error, error) {
	f, err := os.Open(filepath.Join(dir, "lock"))
	if errors.Is(err, fs.ErrNotExist) {
		return func() error { return nil }, nil
	}
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_SH|unix.LOCK_NB); err != nil {
		return nil, errors.Join(fault.New(fault.Conflict, "another process has this domain open; wait for it, or stop it"), f.Close())
	}
	return func() error { return unlock(f) }, nil
}

// look is one examination.
type look struct {
	ctx    context.Context // of this one call of Look
	cfg    Config
	info   Info
	clock  *steady
	ledger *ledger
	report audit.Report
	found  map[string]Finding
}

func (l *look) note(f Finding) { l.found[f.Check] = f }

// items notes what will be put right, or that there is nothing.
func (l *look) items(check string, items []string) {
	state := Sound
	if len(items) > 0 {
		state = Mends
	}
	l.note(Finding{Check: check, State: state, Items: items})
}

// failed notes that a check could not be made, or found damage.
func (l *look) failed(check string, err error) {
	state := Unseen
	if kind := fault.KindOf(err); kind == fault.Integrity || kind == fault.NotFound {
		state = Broken
	}
	l.note(Finding{Check: check, State: state, Reason: err.Error()})
}
