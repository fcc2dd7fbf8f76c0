//go:build linux && cgo

package domain

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"yingbi/access"
	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/release"
)

// act is something that people do in a domain, and say that it was acknowledged.
// done tells whether it was, from what the domain holds.
type act struct {
	name string
	do   func(context.Context, *Domain) error
	done func(context.Context, *Domain) (bool, error)
}

// deeds are done one after the other, each on what the ones before it left.
var deeds = []act{
	{"person", addDing, personIs("ding", false)},
	{"confirm", confirmDing, personIs("ding", true)},
	{"document", signAgreement, nil},
	{"import", importEnterprises(false), nil},
	{"append", importEnterprises(true), nil},
	{"submit", submitJob, nil},
	{"run", stepJob(job.Queued, runJob), jobIs(job.Held)},
	{"approve", stepJob(job.Held, approveJob), jobIs(job.Approved)},
	{"release", stepJob(job.Approved, releaseJob), jobIs(job.Released)},
	{"fetch", stepJob(job.Released, fetchJob), nil},
	{"rerun", submitAndRun, nil},
	{"rotate", rotateKeys, nil},
	{"open", func(context.Context, *Domain) error { return nil }, nil},
}

func actNamed(name string) act {
	all := append(slices.Clone(deeds), act{"ask", askOnAndOn, nil})
	return all[slices.IndexFunc(all, func(a act) bool { return a.name == name })]
}

// say tells a victim's parent what was acknowledged; elsewhere it is silent.
func say(words ...any) {
	if os.Getenv(victimMarker) != "" {
		fmt.Println(words...)
	}
}

func login(ctx context.Context, d *Domain, id string) (*Session, error) {
	return d.Login(ctx, id, common.keys[id])
}

// ding is registered by an act; the key is that of somebody of the cast who never
// came to work.
func addDing(ctx context.Context, d *Domain) error {
	gao, err := login(ctx, d, "gao")
	if err != nil {
		return err
	}
	key, err := crypto.NewSigningKey()
	if err != nil {
		return err
	}
	p := access.Person{ID: "ding", Org: "玉溪市数据局", Roles: []access.Role{access.Authority}, Key: key.Public()}
	err = gao.AddPerson(ctx, p, "丁一")
	if err == nil {
		say("person ding")
	}
	return err
}

func confirmDing(ctx context.Context, d *Domain) error {
	shen, err := login(ctx, d, "shen")
	if err != nil {
		return err
	}
	_, err = shen.ConfirmPerson(ctx, "ding")
	if err == nil {
		say("confirmed ding")
	}
	return err
}

func personIs(id string, confirmed bool) func(context.Context, *Domain) (bool, error) {
	return func(ctx context.Context, d *Domain) (bool, error) {
		p, err := d.store.Person(ctx, id)
		if fault.KindOf(err) == fault.NotFound {
			return false, nil
		}
		return p.Confirmed || !confirmed, err
	}
}

func signAgreement(ctx context.Context, d *Domain) error {
	chen, err := login(ctx, d, "chen")
	if err != nil {
		return err
	}
	a, err := chen.SignAgreement(ctx, "agreement.yaml", document("agreement.yaml"))
	if err != nil {
		return err
	}
	doc, err := d.store.Document(ctx, job.DocAgreement, a.ID)
	if err == nil {
		say("document", job.DocAgreement+"/"+a.ID, doc.Version)
	}
	return err
}

func importEnterprises(more bool) func(context.Context, *Domain) error {
	return func(ctx context.Context, d *Domain) error {
		li, err := login(ctx, d, "li")
		if err != nil {
			return err
		}
		file, err := os.Open(dataFile("enterprises"))
		if err != nil {
			return err
		}
		defer file.Close()
		v, err := li.ImportDataset(ctx, "enterprises", Upload{Files: []*os.File{file}, Append: more})
		if err == nil {
			say("version", v.Number)
		}
		return err
	}
}

func submitJob(ctx context.Context, d *Domain) error {
	wang, err := login(ctx, d, "wang")
	if err != nil {
		return err
	}
	j, err := wang.Jobs().Submit(ctx, wang.Actor, job.Package{File: "job.yaml", Manifest: document("jobs/by_district.yaml")})
	if err == nil {
		say("submitted", j.ID)
	}
	return err
}

// stepJob takes the newest job that is in the state one step further.
func stepJob(from job.State, step func(context.Context, *Domain, job.Job) error) func(context.Context, *Domain) error {
	return func(ctx context.Context, d *Domain) error {
		jobs, err := d.store.Jobs(ctx)
		if err != nil {
			return err
		}
		for _, j := range slices.Backward(jobs) {
			if j.State == from {
				return step(ctx, d, j)
			}
		}
		return fault.Errorf(fault.NotFound, "no job is %s", from)
	}
}

func jobIs(want job.State) func(context.Context, *Domain) (bool, error) {
	return func(ctx context.Context, d *Domain) (bool, error) {
		jobs, err := d.store.Jobs(ctx)
		return slices.ContainsFunc(jobs, func(j job.Job) bool { return j.State == want }), err
	}
}

func runJob(ctx context.Context, d *Domain, j job.Job) error {
	wang, err := login(ctx, d, "wang")
	if err != nil {
		return err
	}
	_, err = wang.Jobs().Run(ctx, wang.Actor, j.ID)
	if err != nil {
		return err
	}
	if j, err = d.store.Job(ctx, j.ID); err == nil && j.State == job.Held {
		say("ran", j.ID)
	}
	return err
}

// submitAndRun runs a job on views that are there, so that the cache is tended.
func submitAndRun(ctx context.Context, d *Domain) error {
	if err := submitJob(ctx, d); err != nil {
		return err
	}
	return stepJob(job.Queued, runJob)(ctx, d)
}

func approveJob(ctx context.Context, d *Domain, j job.Job) error {
	zhao, err := login(ctx, d, "zhao")
	if err != nil {
		return err
	}
	xu, err := login(ctx, d, "xu")
	if err != nil {
		return err
	}
	if err = approve(ctx, xu, zhao, j.ID); err == nil {
		say("approved", j.ID)
	}
	return err
}

func releaseJob(ctx context.Context, d *Domain, j job.Job) error {
	zhao, err := login(ctx, d, "zhao")
	if err != nil {
		return err
	}
	_, err = zhao.Jobs().Release(ctx, zhao.Actor, j.ID)
	if err == nil {
		say("released", j.ID)
	}
	return err
}

func fetchJob(ctx context.Context, d *Domain, j job.Job) error {
	wang, err := login(ctx, d, "wang")
	if err != nil {
		return err
	}
	files, err := wang.Jobs().Files(ctx, wang.Actor, j.ID)
	if err == nil {
		say("fetched", j.ID, crypto.Sum(files[release.CertificateFile]))
	}
	return err
}

func rotateKeys(ctx context.Context, d *Domain) error {
	shen, err := login(ctx, d, "shen")
	if err != nil {
		return err
	}
	version, _, err := shen.RotateKeys(ctx)
	if err == nil {
		say("rotated", version)
	}
	return err
}

// What a victim does besides its act, in its environment.
const (
	victimAgain = "YINGBI_TEST_AGAIN" // after a failure, do the act once more
	victimClose = "YINGBI_TEST_CLOSE" // close the domain in the end
)

// begins is a path that is nowhere: a victim tries to make it where its act
// begins, for the judge of its disk to see.
const begins = "/nowhere/yingbi-test/begins"

// actOnce is what a victim does that was given an act.
func actOnce(ctx context.Context, name string) (err error) {
	if name == "found" {
		return foundOnce(ctx)
	}
	if name == "open" {
		os.Mkdir(begins, 0o700)
	}
	d, _, err := Open(ctx, victimConfig())
	if err != nil {
		return err
	}
	say("open")
	if os.Getenv(victimClose) != "" {
		defer func() {
			if failed := d.Close(ctx); failed != nil {
				err = errors.Join(err, failed)
			} else {
				say("closed")
			}
		}()
	}
	if name != "open" {
		os.Mkdir(begins, 0o700)
	}
	err = actNamed(name).do(ctx, d)
	if err != nil && os.Getenv(victimAgain) != "" {
		sayError(err)
		err = actNamed(name).do(ctx, d)
	}
	return err
}

// foundOnce makes a domain, opens it for the first time and registers somebody.
func foundOnce(ctx context.Context) error {
	os.Mkdir(begins, 0o700)
	if _, _, err := Init(ctx, victimConfig(), Founding{Name: domainName, Admin: person("gao")}); err != nil {
		return err
	}
	say("founded")
	d, _, err := Open(ctx, victimConfig())
	if err != nil {
		return err
	}
	say("open")
	return errors.Join(addDing(ctx, d), d.Close(ctx))
}

func isQueued(j job.Job) bool { return j.State == job.Queued }
