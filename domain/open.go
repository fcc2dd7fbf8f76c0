package domain

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/note"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/internal/clock"
	"yingbi/internal/durable"
	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/keeper"
	"yingbi/sandbox"
	"yingbi/store"
	"yingbi/vault"
)

// Config says which folder to open and how.
type Config struct {
	Dir    string
	Exe    string        // the yingbi binary, started again for the keeper and for cells
	Unlock keeper.Unlock // what opens the keyring
	Clock  clock.Clock   // nil is clock.System
	Log    *slog.Logger  // nil discards
	Cache  job.Cache     // of masked views

	Program string // version of this program, noted with each run; may be empty
}

func (c Config) settled() Config {
	if c.Clock == nil {
		c.Clock = clock.System
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

func (c Config) path(name string) string { return filepath.Join(c.Dir, name) }

// Domain is an opened domain folder. It is safe for concurrent use by its
// sessions; Close it.
type Domain struct {
	Info Info

	cfg     Config // its Clock is the domain's time
	clock   *steady
	lock    *os.File
	keeper  *keeper.Keeper
	keys    *keeper.Keys
	log     *audit.Log
	ledger  *ledger
	store   *store.Store
	vault   *vault.Vault
	sandbox *sandbox.Sandbox

	releases sync.Mutex // held while a release is made
}

// Founding is what Init needs besides the folder.
type Founding struct {
	Name   string        // of the domain, such as yuxi.gov.cn
	Admin  access.Person // the first system administrator
	Shares struct{ N, M int }
}

// Init makes a domain in an empty or absent folder. It gives the shares of the
// root key where the founding asks for shares; they are shown once and stored
// nowhere.
func Init(ctx context.Context, cfg Config, f Founding) (info Info, shares []string, err error) {
	cfg = cfg.settled()
	if strings.TrimSpace(f.Name) == "" || strings.ContainsAny(f.Name, " +\n\t") {
		return info, nil, fault.New(fault.Invalid, "a domain needs a name without spaces or +, such as yuxi.gov.cn: it signs every checkpoint")
	}
	if err := access.CheckRegistration(f.Admin); err != nil {
		return info, nil, err
	}
	if err := durable.MakeFolder(cfg.Dir); err != nil {
		return info, nil, err
	}
	held, err := lock(cfg.Dir)
	if err != nil {
		return info, nil, err
	}
	defer func() { err = errors.Join(err, unlock(held)) }()
	if err := CheckEmpty(cfg.Dir); err != nil {
		return info, nil, err
	}
	defer func() {
		if err != nil { // nothing of a domain that was not made stays behind
			err = errors.Join(err, unmake(cfg))
		}
	}()
	made, err := keeper.Init(ctx, keeper.Config{Exe: cfg.Exe, Dir: cfg.path("keeper"), Origin: f.Name, Unlock: cfg.Unlock, Shares: f.Shares})
	if err != nil {
		return info, nil, err
	}
	db, err := store.Open(ctx, cfg.path("meta.db"))
	if err != nil {
		return info, nil, err
	}
	f.Admin.Confirmed = true // nobody else is there to do it
	err = db.AddPerson(ctx, f.Admin, f.Admin.ID, cfg.Clock())
	if err = errors.Join(err, db.Close()); err != nil {
		return info, nil, err
	}
	info = Info{Format: Format, Name: f.Name, Created: cfg.Clock(), Public: made.Public}
	return info, made.Shares, writeInfo(cfg.Dir, info)
}

// unmake removes what an Init that failed has made: first domain.json, without
// which there is no domain, so that no half of one can be opened.
func unmake(cfg Config) error {
	err := os.Remove(cfg.path(infoFile))
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	} else if err == nil {
		err = durable.SyncFolder(cfg.Dir)
	}
	if err != nil {
		return err
	}
	var errs []error
	for _, name := range beforeInfo {
		errs = append(errs, os.RemoveAll(cfg.path(name)))
	}
	return errors.Join(errs...)
}

// beforeInfo is what Init makes before domain.json.
var beforeInfo = []string{"keeper", "meta.db", "meta.db-journal", "meta.db-wal", "meta.db-shm"}

// CheckEmpty refuses a folder in which a domain cannot be made.
func CheckEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := os.Lstat(filepath.Join(dir, infoFile)); err == nil {
		return fault.Errorf(fault.Conflict, "%s is a domain folder already; open it, or name another folder", dir)
	}
	begun := false
	for _, e := range entries {
		switch {
		case e.Name() == "lock":
		case slices.Contains(beforeInfo, e.Name()) || strings.HasPrefix(e.Name(), "."+infoFile):
			begun = true
		default:
			return fault.Errorf(fault.Conflict, "%s is not empty; a domain is made in an empty folder", dir)
		}
	}
	if begun { // and nobody was told that there is a domain
		return fault.Errorf(fault.Conflict, "%s is not empty: a domain was begun in it and not made to its end, so that nothing is lost with it; remove the folder and call again", dir)
	}
	return nil
}

// Open opens a domain folder, verifies its log, and puts right what an unclean
// end left behind. The log signs a checkpoint before Open returns.
func Open(ctx context.Context, cfg Config) (d *Domain, r Recovery, err error) {
	cfg = cfg.settled()
	time := newSteady(cfg.Clock)
	cfg.Clock = time.now
	d = &Domain{cfg: cfg, clock: time}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.Close(context.WithoutCancel(ctx)))
			d = nil
		}
	}()
	if d.Info, err = readInfo(cfg.Dir); err != nil {
		return d, r, err
	}
	if d.lock, err = lock(cfg.Dir); err != nil {
		return d, r, err
	}
	if d.sandbox, err = sandbox.New(sandbox.Config{Exe: cfg.Exe, Log: cfg.Log}); err != nil {
		return d, r, err
	}
	if err = d.openKeeperAndLog(ctx, &r); err != nil {
		return d, r, err
	}
	if d.store, err = store.Open(ctx, cfg.path("meta.db")); err != nil {
		return d, r, err
	}
	d.vault, err = vault.Open(ctx, vault.Config{
		Dir: cfg.path("vault"), Keys: d.keys, Public: d.Info.Public, Ledger: d.ledger, Clock: cfg.Clock,
	})
	if err != nil {
		return d, r, err
	}
	return d, r, d.recover(ctx, &r)
}

func (d *Domain) openKeeperAndLog(ctx context.Context, r *Recovery) error {
	var err error
	d.keeper, err = keeper.Start(ctx, keeper.Config{Exe: d.cfg.Exe, Dir: d.cfg.path("keeper"), Origin: d.Info.Name, Unlock: d.cfg.Unlock})
	if err != nil {
		return err
	}
	if d.keeper.Public() != d.Info.Public {
		return fault.New(fault.Integrity, "the keyring is not the one of this domain folder; restore both from the same backup")
	}
	verifier, err := crypto.NoteVerifier(d.Info.Name, d.Info.Public)
	if err != nil {
		return err
	}
	d.ledger = newLedger()
	d.log, err = d.openLog(verifier, r)
	if err != nil {
		return err
	}
	d.ledger.log = d.log
	d.keys = d.keeper.Keys(d.log)
	return nil
}

func (d *Domain) openLog(verifier note.Verifier, r *Recovery) (*audit.Log, error) {
	log, recovery, err := audit.Open(d.cfg.path("audit"), audit.Config{
		Origin: d.Info.Name, Signer: d.keeper, Verifier: verifier, Clock: d.cfg.Clock,
		Replay: func(index uint64, r audit.Record) error {
			d.clock.seen(r)
			return d.ledger.replay(index, r)
		},
	})
	r.TornBytes = recovery.TornBytes
	return log, err
}

// Close signs a last checkpoint and stops the keeper. It is safe on a domain
// that was opened half-way.
func (d *Domain) Close(ctx context.Context) error {
	var errs []error
	if d.vault != nil {
		errs = append(errs, d.vault.Close())
	}
	if d.log != nil {
		errs = append(errs, d.log.Close(ctx))
	}
	if d.store != nil {
		errs = append(errs, d.store.Close())
	}
	if d.keeper != nil {
		errs = append(errs, d.keeper.Close())
	}
	if d.lock != nil {
		errs = append(errs, unlock(d.lock))
	}
	return errors.Join(errs...)
}
