//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/domain"
	"yingbi/egress"
	"yingbi/examples/city"
	"yingbi/internal/fault"
	"yingbi/internal/synth"
	"yingbi/job"
	"yingbi/keeper"
	"yingbi/release"
)

func (a *app) demoCommand() *cobra.Command {
	var keep, guests string
	var people int
	c := &cobra.Command{
		Use: "demo", Args: cobra.NoArgs,
		Short: a.tr("run the main job on a synthetic city, told step by step", "在合成城市上逐步演示完整流程"),
		Long: a.tr(`Makes a city, describes, seals and masks it; lets an operator try to find the
chief's hospital bill, and shows by which rule each try is refused; then takes
honest tables to a release with a certificate, and the log to its verification.
Every step is checked: a demo that ends well is a test that passed.`,
			`生成合成城市，登记、封存并脱敏；演示如何试图找到局长的住院账单，以及每次尝试被哪条规则拒绝；
随后将合规的统计表一路送至附证书的出域，并校验日志。每一步都经过检查。`),
		Example: "  yingbi demo --keep city   # keeps the domain, the people's keys and the releases",
		RunE: func(c *cobra.Command, _ []string) error {
			dir := keep
			if dir == "" {
				tmp, err := os.MkdirTemp("", "yingbi-demo-")
				if err != nil {
					return err
				}
				defer os.RemoveAll(tmp)
				dir = filepath.Join(tmp, "demo")
			}
			if err := os.Mkdir(dir, 0o700); err != nil {
				return fault.Errorf(fault.Conflict, "the demo needs a new folder: %v", err)
			}
			t := &tale{app: a, ctx: c.Context(), dir: dir, guests: guests, people: people, keys: map[string]*crypto.SigningKey{}}
			if err := t.tell(); err != nil {
				return err
			}
			if keep != "" {
				a.say("\nkept in %s: domain/, keys/, data/, releases/, trail/", "\n已保留于 %s：domain/、keys/、data/、releases/、trail/", dir)
			}
			return nil
		},
	}
	c.Flags().StringVar(&keep, "keep", "", a.tr("keep everything in this new folder", "将全部内容保留在此新目录"))
	c.Flags().StringVar(&guests, "guests", filepath.Join("bin", "guests"), a.tr("folder with the example modules (make guests)", "示例模块目录（make guests）"))
	c.Flags().IntVar(&people, "people", 20_000, a.tr("size of the city", "城市人口"))
	return c
}

// tale is one telling of the demo.
type tale struct {
	*app
	ctx    context.Context
	dir    string
	guests string
	people int

	truth  synth.Truth
	cfg    domain.Config
	domain *domain.Domain
	keys   map[string]*crypto.SigningKey
	step   int
}

// cast are the people of the demo: one for each part that separation of duties
// keeps apart.
var cast = []struct {
	id, name, org string
	role          access.Role
}{
	{"li", "李静", "玉溪市医保局", access.Provider},
	{"chen", "陈明", "玉溪市数据局", access.Authority},
	{"shen", "沈安", "玉溪市数据局", access.Security},
	{"wang", "王磊", "云健数据", access.Operator},
	{"zhao", "赵敏", "玉溪市医保局", access.Reviewer},
	{"sun", "孙正", "玉溪市审计局", access.Auditor},
}

func (t *tale) tell() (err error) {
	defer func() {
		if t.domain != nil {
			err = errors.Join(err, t.domain.Close(context.WithoutCancel(t.ctx)))
		}
	}()
	for _, chapter := range []func() error{t.makeCity, t.found, t.importCity, t.grant, t.attack, t.work, t.verify} {
		if err := chapter(); err != nil {
			return err
		}
		if err := t.ctx.Err(); err != nil {
			return err
		}
	}
	t.say("\nAll of it held. 原始数据不出域，数据可用不可见。", "\n全部通过。原始数据不出域，数据可用不可见。")
	return nil
}

func (t *tale) chapter(english, chinese string) {
	t.step++
	t.say("\n%d. "+english, "\n%d. "+chinese, t.step)
}

// note prints an indented line of the tale.
func (t *tale) note(english, chinese string, args ...any) {
	t.say("   "+english, "   "+chinese, args...)
}

func (t *tale) path(parts ...string) string {
	return filepath.Join(append([]string{t.dir}, parts...)...)
}

func (t *tale) makeCity() (err error) {
	t.chapter("A city is made", "生成一座城市")
	for _, sub := range []string{"data", "keys", "releases"} {
		if err := os.Mkdir(t.path(sub), 0o700); err != nil {
			return err
		}
	}
	t.truth, err = synth.Write(t.ctx, synth.Config{People: t.people, Seed: 1, Dir: t.path("data")})
	if err != nil {
		return err
	}
	t.note("%d people, %d claims, %d enterprises, with a few broken rows in each file", "%d 人，%d 笔结算，%d 家企业，各文件含少量问题行",
		t.truth.Rows[synth.PopulationFile], t.truth.Rows[synth.ClaimsFile], t.truth.Rows[synth.EnterprisesFile])
	t.note("planted: %s, %s, hospital bill of %s yuan", "埋设目标：%s，%s，住院账单 %s 元", t.truth.Chief.Name, t.truth.Chief.Occupation, t.truth.Chief.Cost)
	return nil
}

func (t *tale) found() error {
	t.chapter("A domain is founded, its people are registered", "建立域，登记人员")
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	t.cfg = domain.Config{Dir: t.path("domain"), Exe: exe, Unlock: keeper.Unlock{KeyFile: t.path("keys", "root.key")}}
	if err := t.newKey("gao"); err != nil {
		return err
	}
	admin := access.Person{ID: "gao", Org: "玉溪市信息中心", Roles: []access.Role{access.Sysadmin}, Key: t.keys["gao"].Public()}
	info, _, err := domain.Init(t.ctx, t.cfg, domain.Founding{Name: "city.example", Admin: admin})
	if err != nil {
		return err
	}
	if t.domain, _, err = domain.Open(t.ctx, t.cfg); err != nil {
		return err
	}
	gao, err := t.as("gao")
	if err != nil {
		return err
	}
	for _, p := range cast {
		if err := t.newKey(p.id); err != nil {
			return err
		}
		person := access.Person{ID: p.id, Org: p.org, Roles: []access.Role{p.role}, Key: t.keys[p.id].Public()}
		if err := gao.AddPerson(t.ctx, person, p.name); err != nil {
			return err
		}
		t.note("%-5s %s, %s", "%-5s %s，%s", p.id, p.org, t.tr(string(p.role), p.role.Title()))
	}
	t.note("public key of the domain: %s", "域公钥：%s", info.Public)
	return nil
}

func (t *tale) newKey(id string) error {
	path := t.path("keys", id+".key")
	if _, err := newKeyFile(path); err != nil {
		return err
	}
	key, err := readSigningKey(path)
	t.keys[id] = key
	return err
}

func (t *tale) as(id string) (*domain.Session, error) { return t.domain.Login(t.ctx, id, t.keys[id]) }

func (t *tale) document(path string) ([]byte, error) { return city.File(path, time.Now()) }

func (t *tale) importCity() error {
	t.chapter("The provider describes the data and brings it in; every file is read in a locked cell", "提供部门登记并导入数据；每个文件都在锁定的隔离单元中读取")
	li, err := t.as("li")
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
		if _, err := li.RegisterDataset(t.ctx, path, body); err != nil {
			return err
		}
		if err := t.importOne(li, set.id, set.file); err != nil {
			return err
		}
	}
	return nil
}

func (t *tale) importOne(li *domain.Session, id, name string) error {
	file, err := os.Open(t.path("data", name))
	if err != nil {
		return err
	}
	defer file.Close()
	progress, done := t.progress(name)
	v, err := li.ImportDataset(t.ctx, id, file, progress)
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

func (t *tale) grant() error {
	t.chapter("Policies mask it; the authority signs an agreement and approves a scenario", "设置脱敏策略；实施机构签署协议并批准应用场景")
	shen, err := t.as("shen")
	if err != nil {
		return err
	}
	for _, id := range []string{"population", "claims", "enterprises"} {
		path := "policies/" + id + ".yaml"
		body, err := t.document(path)
		if err != nil {
			return err
		}
		if _, err := shen.SetPolicy(t.ctx, path, body); err != nil {
			return err
		}
	}
	chen, err := t.as("chen")
	if err != nil {
		return err
	}
	body, err := t.document("agreement.yaml")
	if err != nil {
		return err
	}
	if _, err := chen.SignAgreement(t.ctx, "agreement.yaml", body); err != nil {
		return err
	}
	if body, err = t.document("scenario.yaml"); err != nil {
		return err
	}
	sc, err := chen.ApproveScenario(t.ctx, "scenario.yaml", body)
	if err != nil {
		return err
	}
	t.note("scenario %s (%s) grants %d data sets, column by column and use by use", "场景 %s（%s）按字段与用途授予 %d 个数据集", sc.ID, sc.Title, len(sc.Grants))
	return nil
}

// submit brings a job of the city in, with one of the example modules or none.
func (t *tale) submit(s *domain.Session, name, module string) (job.Job, error) {
	path := "jobs/" + name + ".yaml"
	p := job.Package{File: path}
	var err error
	if p.Manifest, err = t.document(path); err != nil {
		return job.Job{}, err
	}
	if module != "" {
		if p.Module, err = readModule(filepath.Join(t.guests, module+".wasm")); err != nil {
			return job.Job{}, err
		}
	}
	return s.Jobs().Submit(t.ctx, s.Actor, p)
}

// refused checks that an error is the refusal that was expected, and tells it.
func (t *tale) refused(err error, kind fault.Kind, words ...string) error {
	if err == nil {
		return errors.New("this should have been refused, and was not")
	}
	if fault.KindOf(err) != kind {
		return fmt.Errorf("this should have been refused as %s: %w", kind, err)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			return fmt.Errorf("the refusal does not speak of %q: %w", w, err)
		}
	}
	t.note("✗ %s", "✗ %s", err)
	return nil
}

func (t *tale) try(english, chinese string) { t.note("— "+english, "— "+chinese) }

func (t *tale) attack() error {
	t.chapter("An operator goes after the chief's bill", "开发利用主体试图找到局长的账单")
	wang, err := t.as("wang")
	if err != nil {
		return err
	}
	t.try("a table with a row per person:", "逐人成行的表：")
	_, err = t.submit(wang, "attack_rows", "")
	if err := t.refused(err, fault.Denied, "person"); err != nil {
		return err
	}
	t.try("a module that opens files:", "打开文件的模块：")
	_, err = t.submit(wang, "attack_module", "hostile-files")
	if err := t.refused(err, fault.Denied, "wasi_snapshot_preview1"); err != nil {
		return err
	}
	t.try("a table whose one cell is the chief, by district, illness and age:", "以区县、病种、年龄锁定局长的单元格：")
	if err := t.attackCell(wang); err != nil {
		return err
	}
	t.try("a module that spins:", "死循环的模块：")
	if err := t.attackSpin(wang); err != nil {
		return err
	}
	t.try("a module that emits every row it sees:", "外传全部所见行的模块：")
	return t.attackSmuggle(wang)
}

// run submits and runs a job, and checks that its owner sees nothing of how it
// went.
func (t *tale) run(s *domain.Session, name, module string) (job.Job, error) {
	j, err := t.submit(s, name, module)
	if err != nil {
		return j, err
	}
	if j, err = s.Jobs().Run(t.ctx, s.Actor, j.ID); err != nil {
		return j, err
	}
	seen, err := s.Jobs().Show(t.ctx, s.Actor, j.ID)
	if err == nil && outside(seen).State != job.InReview {
		err = fmt.Errorf("the operator sees %q instead of %q", outside(seen).State, job.InReview)
	}
	return j, err
}

// review opens a job as the reviewer, who is of the department that authorised
// the scenario.
func (t *tale) review(id string) (*domain.Session, *job.Review, error) {
	zhao, err := t.as("zhao")
	if err != nil {
		return nil, nil, err
	}
	r, err := zhao.Jobs().Open(t.ctx, zhao.Actor, id)
	return zhao, r, err
}

func (t *tale) attackCell(wang *domain.Session) error {
	j, err := t.run(wang, "attack_cell", "")
	if err != nil {
		return err
	}
	zhao, r, err := t.review(j.ID)
	if err != nil {
		return err
	}
	if len(r.Tables) != 0 || r.Report == nil || r.Report.Tables[0].Verdict != egress.Refuse {
		return errors.New("the chief's cell would be published")
	}
	t.note("✗ refused by %s; the operator sees “%s”", "✗ 被规则 %s 拒绝；提交人只看到“%s”",
		rulesOf(r.Report.Tables[0]), t.state(job.InReview))
	_, err = zhao.Approve(t.ctx, j.ID)
	t.note("— and a reviewer who approves it all the same:", "— 审查员执意批准：")
	if err := t.refused(err, fault.Conflict); err != nil {
		return err
	}
	_, err = zhao.Reject(t.ctx, j.ID, "disclosure_risk")
	return err
}

func rulesOf(r egress.TableReport) string {
	names := make([]string, len(r.Rules))
	for i, rule := range r.Rules {
		names[i] = string(rule)
	}
	return strings.Join(names, ", ")
}

func (t *tale) attackSpin(wang *domain.Session) error {
	j, err := t.run(wang, "attack_module", "hostile-spin")
	if err != nil {
		return err
	}
	zhao, r, err := t.review(j.ID)
	if err != nil {
		return err
	}
	if r.Failure == nil || !strings.Contains(r.Failure.Limit, "time") {
		return fmt.Errorf("the spinning module was not ended by its time: %+v", r.Failure)
	}
	t.note("✗ %s", "✗ %s", r.Failure.Text)
	_, err = zhao.Reject(t.ctx, j.ID, "failed_limit")
	return err
}

func (t *tale) attackSmuggle(wang *domain.Session) error {
	j, err := t.run(wang, "attack_module", "hostile-smuggle")
	if err != nil {
		return err
	}
	zhao, r, err := t.review(j.ID)
	if err != nil {
		return err
	}
	switch {
	case r.Failure != nil:
		t.note("✗ %s", "✗ %s", r.Failure.Text)
	case len(r.Report.Comparisons) == 1:
		t.note("✗ nothing of it would be published: %s", "✗ 其输出一概不出域：%s", r.Report.Comparisons[0])
	default:
		return errors.New("the smuggling module was neither refused nor compared")
	}
	for _, table := range r.Tables {
		if table.Name != "by_district" {
			return fmt.Errorf("the module's own table %s would be published", table.Name)
		}
	}
	_, err = zhao.Reject(t.ctx, j.ID, "disclosure_risk")
	return err
}

func (t *tale) work() error {
	t.chapter("Honest work: a table by a job without a module, one in Go, one in C", "合规作业：无模块、Go 模块与 C 模块各一")
	wang, err := t.as("wang")
	if err != nil {
		return err
	}
	for _, w := range []struct{ manifest, module string }{
		{"by_district", ""}, {"standardised", "standardise"}, {"compare", "compare"}, {"dominance", ""},
	} {
		j, err := t.run(wang, w.manifest, w.module)
		if err != nil {
			return err
		}
		if err := t.release(wang, j, w.manifest, w.module); err != nil {
			return err
		}
	}
	return nil
}

func (t *tale) release(wang *domain.Session, j job.Job, name, module string) error {
	zhao, r, err := t.review(j.ID)
	if err != nil {
		return err
	}
	if r.Failure != nil {
		return fmt.Errorf("the honest job %s failed: %s", name, r.Failure.Text)
	}
	with := t.tr("no module", "无模块")
	if module != "" {
		with = module
	}
	t.note("— %s (%s): %s", "— %s（%s）：%s", name, with, r.Job.Class)
	for _, table := range r.Report.Tables {
		t.note("  %s: %s, %d of %d cells withheld %s", "  %s：%s，抑制 %d / %d 个单元格 %s", table.Name, table.Verdict, table.Withheld, len(table.Cells), rulesOf(table))
	}
	for _, c := range r.Report.Comparisons {
		t.note("  the module's figures beside the domain's: %s", "  模块数据与域内数据比对：%s", c)
	}
	if name == "by_district" {
		t.showTable(r.Tables[0])
		_, err := wang.Approve(t.ctx, j.ID)
		t.note("— the submitter approves their own job:", "— 提交人批准自己的作业：")
		if err := t.refused(err, fault.Denied); err != nil {
			return err
		}
	}
	if _, err := zhao.Approve(t.ctx, j.ID); err != nil {
		return err
	}
	if _, err := zhao.Jobs().Release(t.ctx, zhao.Actor, j.ID); err != nil {
		return err
	}
	files, err := wang.Jobs().Files(t.ctx, wang.Actor, j.ID)
	if err != nil {
		return err
	}
	if err := release.WriteFolder(t.path("releases", name), files); err != nil {
		return err
	}
	t.note("  approved and signed by zhao, released with %d files", "  由 zhao 签名批准，出域 %d 个文件", len(files))
	return nil
}

func (t *tale) verify() error {
	t.chapter("Anybody verifies it with the public key alone", "任何人仅凭公钥即可校验")
	public := t.domain.Info.Public
	folder := t.path("releases", "by_district")
	cert, err := release.Verify(os.DirFS(folder), t.domain.Info.Name, public)
	if err != nil {
		return err
	}
	t.note("release of job %s: genuine, record %d of the log", "作业 %s 的出域成果：真实，日志第 %d 条", cert.Job, cert.Proof.Index)
	if err := t.flip(filepath.Join(folder, "by_district.csv"), func() error {
		_, err := release.Verify(os.DirFS(folder), t.domain.Info.Name, public)
		return err
	}); err != nil {
		return err
	}
	shen, err := t.as("shen")
	if err != nil {
		return err
	}
	if _, err := shen.ExportAudit(t.ctx, t.path("trail")); err != nil {
		return err
	}
	verifier, err := crypto.NoteVerifier(t.domain.Info.Name, public)
	if err != nil {
		return err
	}
	report, err := audit.Verify(t.path("trail"), verifier, nil)
	if err != nil {
		return err
	}
	t.note("the log: %d records, all under a signed checkpoint", "日志：%d 条记录，全部在签名检查点之内", report.Covered)
	return t.flip(t.path("trail", "log"), func() error {
		_, err := audit.Verify(t.path("trail"), verifier, nil)
		return err
	})
}

// flip changes one byte in the middle of a file, expects the check to fail as an
// integrity fault, and puts the byte back.
func (t *tale) flip(path string, check func() error) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		return err
	}
	t.note("— one flipped bit in %s:", "— 将 %s 翻转一位：", filepath.Base(path))
	if err := t.refused(check(), fault.Integrity); err != nil {
		return err
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		return err
	}
	return check()
}
