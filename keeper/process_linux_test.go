package keeper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/internal/fault"
)

func TestPassphraseFromDescriptor(t *testing.T) {
	d := newDomain(t)
	d.cfg.Unlock = Unlock{PassphraseFD: d.descriptor(secret + "\r\nnot part of it\n")}
	made := d.init()
	if made.Origin != "test.gov.cn" || made.Shares != nil {
		t.Fatal(made)
	}
	d.cfg.Unlock = Unlock{PassphraseFD: d.descriptor(secret)}
	k := d.start()
	if k.Public() != made.Public {
		t.Fatal("the keeper came back with another key")
	}
	checkNothingShows(t, k, secret)
	k.Close()
	d.cfg.Unlock = Unlock{PassphraseFD: d.descriptor(secret + "!")}
	d.refused(fault.Denied)
	d.cfg.Unlock = Unlock{PassphraseFD: d.descriptor("")}
	d.refused(fault.Invalid)
	d.cfg.Unlock = Unlock{SharesFD: d.descriptor(secret)}
	d.refused(fault.Invalid)
}

// checkNothingShows looks at what every user of the host can read.
func checkNothingShows(t *testing.T, k *Keeper, secrets ...string) {
	t.Helper()
	shown, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", k.PID()))
	if err != nil {
		t.Fatal(err)
	}
	environ, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", k.PID()))
	if err == nil && !bytes.HasPrefix(environ, []byte("YINGBI_KEEPER=")) || bytes.Count(environ, []byte("=")) > 1 {
		t.Fatalf("the keeper's environment is %q", environ)
	}
	if err != nil && !errors.Is(err, os.ErrPermission) { // not dumpable: only root may read it
		t.Fatal(err)
	}
	for _, secret := range secrets {
		if bytes.Contains(shown, []byte(secret)) || bytes.Contains(environ, []byte(secret)) {
			t.Fatalf("a secret shows in /proc: %q %q", shown, environ)
		}
	}
}

func TestTheProcessIsLocked(t *testing.T) {
	k := foundedByKeyFile(t).start()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", k.PID()))
	if err != nil {
		t.Fatal(err)
	}
	for _, lock := range []string{"\nSeccomp:\t2\n", "\nNoNewPrivs:\t1\n", "\nCapEff:\t0000000000000000\n"} {
		if !bytes.Contains(status, []byte(lock)) {
			t.Errorf("%q is not in the status of the keeper:\n%s", lock, status)
		}
	}
}

func TestKeyFile(t *testing.T) {
	d := foundedByKeyFile(t)
	path := d.cfg.Unlock.KeyFile
	key, err := os.ReadFile(path)
	if err != nil || len(key) != 65 {
		t.Fatalf("Init made a key file of %d bytes, %v", len(key), err)
	}
	k := d.start()
	checkNothingShows(t, k, strings.TrimSpace(string(key)), path)
	k.Close()
	for mode, kind := range map[os.FileMode]fault.Kind{0o644: fault.Denied, 0o640: fault.Denied, 0o700: fault.Denied} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		d.refused(kind)
	}
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	d.start().Close()
	wrong := filepath.Join(t.TempDir(), "wrong.key")
	for content, kind := range map[string]fault.Kind{
		strings.Repeat("x", 65): fault.Denied, strings.Repeat("x", 31): fault.Invalid,
		strings.Repeat("x", 4097): fault.Invalid, "": fault.Invalid,
	} {
		if err := os.WriteFile(wrong, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		d.cfg.Unlock.KeyFile = wrong
		d.refused(kind)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	for _, other := range []string{link, t.TempDir(), filepath.Join(t.TempDir(), "none")} {
		d.cfg.Unlock.KeyFile = other
		d.refused(fault.Invalid)
	}
}

func TestShares(t *testing.T) {
	d := newDomain(t)
	d.cfg.Shares.N, d.cfg.Shares.M = 2, 3
	made := d.init()
	if len(made.Shares) != 3 {
		t.Fatal(made.Shares)
	}
	other := newDomain(t)
	other.cfg.Shares = d.cfg.Shares
	foreign := other.init().Shares[1]
	d.cfg.Shares.N, d.cfg.Shares.M = 0, 0
	for _, lines := range [][]string{
		{made.Shares[0]}, {}, {made.Shares[0], made.Shares[0]}, {made.Shares[0], foreign},
		{made.Shares[0], made.Shares[1][:40]}, {made.Shares[0], "nothing"},
	} {
		d.cfg.Unlock = Unlock{SharesFD: d.descriptor(strings.Join(lines, "\n"))}
		d.refused(fault.Denied)
	}
	d.cfg.Unlock = Unlock{SharesFD: d.descriptor(made.Shares[2] + "\n\n " + made.Shares[0] + " \n")}
	k := d.start()
	checkNothingShows(t, k, made.Shares...)
	if k.Public() != made.Public {
		t.Fatal("another key")
	}
}

func TestFoundingIsRefused(t *testing.T) {
	d := foundedByKeyFile(t)
	_, err := Init(t.Context(), d.cfg)
	wantKind(t, err, fault.Conflict)
	for name, spoil := range map[string]func(*Config){
		"no unlock":       func(c *Config) { c.Unlock = Unlock{} },
		"two unlocks":     func(c *Config) { c.Unlock.Terminal = true },
		"shares read":     func(c *Config) { c.Unlock = Unlock{SharesFD: os.Stdin} },
		"1 of 3":          func(c *Config) { c.Shares.N, c.Shares.M = 1, 3 },
		"4 of 3":          func(c *Config) { c.Shares.N, c.Shares.M = 4, 3 },
		"2 of 256":        func(c *Config) { c.Shares.N, c.Shares.M = 2, 256 },
		"few rounds":      func(c *Config) { c.Rounds = minRounds - 1 },
		"negative limit":  func(c *Config) { c.UnwrapsPerMinute = -1 },
		"name with space": func(c *Config) { c.Origin = "a b" },
		"short passphrase": func(c *Config) {
			c.Unlock = Unlock{PassphraseFD: d.descriptor("1234567\n")}
		},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := newDomain(t).cfg
			cfg.Unlock = d.cfg.Unlock
			spoil(&cfg)
			_, err := Init(t.Context(), cfg)
			wantKind(t, err, fault.Invalid)
			if _, err := os.Stat(filepath.Join(cfg.Dir, keyringName)); err == nil {
				t.Fatal("a keyring was made")
			}
		})
	}
	empty := newDomain(t)
	empty.cfg.Unlock = d.cfg.Unlock
	empty.refused(fault.NotFound)
	if err := os.MkdirAll(empty.cfg.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	empty.refused(fault.NotFound)
	d.cfg.Origin = "other.gov.cn"
	d.refused(fault.Integrity)
}

func TestStartEndsWithItsContext(t *testing.T) {
	d := foundedByPassphrase(t)
	r, w, err := os.Pipe() // nobody types
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	d.cfg.Unlock = Unlock{PassphraseFD: r}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := Start(ctx, d.cfg); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
}

func foundedByPassphrase(t *testing.T) *domain {
	d := newDomain(t)
	d.cfg.Unlock = Unlock{PassphraseFD: d.descriptor(secret)}
	d.init()
	return d
}

func TestCreateUnwrapSign(t *testing.T) {
	d := foundedByKeyFile(t)
	k, dir := d.start(), t.TempDir()
	l := d.log(k, dir)
	keys := k.Keys(l)
	key, wrapped, err := keys.Create(t.Context(), claims)
	if err != nil || key == (crypto.Key{}) || bytes.Contains(wrapped, key[:]) {
		t.Fatal(err)
	}
	again, err := keys.Unwrap(t.Context(), claims, wrapped)
	if err != nil || again != key {
		t.Fatal("another key came back", err)
	}
	elsewhere := claims
	elsewhere.Compartment = "dataset/population"
	_, err = keys.Unwrap(t.Context(), elsewhere, wrapped)
	wantKind(t, err, fault.Integrity)
	for i := range wrapped {
		bad := bytes.Clone(wrapped)
		bad[i] ^= 1
		if i%16 == 0 {
			_, err := keys.Unwrap(t.Context(), claims, bad)
			wantKind(t, err, fault.Integrity)
		}
	}
	sig, err := keys.Sign(t.Context(), claims, "certificate", []byte("message"))
	if err != nil || k.Public().VerifyLabelled("certificate", []byte("message"), sig) != nil {
		t.Fatal(err)
	}
	if k.Public().VerifyLabelled("other", []byte("message"), sig) == nil || k.Public().VerifyLabelled("certificate", []byte("massage"), sig) == nil {
		t.Fatal("the signature holds for something else")
	}
	checkTrail(t, l)
	counts, err := k.Counts(t.Context())
	if err != nil || counts["key.create"] != 1 || counts["sign.certificate"] != 1 || counts["refused"] == 0 {
		t.Fatal(counts, err)
	}
}

// checkTrail wants an outcome for each intent, of the right kind.
func checkTrail(t *testing.T, l *audit.Log) {
	t.Helper()
	var results []string
	for _, r := range l.Read(0, l.Size()) {
		if r.Phase == audit.Intent && (r.Actor != "li.wei" || r.Details["purpose"] != "ingest" || r.Details["job"] != "0192") {
			t.Fatalf("%+v", r)
		}
		if r.Phase == audit.Outcome {
			results = append(results, r.Action+" "+r.Result)
		}
	}
	if results[0] != "key.create ok" || results[1] != "key.unwrap ok" || results[2] != "key.unwrap integrity" || results[len(results)-1] != "sign.certificate ok" {
		t.Fatal(results)
	}
	if l.Size() != uint64(2*len(results)) {
		t.Fatal("an intent has no outcome")
	}
}

func TestRefusedBeforeAnythingIsRecorded(t *testing.T) {
	d := foundedByKeyFile(t)
	k := d.start()
	l := d.log(k, t.TempDir())
	keys := k.Keys(l)
	_, err := keys.Sign(t.Context(), claims, "Not A Label", []byte("m"))
	wantKind(t, err, fault.Invalid)
	_, err = keys.Sign(t.Context(), claims, strings.Repeat("a", 32+1), []byte("m"))
	wantKind(t, err, fault.Invalid)
	_, err = keys.Unwrap(t.Context(), claims, nil)
	wantKind(t, err, fault.Integrity)
	_, _, err = keys.Create(t.Context(), Intent{Actor: "a"})
	wantKind(t, err, fault.Invalid)
	if l.Size() != 0 {
		t.Fatal("something was recorded")
	}
}

func TestRestartKeepsState(t *testing.T) {
	d, dir := foundedByKeyFile(t), t.TempDir()
	k := d.start()
	l := d.log(k, dir)
	key, wrapped, err := k.Keys(l).Create(t.Context(), claims)
	if err != nil {
		t.Fatal(err)
	}
	spent, err := l.Prove(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	k.Close()

	k = d.start()
	_, err = k.call(t.Context(), request{Key: &keyRequest{Action: actionCreate, Compartment: claims.Compartment, Proof: spent}})
	wantKind(t, err, fault.Denied) // replayed across the restart
	l = d.log(k, dir)
	again, err := k.Keys(l).Unwrap(t.Context(), claims, wrapped)
	if err != nil || again != key {
		t.Fatal(err)
	}
	counts, err := k.Counts(t.Context())
	if err != nil || counts["key.create"] != 1 || counts["key.unwrap"] != 1 {
		t.Fatal(counts, err)
	}
	// A log that was replaced by an empty one, or by an older copy, is found out.
	v, err := crypto.NoteVerifier(k.Origin(), k.Public())
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = audit.Open(t.TempDir(), audit.Config{Signer: k, Verifier: v})
	wantKind(t, err, fault.Integrity)
}

func TestKilledKeeper(t *testing.T) {
	d := foundedByKeyFile(t)
	k, dir := d.start(), t.TempDir()
	l := d.log(k, dir)
	_, wrapped, err := k.Keys(l).Create(t.Context(), claims)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(k.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_, err = k.Keys(l).Unwrap(t.Context(), claims, wrapped)
		wantKind(t, err, fault.Internal)
		if !strings.Contains(err.Error(), "the keeper process is gone") {
			t.Fatal(err)
		}
	}
	if err := l.Close(t.Context()); err == nil {
		t.Fatal("the log was closed without a last checkpoint, and did not say so")
	}
	k = d.start()
	l = d.log(k, dir)
	if _, err := k.Keys(l).Unwrap(t.Context(), claims, wrapped); err != nil {
		t.Fatal(err)
	}
}

func TestInterruptsAreForTheDomain(t *testing.T) {
	d := foundedByKeyFile(t)
	k := d.start()
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		if err := syscall.Kill(k.PID(), s); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := k.Counts(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestRotation(t *testing.T) {
	d, dir := foundedByKeyFile(t), t.TempDir()
	old, err := os.ReadFile(filepath.Join(d.cfg.Dir, keyringName))
	if err != nil {
		t.Fatal(err)
	}
	k := d.start()
	l := d.log(k, dir)
	key, first, err := k.Keys(l).Create(t.Context(), claims)
	if err != nil {
		t.Fatal(err)
	}
	same, err := k.Rewrap(t.Context(), claims.Compartment, first)
	if err != nil || !bytes.Equal(same, first) {
		t.Fatal("rewrapped under the same KEK", err)
	}
	if version, err := k.Rotate(t.Context()); err != nil || version != 2 {
		t.Fatal(version, err)
	}
	second, err := k.Rewrap(t.Context(), claims.Compartment, first)
	if err != nil || bytes.Equal(second, first) || second[4] != 2 {
		t.Fatal(second, err)
	}
	_, err = k.Rewrap(t.Context(), "dataset/population", first)
	wantKind(t, err, fault.Integrity)
	l.Close(t.Context())
	k.Close()
	k = d.start()
	l = d.log(k, dir)
	for _, wrapped := range [][]byte{first, second} {
		again, err := k.Keys(l).Unwrap(t.Context(), claims, wrapped)
		if err != nil || again != key {
			t.Fatal(err)
		}
	}
	l.Close(t.Context())
	k.Close()
	if err := os.WriteFile(filepath.Join(d.cfg.Dir, keyringName), old, 0o600); err != nil {
		t.Fatal(err)
	}
	d.refused(fault.Integrity) // the keyring of before the rotation
}

func TestUnwrapsAreBounded(t *testing.T) {
	d := foundedByKeyFile(t)
	d.cfg.UnwrapsPerMinute = 2
	k := d.start()
	l := d.log(k, t.TempDir())
	_, wrapped, err := k.Keys(l).Create(t.Context(), claims)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		_, err = k.Keys(l).Unwrap(t.Context(), claims, wrapped)
		if i < 2 && err != nil {
			t.Fatal(err)
		}
	}
	wantKind(t, err, fault.Limit)
}

func BenchmarkUnwrap(b *testing.B) {
	d := foundedByKeyFile(b)
	d.cfg.UnwrapsPerMinute = maxUnwraps
	k := d.start()
	l := d.log(k, b.TempDir())
	_, wrapped, err := k.Keys(l).Create(b.Context(), claims)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := k.Keys(l).Unwrap(b.Context(), claims, wrapped); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkUnwrapParallel(b *testing.B) {
	d := foundedByKeyFile(b)
	d.cfg.UnwrapsPerMinute = maxUnwraps
	k := d.start()
	l := d.log(k, b.TempDir())
	_, wrapped, err := k.Keys(l).Create(b.Context(), claims)
	if err != nil {
		b.Fatal(err)
	}
	b.SetParallelism(16)
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if _, err := k.Keys(l).Unwrap(context.Background(), claims, wrapped); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkStart(b *testing.B) {
	d := foundedByKeyFile(b)
	for b.Loop() {
		d.start().Close()
	}
}
