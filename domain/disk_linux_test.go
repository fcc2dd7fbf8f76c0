//go:build linux && cgo

package domain

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"yingbi/internal/fault"
	"yingbi/internal/testkit"
)

// blow is what happens to a domain at one of the calls by which an act changes the
// disk, counted from where the act begins.
type blow struct {
	testkit.Blow
	act   string
	kill  bool // the process is killed
	again bool // a victim that lives does the act once more
	close bool // and closes the domain in the end
}

// blows are the ways in which a disk fails, and the killing of the process.
var blows = append([]string{"kill"}, testkit.Blows...)

func newBlow(act, kind string, at int) blow {
	b := blow{act: act, kill: kind == "kill" || kind == "cut"}
	b.Kind, b.At = kind, at
	if kind == "kill" {
		b.Kind = "dead" // for what outlives the process for a moment
	}
	return b
}

func (b *blow) String() string {
	return fmt.Sprintf("%s of %s (kill=%v again=%v close=%v seed=%d) at call %d, which was %s", b.Kind, b.act, b.kill, b.again, b.close, b.Seed, b.At, b.Hit)
}

// striker is the judge of one victim's disk.
type striker struct {
	blow
	dir    string
	begun  bool
	power  *testkit.Power
	deal   testkit.Judge
	victim *victimProcess
}

func (s *striker) judge(c *testkit.Call) syscall.Errno {
	if c.Path == begins {
		s.begun = true
		return syscall.ENOENT
	}
	if c.Blind && c.Is("pwrite64", "fsync") { // the keeper's only file
		c.Path = filepath.Join(s.dir, "keeper", "state")
	}
	if !s.begun {
		if strings.HasPrefix(c.Path, s.dir) {
			return s.power.Pass(c)
		}
		return 0
	}
	errno := s.deal(c)
	if s.kill && s.Hit != "" {
		s.victim.cmd.Process.Kill()
	}
	return errno
}

// stage holds a domain before each deed.
type stage struct {
	once sync.Once
	err  error
	dir  string // a folder for each deed

	mu    sync.Mutex // guards calls
	calls map[string]int
}

var theStage = stage{calls: map[string]int{}}

// stages does the deeds one after the other, once in a test run.
func stages(t *testing.T) *stage {
	t.Helper()
	dir := copyCommon(t)
	st := &theStage
	st.once.Do(func() { st.err = st.make(t, dir) })
	if st.err != nil {
		t.Fatal(st.err)
	}
	return st
}

func (st *stage) make(t *testing.T, dir string) error {
	st.dir = filepath.Join(common.dir, "stages")
	if err := os.MkdirAll(st.before("found"), 0o700); err != nil {
		return err
	}
	ctx := context.Background()
	for _, a := range deeds {
		copyFolder(t, st.before(a.name), dir)
		d, _, err := Open(ctx, config(t, dir))
		if err == nil {
			err = errors.Join(a.do(ctx, d), d.Close(ctx))
		}
		if err != nil {
			return fmt.Errorf("%s: %w", a.name, err)
		}
	}
	return nil
}

func (st *stage) before(act string) string { return filepath.Join(st.dir, act) }

// count gives the number of calls that a deed makes.
func (st *stage) count(t *testing.T, act string) int {
	t.Helper()
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.calls[act] == 0 {
		b := newBlow(act, "error", 0)
		b.close = true
		st.calls[act] = st.strike(t, b).Calls
	}
	return st.calls[act]
}

// strike lets a victim do an act on a disk that is struck, and holds that nothing
// is lost that was acknowledged, and that all can go on.
func (st *stage) strike(t *testing.T, b blow) *striker {
	t.Helper()
	s := &striker{blow: b, dir: filepath.Join(t.TempDir(), "domain")}
	copyFolder(t, s.dir, st.before(b.act))
	var err error
	if s.power, err = testkit.NewPower(s.dir); err != nil {
		t.Fatal(err)
	}
	s.deal = s.Judge(s.dir, s.power)
	env := []string{victimAct + "=" + b.act}
	if b.again {
		env = append(env, victimAgain+"=yes")
	}
	if b.close {
		env = append(env, victimClose+"=yes")
	}
	ready := make(chan struct{})
	s.victim = startVictimOn(t, s.dir, func(c *testkit.Call) syscall.Errno { <-ready; return s.judge(c) }, env...)
	close(ready)
	if err := s.victim.end(); err != nil {
		t.Fatalf("%v: %v", &s.blow, err)
	}
	s.after(t)
	if t.Failed() {
		t.Fatalf("%v; the victim said %q", &s.blow, s.victim.said)
	}
	os.RemoveAll(filepath.Dir(s.dir))
	return s
}

// after looks at what the blow has left.
func (s *striker) after(t *testing.T) {
	t.Helper()
	w := newWitness()
	w.struck = s.Hit != ""
	w.hear(t, s.victim.said)
	s.words(t, w)
	if s.act == "found" {
		s.afterFound(t, s.Left)
		return
	}
	if s.act == "import" || s.act == "run" { // what they leave half-way is sealed too
		all, _ := canaries(t)
		all.sealed(t, s.Left)
	}
	found := foreseen(t, s.Left)
	f := &fixture{t: t, dir: s.Left, truth: common.truth}
	r := f.reopen()
	defer f.close()
	matches(t, found, r)
	check(t, f, w, r)
	s.checkDeed(t, f.Domain, w)
}

// words holds that a failure was told, and rightly.
func (s *striker) words(t *testing.T, w *witness) {
	t.Helper()
	for i, e := range w.errors { // the second one may be that there is nothing left to do
		if i == 0 && s.Kind == "full" && s.Hit != "" && (!strings.HasPrefix(e, "error "+fault.Limit.String()) || !strings.Contains(e, "disk is full")) {
			t.Errorf("a full disk is told as %q", e)
		}
		if s.Hit == "" {
			t.Errorf("without a blow: %q", e)
		}
	}
}

// checkDeed holds that the act is done if it was acknowledged, and can be done now
// if it is not.
func (s *striker) checkDeed(t *testing.T, d *Domain, w *witness) {
	t.Helper()
	a := actNamed(s.act)
	done := false
	if a.done != nil {
		var err error
		if done, err = a.done(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		told := slices.ContainsFunc(s.victim.said, func(line string) bool { return strings.HasPrefix(line, toldAs[s.act]+" ") })
		if told && !done {
			t.Errorf("%s was acknowledged and is lost", s.act)
		}
	}
	for key, version := range w.documents {
		kind, id, _ := strings.Cut(key, "/")
		if doc, err := d.store.Document(t.Context(), kind, id); err != nil || doc.Version < version {
			t.Errorf("%s %d was acknowledged: version %d, %v", key, version, doc.Version, err)
		}
	}
	if !done {
		redo(t, d, a)
	}
}

// redo does an act that failed.
func redo(t *testing.T, d *Domain, a act) {
	t.Helper()
	if a.name == "run" { // a failed run is a reviewer's to close; the operator submits again
		jobs, err := d.store.Jobs(t.Context())
		if err == nil && !slices.ContainsFunc(jobs, isQueued) {
			err = submitJob(t.Context(), d)
		}
		if err != nil {
			t.Error(err)
		}
	}
	if err := a.do(t.Context(), d); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

var toldAs = map[string]string{"person": "person", "confirm": "confirmed", "run": "ran", "approve": "approved", "release": "released"}

// afterFound holds that there is a domain if one was acknowledged, and that one can
// be made if none was.
func (s *striker) afterFound(t *testing.T, dir string) {
	t.Helper()
	ctx := context.Background()
	cfg := config(t, dir)
	_, err := readInfo(dir)
	if err != nil && slices.Contains(s.victim.said, "founded") {
		t.Fatalf("a domain was acknowledged: %v", err)
	}
	if err != nil {
		cfg.Dir = filepath.Join(dir, "new")
		if _, _, err := Init(ctx, cfg, Founding{Name: domainName, Admin: person("gao")}); err != nil {
			t.Fatal(err)
		}
	}
	d, _, err := Open(ctx, cfg)
	if err != nil {
		t.Fatalf("opening it: %v", err)
	}
	known, err := personIs("ding", false)(ctx, d)
	if err == nil && !known {
		if slices.Contains(s.victim.said, "person ding") {
			t.Error("person ding was acknowledged and is lost")
		}
		err = addDing(ctx, d)
	}
	if err := errors.Join(err, d.vault.Check(ctx), d.Close(ctx)); err != nil {
		t.Error(err)
	}
}

// TestDisk strikes every deed at some of its calls, by a seed; a soak run goes on
// with seeds of its own for as long as it is told.
func TestDisk(t *testing.T) {
	t.Parallel()
	st := stages(t)
	acts := []string{"found"}
	for _, a := range deeds {
		acts = append(acts, a.name)
	}
	for lane := range 2 {
		t.Run(fmt.Sprint(lane), func(t *testing.T) {
			t.Parallel()
			soak := startSoak(t)
			random := rand.New(rand.NewPCG(soak.seed, uint64(lane)))
			dealt := 0
			for i := lane; soak.goesOn(i, 3*len(acts)); i += 2 {
				act := acts[i%len(acts)]
				b := newBlow(act, blows[(i/len(acts)+i)%len(blows)], 1+random.IntN(st.count(t, act)+2))
				b.again, b.close, b.Seed = random.IntN(2) == 0, random.IntN(2) == 0, random.Uint64()
				st.strike(t, b)
				dealt++
			}
			t.Logf("%d blows with seed %d", dealt, soak.seed)
		})
	}
}

// TestInitFailsAtItsLastStep fails the sync that makes domain.json durable: nothing
// of a domain stays behind that was not acknowledged, and one can be made there.
func TestInitFailsAtItsLastStep(t *testing.T) {
	t.Parallel()
	copyCommon(t) // for the keys
	cfg := config(t, filepath.Join(t.TempDir(), "domain"))
	founding := Founding{Name: domainName, Admin: person("gao")}
	named, struck := false, false
	var told error
	err := testkit.Watch(func(c *testkit.Call) syscall.Errno {
		named = named || c.Is("renameat") && c.Path == filepath.Join(cfg.Dir, infoFile)
		if struck || !named || c.Path != cfg.Dir || !c.Syncs() {
			return 0
		}
		struck = true
		return syscall.EIO
	}, func() { _, _, told = Init(context.Background(), cfg, founding) })
	if err != nil || !struck || !errors.Is(told, syscall.EIO) {
		t.Fatalf("%v, struck %v, told %v", err, struck, told)
	}
	if err := CheckEmpty(cfg.Dir); err != nil {
		t.Error(err)
	}
	if _, _, err := Init(t.Context(), cfg, founding); err != nil {
		t.Error(err)
	}
}
