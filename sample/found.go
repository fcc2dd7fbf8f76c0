package sample

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"yingbi/access"
	"yingbi/catalog"
	"yingbi/crypto"
	"yingbi/domain"
	"yingbi/internal/fault"
)

func (r *run) path(name string) string { return filepath.Join(r.dir, name) }

// nobody is the organisation of those who only hold the domain up.
const nobody = "样例"

// member is one of the made-up people of the domain.
type member struct {
	org  string
	role access.Role
}

// cast lists whom a job needs: those of the kit's organisations, each in one role.
func (r *run) cast() []member {
	k := r.cfg.Kit
	all := []member{
		{nobody, access.Security}, // first: who confirms the others
		{k.Agreement.Authority, access.Authority}, {k.Agreement.Operator, access.Operator}, {k.Scenario.Department, access.Reviewer},
	}
	for _, d := range k.Datasets {
		if m := (member{d.Provider, access.Provider}); !slices.Contains(all, m) {
			all = append(all, m)
		}
	}
	return all
}

func (r *run) as(org string, role access.Role) *domain.Session {
	return r.sessions[org+"/"+string(role)]
}

// found makes and opens the domain and lets everybody in.
func (r *run) found(ctx context.Context) error {
	return r.step(Founding, "", func() error {
		key, err := crypto.NewSigningKey()
		if err != nil {
			return err
		}
		admin := access.Person{ID: "admin", Org: nobody, Roles: []access.Role{access.Sysadmin}, Key: key.Public()}
		if _, _, err := domain.Init(ctx, r.config(), domain.Founding{Name: "sample", Admin: admin}); err != nil {
			return err
		}
		if r.domain, _, err = domain.Open(ctx, r.config()); err != nil {
			return err
		}
		founder, err := r.domain.Login(ctx, admin.ID, key)
		if err != nil {
			return err
		}
		for i, m := range r.cast() {
			if err := r.letIn(ctx, founder, fmt.Sprintf("%s-%d", m.role, i), m); err != nil {
				return err
			}
		}
		return nil
	})
}

func (r *run) letIn(ctx context.Context, founder *domain.Session, id string, m member) error {
	key, err := crypto.NewSigningKey()
	if err != nil {
		return err
	}
	p := access.Person{ID: id, Org: m.org, Roles: []access.Role{m.role}, Key: key.Public()}
	if err := founder.AddPerson(ctx, p, nobody); err != nil {
		return err
	}
	if security := r.as(nobody, access.Security); security != nil {
		if _, err := security.ConfirmPerson(ctx, id); err != nil {
			return err
		}
	}
	r.sessions[m.org+"/"+string(m.role)], err = r.domain.Login(ctx, id, key)
	return err
}

// bringData describes every data set of the kit, and makes and imports those that the
// job reads.
func (r *run) bringData(ctx context.Context) error {
	g, err := newGenerator(r.cfg.Kit.Datasets, r.cfg.People, r.cfg.Seed)
	if err != nil {
		return err
	}
	read := map[string][]string{} // columns, by data set
	for _, in := range r.job.Inputs {
		read[in.Dataset] = append(read[in.Dataset], in.Columns...)
	}
	for _, d := range r.cfg.Kit.Datasets {
		text, _, err := plain(d)
		if err != nil {
			return err
		}
		if _, err := r.as(d.Provider, access.Provider).RegisterDataset(ctx, datasetFile(d.ID), text); err != nil {
			return err
		}
		if columns := read[d.ID]; columns != nil {
			if err := r.bringOne(ctx, g, d, columns); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *run) bringOne(ctx context.Context, g *generator, d *catalog.Dataset, read []string) error {
	guessed, err := g.guessed(d, read)
	if err != nil {
		return err
	}
	path := r.path(d.ID + ".csv")
	if err := r.step(Making, d.ID, func() error { return writeFile(path, g, d) }); err != nil {
		return err
	}
	return r.step(Import, d.ID, func() error {
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		v, err := r.as(d.Provider, access.Provider).ImportDataset(ctx, d.ID, domain.Upload{Files: []*os.File{file}})
		r.result.Data = append(r.result.Data, Data{d.ID, v.Rows, v.Quarantined, guessed})
		return errors.Join(err, file.Close(), os.Remove(path))
	})
}

func writeFile(path string, g *generator, d *catalog.Dataset) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(g.write(file, d), file.Close())
}

// grant brings policies, agreement and scenario into force, as the kit has them.
func (r *run) grant(ctx context.Context) error {
	return r.step(Granting, "", func() error {
		if err := r.setPolicies(ctx); err != nil {
			return err
		}
		if err := r.setPreset(ctx); err != nil {
			return err
		}
		authority := r.as(r.cfg.Kit.Agreement.Authority, access.Authority)
		if _, err := authority.SignAgreement(ctx, agreementFile, r.cfg.Kit.agreementText); err != nil {
			return err
		}
		_, err := authority.ApproveScenario(ctx, scenarioFile, r.cfg.Kit.scenarioText)
		return err
	})
}

// maxVersions bounds the versions of a policy or preset that came before the one in use.
const maxVersions = 200

// setPolicies sets each policy in the version that is granted. The versions before it,
// which the kit does not have, are filled in: a domain counts them.
func (r *run) setPolicies(ctx context.Context) error {
	security, k := r.as(nobody, access.Security), r.cfg.Kit
	order := make([]int, len(k.policies)) // by id, then by version
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		p, q := k.policies[a], k.policies[b]
		return cmp.Or(cmp.Compare(p.ID, q.ID), cmp.Compare(p.Version, q.Version))
	})
	last := map[string]int64{}
	for _, i := range order {
		p := *k.policies[i]
		granted := p.Version
		if granted > maxVersions {
			return fault.Errorf(fault.Limit, "policy %s is of version %d; a sample run goes up to %d", p.ID, granted, maxVersions)
		}
		for p.Version = last[p.ID] + 1; p.Version < granted; p.Version++ {
			if _, err := security.SetPolicy(ctx, p.ID, p.Encode()); err != nil {
				return err
			}
		}
		if _, err := security.SetPolicy(ctx, p.ID, k.policyTexts[i]); err != nil {
			return err
		}
		last[p.ID] = granted
	}
	return nil
}

// setPreset sets a preset of the domain's own until it has the version of the scenario.
func (r *run) setPreset(ctx context.Context) error {
	sc := r.cfg.Kit.Scenario
	if sc.PresetVersion > maxVersions {
		return fault.Errorf(fault.Limit, "preset %s is of version %d; a sample run goes up to %d", sc.Preset, sc.PresetVersion, maxVersions)
	}
	for range sc.PresetVersion {
		if _, err := r.as(nobody, access.Security).SetPreset(ctx, sc.Preset, r.cfg.Kit.presetText); err != nil {
			return err
		}
	}
	return nil
}
