// The keeper's locks need a runtime that does not look at its cgroup again.
//
//go:debug containermaxprocs=0
//go:debug updatemaxprocs=0
package vault

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/keeper"
)

// TestMain lets the test binary be the keeper process.
func TestMain(m *testing.M) {
	if keeper.Active() {
		keeper.Main()
	}
	os.Exit(m.Run())
}

// auditLedger keeps commits in a real audit log.
type auditLedger struct {
	log *audit.Log

	mu      sync.Mutex // guards commits
	commits map[string]entryOfLog
}

type entryOfLog struct {
	version uint64
	digest  crypto.Digest
}

func (l *auditLedger) replay(_ uint64, r audit.Record) error {
	if r.Action != "vault.commit" {
		return nil
	}
	version, err := strconv.ParseUint(r.Details["version"], 10, 64)
	if err != nil {
		return err
	}
	digest, err := crypto.ParseDigest(r.Details["manifest"])
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.commits[r.Target] = entryOfLog{version, digest}
	return nil
}

func (l *auditLedger) Committed(compartment string) (uint64, crypto.Digest, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c, ok := l.commits[compartment]
	return c.version, c.digest, ok
}

func (l *auditLedger) Commit(ctx context.Context, compartment string, version uint64, digest crypto.Digest) error {
	r := audit.Record{Actor: "system", Action: "vault.commit", Phase: audit.Event, Target: compartment,
		Details: map[string]string{"version": strconv.FormatUint(version, 10), "manifest": digest.String()}}
	if _, err := l.log.Append(ctx, r); err != nil {
		return err
	}
	return l.replay(0, r)
}

// real is a domain with the keeper in its own process and the log on disk.
type real struct {
	t   *testing.T
	dir string
	cfg keeper.Config
}

func newReal(t *testing.T) *real {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r := &real{t: t, dir: t.TempDir()}
	r.cfg = keeper.Config{Exe: exe, Dir: filepath.Join(r.dir, "keeper"), Origin: "test.gov.cn",
		Unlock: keeper.Unlock{KeyFile: filepath.Join(r.dir, "root.key")}}
	if _, err := keeper.Init(t.Context(), r.cfg); err != nil {
		t.Fatal(err)
	}
	return r
}

// start starts the keeper, and opens the log and the vault; stop ends them.
func (r *real) start() (v *Vault, k *keeper.Keeper, log *audit.Log, stop func()) {
	r.t.Helper()
	k, err := keeper.Start(r.t.Context(), r.cfg)
	if err != nil {
		r.t.Fatal(err)
	}
	verifier, err := crypto.NoteVerifier(k.Origin(), k.Public())
	if err != nil {
		r.t.Fatal(err)
	}
	ledger := &auditLedger{commits: map[string]entryOfLog{}}
	logs := filepath.Join(r.dir, "audit")
	if err := os.MkdirAll(logs, 0o700); err != nil {
		r.t.Fatal(err)
	}
	if ledger.log, _, err = audit.Open(logs, audit.Config{Signer: k, Verifier: verifier, Replay: ledger.replay}); err != nil {
		r.t.Fatal(err)
	}
	v, err = Open(r.t.Context(), Config{Dir: filepath.Join(r.dir, "vault"), Keys: k.Keys(ledger.log), Public: k.Public(), Ledger: ledger})
	if err != nil {
		r.t.Fatal(err)
	}
	return v, k, ledger.log, func() {
		v.Close()
		if err := ledger.log.Close(context.Background()); err != nil {
			r.t.Error(err)
		}
		k.Close()
	}
}

func TestWithTheRealKeeperAndLog(t *testing.T) {
	r := newReal(t)
	v, _, log, stop := r.start()
	c, err := v.Create(t.Context(), intent("dataset/claims"))
	if err != nil {
		t.Fatal(err)
	}
	before := log.Size()
	put(t, c, "v1.parquet", "rows")
	if n := log.Size() - before; n > 4 {
		t.Errorf("one commit wrote %d records", n)
	}
	stop()

	v, k, _, stop := r.start()
	if c, err = v.Unlock(t.Context(), intent("dataset/claims")); err != nil {
		t.Fatal(err)
	}
	wantRead(t, c, "v1.parquet", "rows")
	if _, err := k.Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := v.Rotate(t.Context(), k); err != nil || n != 1 {
		t.Errorf("rotated %d, %v", n, err)
	}
	if c, err = v.Unlock(t.Context(), intent("dataset/claims")); err != nil {
		t.Fatal(err)
	}
	wantRead(t, c, "v1.parquet", "rows")
	if err := v.Destroy(t.Context(), intent("dataset/claims")); err != nil {
		t.Fatal(err)
	}
	stop()

	v, _, _, stop = r.start()
	defer stop()
	_, err = v.Unlock(t.Context(), intent("dataset/claims"))
	wantKind(t, "unlock after destroying", err, fault.NotFound)
	if err := v.Check(t.Context()); err != nil {
		t.Error(err)
	}
}
