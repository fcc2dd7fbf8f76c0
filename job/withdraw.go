package job

import (
	"context"
	"slices"
	"time"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/keeper"
	"yingbi/release"
)

// WithdrawalReasons is the closed list of why a release is withdrawn. A notice is public
// and says no more.
func WithdrawalReasons() []string {
	return []string{DisclosureRisk, "wrong_data", "outside_purpose", "conditions_broken", "consent_withdrawn"}
}

// Withdraw ends a release: it is no longer given out, and a notice under the domain's
// key says so to whoever has it already. Who is behind its figures still counts in the
// audit of later releases, since nobody forgets what was published.
func (s *Service) Withdraw(ctx context.Context, actor access.Person, id, reason string) (Job, error) {
	if !slices.Contains(WithdrawalReasons(), reason) {
		return Job{}, fault.Errorf(fault.Invalid, "%q is not a reason; the reasons are %v", reason, WithdrawalReasons())
	}
	s.Releases.Lock()
	defer s.Releases.Unlock()
	j, _, err := s.find(ctx, actor, access.WithdrawRelease, id)
	if err != nil {
		return j, err
	}
	if j.State != Released {
		return j.Outside(), fault.Errorf(fault.Conflict, "job %s is %s; only what was released can be withdrawn", id, j.State.Outside())
	}
	home, err := s.unlock(ctx, actor, id, "withdraw")
	if err != nil {
		return j, err
	}
	defer home.Close()
	files, err := readRelease(ctx, home)
	if err != nil {
		return j, err
	}
	cert, err := release.VerifyFiles(files, s.Name, s.Public)
	if err != nil {
		return j, err
	}
	intent := audit.Record{Actor: actor.ID, Action: string(access.WithdrawRelease), Target: "job/" + id, Details: map[string]string{"reason": reason}}
	err = s.Log.Act(ctx, intent, func(uint64) error {
		notice, err := s.notice(ctx, release.Withdrawal{
			Domain: s.Name, Key: s.Public, Job: id, Certificate: crypto.Sum(files[release.CertificateFile]), Issued: cert.Issued,
			Reason: reason, By: actor.ID, Org: actor.Org, Time: s.Clock(),
		})
		if err != nil {
			return err
		}
		if err := home.Put(ctx, objWithdrawal, bytesOf(notice)); err != nil {
			return err
		}
		j.Reason = reason
		return s.move(ctx, &j, Withdrawn, actor.ID)
	})
	return j, err
}

// notice signs a withdrawal with the domain's key.
func (s *Service) notice(ctx context.Context, w release.Withdrawal) ([]byte, error) {
	statement, err := w.Encode()
	if err != nil {
		return nil, err
	}
	in := keeper.Intent{Actor: w.By, Compartment: Compartment(w.Job), Purpose: "withdrawal", Job: w.Job}
	signature, err := s.Keys.Sign(ctx, in, release.WithdrawalLabel, statement)
	if err != nil {
		return nil, err
	}
	notice, err := release.EncodeNotice(statement, signature)
	if err != nil {
		return nil, err
	}
	_, err = release.VerifyNotice(notice, s.Name, s.Public)
	return notice, err
}

// Notice is the notice about a release that was withdrawn.
type Notice struct {
	release.Withdrawal
	File []byte // for anybody to verify
}

// Withdrawn gives the notices about all releases that were withdrawn, oldest first.
func (s *Service) Withdrawn(ctx context.Context, actor access.Person) (out []Notice, err error) {
	decision := access.Check(access.Request{Actor: actor, Action: access.ListWithdrawn, Now: s.Clock()})
	if !decision.Allowed {
		return nil, s.denied(ctx, actor, access.ListWithdrawn, "releases", decision)
	}
	all, err := s.Store.Jobs(ctx)
	if err != nil {
		return nil, err
	}
	for _, j := range all {
		if j.State != Withdrawn {
			continue
		}
		n, err := s.readNotice(ctx, actor, j.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	slices.SortFunc(out, func(a, b Notice) int { return a.Time.Compare(b.Time) })
	return out, nil
}

func (s *Service) readNotice(ctx context.Context, actor access.Person, id string) (n Notice, err error) {
	home, err := s.unlock(ctx, actor, id, "withdrawn")
	if err != nil {
		return n, err
	}
	defer home.Close()
	if n.File, err = home.Read(ctx, objWithdrawal, maxObject); err != nil {
		return n, err
	}
	n.Withdrawal, err = release.VerifyNotice(n.File, s.Name, s.Public)
	return n, err
}

// withdrawn refuses to give out a release that was withdrawn.
func withdrawn(j Job) error {
	return fault.Errorf(fault.Conflict, "the release of job %s was withdrawn on %s (%s); what was fetched of it before is not to be used any more",
		j.ID, j.Updated.UTC().Format(time.DateOnly), j.Reason)
}
