//go:build linux && cgo

package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"yingbi/access"
	"yingbi/domain"
	"yingbi/examples/city"
	"yingbi/internal/synth"
	"yingbi/keeper"
)

func (t *tale) makeCity(ctx context.Context) (err error) {
	t.chapter("A city is made", "生成一座城市")
	for _, sub := range []string{"data", "keys", "releases"} {
		if err := os.Mkdir(t.path(sub), 0o700); err != nil {
			return err
		}
	}
	t.truth, err = synth.Write(ctx, synth.Config{People: t.people, Seed: 1, Dir: t.path("data")})
	if err != nil {
		return err
	}
	t.note("%d people, %d claims, %d enterprises, with a few broken rows in each file", "%d 人，%d 笔结算，%d 家企业，各文件含少量问题行",
		t.truth.Rows[synth.PopulationFile], t.truth.Rows[synth.ClaimsFile], t.truth.Rows[synth.EnterprisesFile])
	t.note("planted: %s, %s, hospital bill of %s yuan", "埋设目标：%s，%s，住院账单 %s 元", t.truth.Chief.Name, t.truth.Chief.Occupation, t.truth.Chief.Cost)
	return nil
}

func (t *tale) found(ctx context.Context) error {
	t.chapter("A domain is founded, its people are registered", "建立域，登记人员")
	cfg := domain.Config{Dir: t.path("domain"), Exe: t.exe, Unlock: keeper.Unlock{KeyFile: t.path("keys", "root.key")}}
	if err := t.newKey("gao"); err != nil {
		return err
	}
	admin := access.Person{ID: "gao", Org: "玉溪市信息中心", Roles: []access.Role{access.Sysadmin}, Key: t.keys["gao"].Public()}
	info, _, err := domain.Init(ctx, cfg, domain.Founding{Name: "city.example", Admin: admin})
	if err != nil {
		return err
	}
	if err := t.writeNew(t.path("keys", "domain.pub"), 0o644, []byte(info.Public.String()+"\n")); err != nil {
		return err
	}
	if t.domain, _, err = domain.Open(ctx, cfg); err != nil {
		return err
	}
	gao, err := t.as(ctx, "gao")
	if err != nil {
		return err
	}
	for _, p := range cast {
		if err := t.newKey(p.id); err != nil {
			return err
		}
		person := access.Person{ID: p.id, Org: p.org, Roles: []access.Role{p.role}, Key: t.keys[p.id].Public()}
		if err := gao.AddPerson(ctx, person, p.name); err != nil {
			return err
		}
		t.note("%-5s %s, %s", "%-5s %s，%s", p.id, p.org, t.tr(string(p.role), p.role.Title()))
	}
	shen, err := t.as(ctx, "shen")
	if err != nil {
		return err
	}
	for _, p := range cast {
		if p.id == shen.Actor.ID {
			continue
		}
		if _, err := shen.ConfirmPerson(ctx, p.id); err != nil {
			return err
		}
	}
	t.note("registered by gao, confirmed by shen: neither makes anybody alone", "由 gao 登记、shen 确认：任何一方都不能单独设立人员")
	t.note("public key of the domain: %s", "域公钥：%s", info.Public)
	return nil
}

func (t *tale) newKey(id string) error {
	path := t.path("keys", id+".key")
	if _, err := t.newKeyFile(path); err != nil {
		return err
	}
	key, err := t.readSigningKey(path)
	t.keys[id] = key
	return err
}

func (t *tale) as(ctx context.Context, id string) (*domain.Session, error) {
	return t.domain.Login(ctx, id, t.keys[id])
}

func (t *tale) document(path string) ([]byte, error) { return city.File(path, time.Now()) }

func (t *tale) importCity(ctx context.Context) error {
	t.chapter("The provider describes the data and brings it in; every file is read in a locked cell", "提供部门登记并导入数据；每个文件都在锁定的隔离单元中读取")
	li, err := t.as(ctx, "li")
	if err != nil {
		return err
	}
	for _, set := range []struct{ id, file string }{
		{"population", synth.PopulationFile}, {"claims", synth.ClaimsFile}, {"enterprises", synth.EnterprisesFile},
	} {
		path := "datasets/" + set.id + ".yaml"
		body, err := t.document(path)
		if err != nil {
			return err
		}
		if _, err := li.RegisterDataset(ctx, path, body); err != nil {
			return err
		}
		if err := t.importOne(ctx, li, set.id, set.file); err != nil {
			return err
		}
	}
	return nil
}

func (t *tale) importOne(ctx context.Context, li *domain.Session, id, name string) error {
	file, err := os.Open(t.path("data", name))
	if err != nil {
		return err
	}
	defer file.Close()
	progress, done := t.progress(file)
	v, err := li.ImportDataset(ctx, id, domain.Upload{Files: []*os.File{file}, Progress: progress})
	done()
	if err != nil {
		return err
	}
	if int(v.Rows) != t.truth.Rows[name] || int(v.Quarantined) != t.truth.BadRows[name] {
		return fmt.Errorf("%s: %d rows kept and %d in quarantine; the city has %d and %d", id, v.Rows, v.Quarantined, t.truth.Rows[name], t.truth.BadRows[name])
	}
	t.note("%-12s %7d rows sealed, %d in quarantine", "%-12s 封存 %7d 行，隔离 %d 行", id, v.Rows, v.Quarantined)
	return nil
}

func (t *tale) grant(ctx context.Context) error {
	t.chapter("Policies mask it; the authority signs an agreement and approves a scenario", "设置脱敏策略；实施机构签署协议并批准应用场景")
	shen, err := t.as(ctx, "shen")
	if err != nil {
		return err
	}
	for _, id := range []string{"population", "claims", "enterprises"} {
		path := "policies/" + id + ".yaml"
		body, err := t.document(path)
		if err != nil {
			return err
		}
		if _, err := shen.SetPolicy(ctx, path, body); err != nil {
			return err
		}
	}
	chen, err := t.as(ctx, "chen")
	if err != nil {
		return err
	}
	body, err := t.document("agreement.yaml")
	if err != nil {
		return err
	}
	if _, err := chen.SignAgreement(ctx, "agreement.yaml", body); err != nil {
		return err
	}
	if body, err = t.document("scenario.yaml"); err != nil {
		return err
	}
	sc, err := chen.ApproveScenario(ctx, "scenario.yaml", body)
	if err != nil {
		return err
	}
	t.note("scenario %s (%s) grants %d data sets, column by column and use by use", "场景 %s（%s）按字段与用途授予 %d 个数据集", sc.ID, sc.Title, len(sc.Grants))
	return nil
}
