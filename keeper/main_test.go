// The keeper's locks need a runtime that does not look at its cgroup again.
//
//go:debug containermaxprocs=0
//go:debug updatemaxprocs=0
package keeper

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/internal/fault"
)

// TestMain lets the test binary be the keeper process.
func TestMain(m *testing.M) {
	if Active() {
		Main()
	}
	if dir := os.Getenv("KEEPER_TEST_TERMINAL"); dir != "" {
		os.Exit(foundAtTerminal(dir))
	}
	os.Exit(m.Run())
}

const secret = "correct horse battery 口令"

// domain is a keeper's folder and the log that belongs to it.
type domain struct {
	t   testing.TB
	cfg Config
}

func newDomain(t testing.TB) *domain {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return &domain{t, Config{Exe: exe, Dir: filepath.Join(t.TempDir(), "keeper"), Origin: "test.gov.cn", Rounds: minRounds}}
}

// descriptor gives a pipe with the content in it.
func (d *domain) descriptor(content string) *os.File {
	d.t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { r.Close() })
	if _, err := w.WriteString(content); err != nil {
		d.t.Fatal(err)
	}
	w.Close()
	return r
}

// foundedByKeyFile gives a domain that needs no slow derivation.
func foundedByKeyFile(t testing.TB) *domain {
	t.Helper()
	d := newDomain(t)
	d.cfg.Unlock = Unlock{KeyFile: filepath.Join(t.TempDir(), "root.key")}
	d.init()
	return d
}

func (d *domain) init() InitResult {
	d.t.Helper()
	made, err := Init(d.t.Context(), d.cfg)
	if err != nil {
		d.t.Fatal(err)
	}
	return made
}

func (d *domain) start() *Keeper {
	d.t.Helper()
	k, err := Start(d.t.Context(), d.cfg)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { k.Close() })
	return k
}

func (d *domain) refused(kind fault.Kind) {
	d.t.Helper()
	k, err := Start(d.t.Context(), d.cfg)
	if err == nil {
		k.Close()
	}
	wantKind(d.t, err, kind)
}

// log opens the audit log that the keeper signs.
func (d *domain) log(k *Keeper, dir string) *audit.Log {
	d.t.Helper()
	v, err := crypto.NoteVerifier(k.Origin(), k.Public())
	if err != nil {
		d.t.Fatal(err)
	}
	l, _, err := audit.Open(dir, audit.Config{Signer: k, Verifier: v})
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { l.Close(context.Background()) })
	return l
}

func wantKind(t testing.TB, err error, kind fault.Kind) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind {
		t.Fatalf("got %v, want an error of kind %v", err, kind)
	}
}

var claims = Intent{Actor: "li.wei", Compartment: "dataset/claims", Purpose: "ingest", Job: "0192"}
