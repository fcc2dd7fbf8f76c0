//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"yingbi/access"
	"yingbi/crypto"
	"yingbi/domain"
	"yingbi/examples/city"
	"yingbi/keeper"
)

// office is a whole domain as people have it, keeper and log included, in which a
// provider has registered the claims and imported nothing yet.
type office struct {
	dir      string
	domain   *domain.Domain
	provider *domain.Session
}

func (b *bench) newOffice(ctx context.Context) (o *office, err error) {
	o = new(office)
	if o.dir, err = b.folder("domain"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, o.close(ctx))
		}
	}()
	admin, officer, provider := newMember("gao", "玉溪市信息中心", access.Sysadmin), newMember("shen", "玉溪市数据局", access.Security), newMember("li", "玉溪市医保局", access.Provider)
	if err := errors.Join(admin.err, officer.err, provider.err); err != nil {
		return o, err
	}
	cfg := domain.Config{Dir: filepath.Join(o.dir, "domain"), Exe: b.exe, Unlock: keeper.Unlock{KeyFile: filepath.Join(o.dir, "root.key")}}
	if _, _, err := domain.Init(ctx, cfg, domain.Founding{Name: "bench.test", Admin: admin.Person}); err != nil {
		return o, err
	}
	if o.domain, _, err = domain.Open(ctx, cfg); err != nil {
		return o, err
	}
	return o, o.settle(ctx, admin, officer, provider)
}

// member is one of the people of the domain.
type member struct {
	access.Person
	key *crypto.SigningKey
	err error
}

func newMember(id, org string, role access.Role) (m member) {
	if m.key, m.err = crypto.NewSigningKey(); m.err == nil {
		m.Person = access.Person{ID: id, Org: org, Roles: []access.Role{role}, Key: m.key.Public()}
	}
	return m
}

func (o *office) login(ctx context.Context, m member) (*domain.Session, error) {
	return o.domain.Login(ctx, m.ID, m.key)
}

// settle registers who is needed, and the data set.
func (o *office) settle(ctx context.Context, admin, officer, provider member) error {
	registrar, err := o.login(ctx, admin)
	if err != nil {
		return err
	}
	if err := errors.Join(registrar.AddPerson(ctx, officer.Person, "沈安"), registrar.AddPerson(ctx, provider.Person, "李静")); err != nil {
		return err
	}
	security, err := o.login(ctx, officer)
	if err != nil {
		return err
	}
	if _, err := security.ConfirmPerson(ctx, provider.ID); err != nil {
		return err
	}
	if o.provider, err = o.login(ctx, provider); err != nil {
		return err
	}
	description, err := city.File("datasets/claims.yaml", time.Now())
	if err != nil {
		return err
	}
	_, err = o.provider.RegisterDataset(ctx, "claims.yaml", description)
	return err
}

// close ends the domain and removes it. It is safe on one that was made half-way.
func (o *office) close(ctx context.Context) error {
	var errs []error
	if o.domain != nil {
		errs = append(errs, o.domain.Close(context.WithoutCancel(ctx)))
	}
	return errors.Join(append(errs, os.RemoveAll(o.dir))...)
}
