//go:build linux && cgo

package domain

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/catalog"
	"yingbi/crypto"
	"yingbi/examples/city"
	"yingbi/internal/clock"
	"yingbi/internal/fault"
	"yingbi/internal/synth"
	"yingbi/internal/testkit"
	"yingbi/job"
	"yingbi/keeper"
)

// cityPeople is the size of the city that the tests share: small enough to be
// imported in a second, large enough for tables that may be published.
const cityPeople = 2000

const domainName = "test.gov.cn"

// TestMain lets this program be a victim of TestKill and its like, and removes what
// the tests shared.
func TestMain(m *testing.M) {
	if os.Getenv(smallDisk) != "" { // on what another process has made
		os.Exit(m.Run())
	}
	if os.Getenv(victimMarker) != "" {
		os.Exit(victim())
	}
	code := m.Run()
	if common.dir != "" {
		os.RemoveAll(common.dir)
	}
	os.Exit(code)
}

// member is one of the people of the domain.
type member struct {
	id, name, org string
	role          access.Role
	frozen        bool
}

// cast are the people of the domain: each role once, and others whom separation
// of duties must keep apart from them.
var cast = []member{
	{"gao", "高远", "玉溪市信息中心", access.Sysadmin, false}, // the founder
	{"li", "李静", "玉溪市医保局", access.Provider, false},
	{"bai", "白露", "玉溪市民政局", access.Provider, false},
	{"chen", "陈明", "玉溪市数据局", access.Authority, false},
	{"wen", "文远", "别市数据局", access.Authority, false}, // of another city
	{"shen", "沈安", "玉溪市数据局", access.Security, false},
	{"wang", "王磊", "云健数据", access.Operator, false},
	{"wu", "吴倩", "云健数据", access.Operator, false},
	{"feng", "冯立", "另一家公司", access.Operator, false},
	{"zhao", "赵敏", "玉溪市医保局", access.Reviewer, false},
	{"xu", "徐宁", "玉溪市医保局", access.Reviewer, false},   // the second of the department
	{"qian", "钱宁", "玉溪市数据局", access.Reviewer, false}, // of another department
	{"tan", "谭松", "云健数据", access.Reviewer, false},    // of the operator's own organisation
	{"sun", "孙正", "玉溪市审计局", access.Auditor, false},
	{"pei", "裴青", "运营公司", access.Processor, false},
	{"dai", "戴宁", "玉溪市民政局", access.Provider, false}, // registered, and not confirmed yet
	{"bing", "冰封", "玉溪市医保局", access.Reviewer, true},
}

// common is the one domain folder that every test starts from, with everybody
// registered, the city imported, policies, agreement and scenario in force. It is
// made once in a test run and never opened again: tests work on copies.
var common struct {
	once  sync.Once
	err   error
	dir   string // holds domain, data, root.key
	truth synth.Truth
	keys  map[string]*crypto.SigningKey
}

// fixture is a test's own copy of the common domain, opened.
type fixture struct {
	*Domain
	t     testing.TB
	dir   string // of the domain
	truth synth.Truth
}

// open gives the test a domain of its own, closed at its end.
func open(t testing.TB) *fixture {
	t.Helper()
	f := &fixture{t: t, dir: copyCommon(t), truth: common.truth}
	f.reopen()
	t.Cleanup(func() { f.close() })
	return f
}

// copyCommon gives a fresh copy of the common domain folder.
func copyCommon(t testing.TB) string {
	t.Helper()
	testkit.Binary(t) // which ends the test where it cannot be built
	common.once.Do(func() { common.err = makeCommon(t) })
	if common.err != nil {
		t.Fatal(common.err)
	}
	dir := filepath.Join(t.TempDir(), "domain")
	copyFolder(t, dir, filepath.Join(common.dir, "domain"))
	return dir
}

// copyFolder copies regular files and folders with their modes.
func copyFolder(t testing.TB, to, from string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		target := filepath.Join(to, strings.TrimPrefix(path, from))
		if e.IsDir() {
			return os.MkdirAll(target, info.Mode().Perm())
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, b, info.Mode().Perm())
	})
	if err != nil {
		t.Fatal(err)
	}
}

// replaceFolder makes to a copy of from.
func replaceFolder(t testing.TB, to, from string) {
	t.Helper()
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	copyFolder(t, to, from)
}

func configOf(exe, shared, dir string) Config {
	return Config{Dir: dir, Exe: exe, Unlock: keeper.Unlock{KeyFile: filepath.Join(shared, "root.key")}}
}

func config(t testing.TB, dir string) Config {
	return configOf(testkit.Binary(t), common.dir, dir)
}

// reopen opens the fixture's folder and gives what was put right.
func (f *fixture) reopen() Recovery {
	f.t.Helper()
	d, r, err := Open(f.t.Context(), config(f.t, f.dir))
	if err != nil {
		f.t.Fatal(err)
	}
	f.Domain = d
	return r
}

// at reopens the folder with another clock.
func (f *fixture) at(c clock.Clock) {
	f.t.Helper()
	f.close()
	cfg := config(f.t, f.dir)
	cfg.Clock = c
	d, _, err := Open(f.t.Context(), cfg)
	if err != nil {
		f.t.Fatal(err)
	}
	f.Domain = d
}

func (f *fixture) close() {
	f.t.Helper()
	if f.Domain == nil {
		return
	}
	if err := f.Domain.Close(context.Background()); err != nil {
		f.t.Error(err)
	}
	f.Domain = nil
}

// as logs somebody of the cast in.
func (f *fixture) as(id string) *Session {
	f.t.Helper()
	s, err := f.Login(f.t.Context(), id, common.keys[id])
	if err != nil {
		f.t.Fatal(err)
	}
	return s
}

func makeCommon(t testing.TB) (err error) {
	ctx := context.Background()
	if common.dir, err = os.MkdirTemp("", "yingbi-domain-test-"); err != nil {
		return err
	}
	data := filepath.Join(common.dir, "data")
	if common.truth, err = synth.Write(ctx, synth.Config{People: cityPeople, Seed: 7, Dir: data}); err != nil {
		return err
	}
	common.keys = map[string]*crypto.SigningKey{}
	for _, p := range cast {
		if common.keys[p.id], err = crypto.NewSigningKey(); err != nil {
			return err
		}
	}
	if err := writeKeys(); err != nil {
		return err
	}
	cfg := config(t, filepath.Join(common.dir, "domain"))
	if _, _, err := Init(ctx, cfg, Founding{Name: domainName, Admin: person(cast[0].id)}); err != nil {
		return err
	}
	d, r, err := Open(ctx, cfg)
	if err != nil {
		return err
	}
	if !r.Empty() {
		return fmt.Errorf("a new domain had to be put right: %+v", r)
	}
	if err := settle(ctx, d, data); err != nil {
		return err
	}
	return d.Close(ctx)
}

func person(id string) access.Person {
	for _, p := range cast {
		if p.id == id {
			return access.Person{ID: p.id, Org: p.org, Roles: []access.Role{p.role}, Key: common.keys[p.id].Public(), Frozen: p.frozen}
		}
	}
	panic("nobody is called " + id)
}

// settle brings people, data and documents into a new domain.
func settle(ctx context.Context, d *Domain, data string) error {
	sessions := map[string]*Session{}
	gao, err := d.Login(ctx, "gao", common.keys["gao"])
	if err != nil {
		return err
	}
	for _, p := range cast[1:] {
		if err := gao.AddPerson(ctx, person(p.id), p.name); err != nil {
			return err
		}
	}
	shen, err := d.Login(ctx, "shen", common.keys["shen"])
	if err != nil {
		return err
	}
	for _, p := range cast[1:] {
		if p.id == "shen" || p.id == "dai" { // the first security officer, and somebody who waits
			continue
		}
		if _, err := shen.ConfirmPerson(ctx, p.id); err != nil {
			return err
		}
	}
	for _, p := range cast {
		s, err := d.Login(ctx, p.id, common.keys[p.id])
		if err != nil {
			return err
		}
		sessions[p.id] = s
	}
	for id, file := range cityFiles {
		if _, err := sessions["li"].RegisterDataset(ctx, id, document("datasets/"+id+".yaml")); err != nil {
			return err
		}
		if _, err := importFile(ctx, sessions["li"], id, filepath.Join(data, file)); err != nil {
			return err
		}
		if _, err := sessions["shen"].SetPolicy(ctx, id, document("policies/"+id+".yaml")); err != nil {
			return err
		}
	}
	if _, err := sessions["chen"].SignAgreement(ctx, "agreement.yaml", document("agreement.yaml")); err != nil {
		return err
	}
	_, err = sessions["chen"].ApproveScenario(ctx, "scenario.yaml", document("scenario.yaml"))
	return err
}

var cityFiles = map[string]string{
	"population": synth.PopulationFile, "claims": synth.ClaimsFile, "enterprises": synth.EnterprisesFile,
}

func dataFile(id string) string { return filepath.Join(common.dir, "data", cityFiles[id]) }

func importFile(ctx context.Context, s *Session, id, path string) (catalog.Version, error) {
	file, err := os.Open(path)
	if err != nil {
		return catalog.Version{}, err
	}
	defer file.Close()
	return s.ImportDataset(ctx, id, Upload{Files: []*os.File{file}})
}

// document gives a document of the example city. Its terms end a year later than
// they say, so that no test depends on the day; the scenario has bits for as many runs
// as a test likes.
func document(path string) []byte {
	now := time.Now()
	b, err := city.File(path, now)
	if err != nil {
		panic(err)
	}
	b = bytes.Replace(b, []byte("preset: default"), []byte("preset: default\noutcome_bits: 1_000_000"), 1)
	for year := now.Year() + 1; year >= now.Year()-1; year-- {
		b = bytes.ReplaceAll(b, fmt.Appendf(nil, "until: %d-", year), fmt.Appendf(nil, "until: %d-", year+1))
	}
	return b
}

// submit brings a job of the example city in.
func (f *fixture) submit(who, name string, module []byte) job.Job {
	f.t.Helper()
	s := f.as(who)
	j, err := s.Jobs().Submit(f.t.Context(), s.Actor, job.Package{File: name, Manifest: document("jobs/" + name + ".yaml"), Module: module})
	if err != nil {
		f.t.Fatal(err)
	}
	return j
}

// run submits and runs a job as wang, and gives its id.
func (f *fixture) run(name string, module []byte) string {
	f.t.Helper()
	return f.runText(document("jobs/"+name+".yaml"), module)
}

func (f *fixture) runText(manifest, module []byte) string {
	f.t.Helper()
	wang := f.as("wang")
	j, err := wang.Jobs().Submit(f.t.Context(), wang.Actor, job.Package{File: "job.yaml", Manifest: manifest, Module: module})
	if err != nil {
		f.t.Fatal(err)
	}
	if _, err := wang.Jobs().Run(f.t.Context(), wang.Actor, j.ID); err != nil {
		f.t.Fatal(err)
	}
	return j.ID
}

// review opens a job as zhao.
func (f *fixture) review(id string) *job.Review {
	f.t.Helper()
	zhao := f.as("zhao")
	r, err := zhao.Jobs().Open(f.t.Context(), zhao.Actor, id)
	if err != nil {
		f.t.Fatal(err)
	}
	return r
}

// held runs a job and holds that it awaits a decision.
func (f *fixture) held(name string, module []byte) string {
	f.t.Helper()
	id := f.run(name, module)
	if r := f.review(id); r.Failure != nil || r.Job.State != job.Held {
		f.t.Fatalf("job %s is %s: %+v", name, r.Job.State, r.Failure)
	}
	return id
}

// approved has both reviewers sign for a held job.
func (f *fixture) approved(id string) {
	f.t.Helper()
	if err := approve(f.t.Context(), f.as("xu"), f.as("zhao"), id); err != nil {
		f.t.Fatal(err)
	}
}

// approve signs as one reviewer, if that is not enough as another.
func approve(ctx context.Context, first, second *Session, id string) error {
	j, err := first.Approve(ctx, id)
	if err == nil && j.State == job.Held || fault.KindOf(err) == fault.Conflict { // signed before an end that was not clean
		_, err = second.Approve(ctx, id)
	}
	return err
}

// released takes a held job to its release and gives the files.
func (f *fixture) released(id string) map[string][]byte {
	f.t.Helper()
	zhao, wang := f.as("zhao"), f.as("wang")
	f.approved(id)
	if _, err := zhao.Jobs().Release(f.t.Context(), zhao.Actor, id); err != nil {
		f.t.Fatal(err)
	}
	files, err := wang.Jobs().Files(f.t.Context(), wang.Actor, id)
	if err != nil {
		f.t.Fatal(err)
	}
	return files
}

// state reads a job's state past all borders.
func (f *fixture) state(id string) job.State {
	f.t.Helper()
	j, err := f.store.Job(f.t.Context(), id)
	if err != nil {
		f.t.Fatal(err)
	}
	return j.State
}

// records gives the records of the log from one index on.
func (f *fixture) records(from uint64) []audit.Record {
	var out []audit.Record
	for _, r := range f.log.Read(from, f.log.Size()) {
		out = append(out, r)
	}
	return out
}

func wantKind(t testing.TB, err error, kind fault.Kind, words ...string) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind {
		t.Fatalf("got %v, want an error that is %s", err, kind)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Fatalf("the error does not speak of %q: %v", w, err)
		}
	}
}
