package job

import (
	"context"
	"io"
	"strings"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/egress"
	"yingbi/internal/fault"
	"yingbi/keeper"
	"yingbi/release"
	"yingbi/vault"
)

// Release makes the release of an approved job: its files, the record in the log
// that commits to them, and the certificate that binds all together. The files
// are sealed in the job's compartment, from where Files gives them out.
//
// One release is made after the other: what was released since the job ran is
// examined beside it before anything is written, and a finding stops the release.
//
// The record is the intent of the release; a crash behind it leaves the job
// approved and nothing given out, and the next call makes a new record.
func (s *Service) Release(ctx context.Context, actor access.Person, id string) (Job, error) {
	s.Releases.Lock()
	defer s.Releases.Unlock()
	j, c, err := s.find(ctx, actor, access.CreateRelease, id)
	if err != nil {
		return j, err
	}
	if j.State != Approved {
		return j, fault.Errorf(fault.Conflict, "job %s is %s; only an approved job can be released", id, j.State)
	}
	if err := c.current(); err != nil {
		return j, err
	}
	home, err := s.unlock(ctx, actor, id, "release")
	if err != nil {
		return j, err
	}
	defer home.Close()
	return s.release(ctx, actor, j, c, home)
}

// release is Release of a job that the actor may release; the lock is held.
func (s *Service) release(ctx context.Context, actor access.Person, j Job, c circumstances, home *vault.Compartment) (Job, error) {
	so, err := s.unexpired(ctx, &j, c, home)
	if err != nil {
		return j, err
	}
	if err := s.examine(ctx, actor, j, home); err != nil {
		return j, err
	}
	tables, err := home.Read(ctx, objTables, maxObject)
	if err != nil {
		return j, err
	}
	files, err := release.Files(tables, so.terms)
	if err != nil {
		return j, err
	}
	if err := drawCharts(files); err != nil {
		return j, err
	}
	bound, err := release.Bind(files)
	if err != nil {
		return j, err
	}
	intent := audit.Record{
		Actor: actor.ID, Action: string(access.CreateRelease), Target: "job/" + j.ID,
		Details: map[string]string{release.FilesDetail: bound.Commitment.Value.String()},
	}
	err = s.Log.Act(ctx, intent, func(index uint64) error {
		if err := s.certify(ctx, actor, j, c, home, so, bound, files, index); err != nil {
			return err
		}
		if err := s.remember(ctx, actor, j, home); err != nil {
			return err
		}
		return s.move(ctx, &j, Released, actor.ID)
	})
	return j, err
}

// unexpired gives the signatures of an approved job. Where some hold no longer, it is
// approved no longer.
func (s *Service) unexpired(ctx context.Context, j *Job, c circumstances, home *vault.Compartment) (approvals, error) {
	so, err := s.approvals(ctx, *j, c, home)
	if err != nil {
		return so, err
	}
	if err := so.genuine(*j); err != nil {
		return so, err
	}
	switch {
	case so.lapsed > 0 || so.terms.Over(s.Clock()):
		if err := s.expire(ctx, j, ApprovalLapsed); err != nil {
			return so, err
		}
		return so, fault.Errorf(fault.Conflict, "the approval of job %s has expired; have it submitted again", j.ID)
	case len(so.signed) < so.needed:
		return so, fault.Errorf(fault.Conflict, "the level of data that job %s reads was raised since it was approved: another reviewer of %s has to sign too: yingbi review approve %s",
			j.ID, c.scenario.Department, j.ID)
	}
	return so, nil
}

// certify writes and seals the certificate and the files.
func (s *Service) certify(ctx context.Context, actor access.Person, j Job, c circumstances, home *vault.Compartment, so approvals,
	bound release.Bound, files map[string][]byte, index uint64) error {
	cert, err := s.certificate(ctx, j, c, home, so)
	if err != nil {
		return err
	}
	if cert.Proof, err = s.Log.Prove(ctx, index); err != nil {
		return err
	}
	record, err := audit.ParseRecord(cert.Proof.Record)
	if err != nil {
		return err
	}
	cert.Issued, cert.Files, cert.FilesCommitment = record.Time, bound.Files, bound.Commitment
	statement, err := cert.Encode()
	if err != nil {
		return err
	}
	in := keeper.Intent{Actor: actor.ID, Compartment: Compartment(j.ID), Purpose: "certificate", Job: j.ID}
	signature, err := s.Keys.Sign(ctx, in, release.CertificateLabel, statement)
	if err != nil {
		return err
	}
	files[release.CertificateFile] = statement
	files[release.SignatureFile] = release.EncodeSignature(signature)
	if _, err := release.VerifyFiles(files, s.Name, s.Public); err != nil {
		return fault.Errorf(fault.KindOf(err), "the release of job %s would not verify, so it is not made: %v", j.ID, err)
	}
	objects := map[string]func(io.Writer) error{}
	for name, b := range files {
		objects[releaseFiles+name] = bytesOf(b)
	}
	return home.PutAll(ctx, objects)
}

// certificate fills in what a certificate says of the job, from what is sealed.
func (s *Service) certificate(ctx context.Context, j Job, c circumstances, home *vault.Compartment, so approvals) (*release.Certificate, error) {
	m, err := readManifest(ctx, home)
	if err != nil {
		return nil, err
	}
	var u Used
	if err := getJSON(ctx, home, objRun, &u); err != nil {
		return nil, err
	}
	body, err := home.Read(ctx, objReport, maxObject)
	if err != nil {
		return nil, err
	}
	report, err := egress.ParseReport(body)
	if err != nil {
		return nil, err
	}
	tables, err := home.Read(ctx, objTables, maxObject)
	if err != nil {
		return nil, err
	}
	leave, err := release.ParseTables(tables)
	if err != nil {
		return nil, err
	}
	cert := &release.Certificate{
		Domain: s.Name, Key: s.Public, Job: j.ID, Name: m.Name, Question: m.Question, Class: j.Class,
		Scenario: c.scenario.ID, ScenarioTitle: c.scenario.Title, Purpose: c.scenario.Purpose,
		Agreement: c.agreement.ID, Operator: c.agreement.Operator, Submitter: j.Submitter,
		Checks:    release.Checks{Preset: report.Preset.String(), Rules: inWords(report.Preset), NotChecked: report.NotChecked},
		Reviewers: so.needed, Asserted: release.AssertedOf(leave), Conditions: so.terms.Conditions, ValidUntil: so.terms.ValidUntil, Decisions: so.signed,
	}
	for _, in := range u.Inputs {
		cert.Inputs = append(cert.Inputs, release.Input{
			Dataset: in.Dataset, Version: in.Version, Digest: in.VersionDigest,
			Policy: in.Policy, PolicyVersion: in.PolicyVersion, PolicyDigest: in.PolicyDigest, View: in.View,
		})
	}
	return cert, commitments(cert, home, j.Module)
}

// commitments puts in the vault's commitments to what is not published.
func commitments(cert *release.Certificate, home *vault.Compartment, module bool) error {
	for name, to := range map[string]*crypto.Digest{objManifest: &cert.Manifest, objReport: &cert.Checks.Report} {
		info, err := home.Stat(name)
		if err != nil {
			return err
		}
		*to = info.Commitment
	}
	if !module {
		return nil
	}
	info, err := home.Stat(objModule)
	if err != nil {
		return err
	}
	cert.Module = &info.Commitment
	return nil
}

// Files gives the files of a release to a person of the submitter's organisation
// or to a reviewer of its department. Each time is recorded.
func (s *Service) Files(ctx context.Context, actor access.Person, id string) (files map[string][]byte, err error) {
	action := access.FetchRelease
	if actor.Has(access.Reviewer) {
		action = access.ReviewJob
	}
	j, _, err := s.find(ctx, actor, action, id)
	if err != nil {
		return nil, err
	}
	if j.State == Withdrawn {
		return nil, withdrawn(j)
	}
	if j.State != Released {
		return nil, fault.Errorf(fault.Conflict, "job %s is %s; it has no release to fetch", id, j.State.Outside())
	}
	intent := audit.Record{Actor: actor.ID, Action: string(access.FetchRelease), Target: "job/" + id}
	err = s.Log.Act(ctx, intent, func(uint64) error {
		home, err := s.unlock(ctx, actor, id, "fetch")
		if err != nil {
			return err
		}
		defer home.Close()
		files, err = readRelease(ctx, home)
		return err
	})
	return files, err
}

func readRelease(ctx context.Context, home *vault.Compartment) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, name := range home.Names() {
		file, ok := strings.CutPrefix(name, releaseFiles)
		if !ok {
			continue
		}
		b, err := home.Read(ctx, name, maxObject)
		if err != nil {
			return nil, err
		}
		files[file] = b
	}
	if files[release.CertificateFile] == nil {
		return nil, fault.New(fault.Integrity, "no certificate is sealed with this job: the metadata database was altered")
	}
	return files, nil
}
