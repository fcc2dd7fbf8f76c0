//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"yingbi/access"
	"yingbi/crypto"
	"yingbi/domain"
	"yingbi/internal/fault"
	"yingbi/internal/synth"
	"yingbi/job"
)

func (a *app) demoCommand() *cobra.Command {
	var keep, guests string
	var people int
	c := &cobra.Command{
		Use: "demo", GroupID: groupOther, Args: cobra.NoArgs,
		Short: a.tr("run the main job on a synthetic city, told step by step", "在合成城市上逐步演示完整流程"),
		Long: a.tr(`Makes a city, describes, seals and masks it; lets an operator try to find the
chief's hospital bill, and shows by which rule each try is refused; then takes
honest tables to a release with a certificate, and the log to its verification.
Every step is checked: a demo that ends well is a test that passed.`,
			`生成合成城市，登记、封存并脱敏；演示如何试图找到局长的住院账单，以及每次尝试被哪条规则拒绝；
随后将合规的统计表一路送至附证书的出域，并校验日志。每一步都经过检查。`),
		Example: `  yingbi demo
  yingbi demo --keep city   # keeps the domain, the people's keys and the releases`,
		RunE: func(c *cobra.Command, _ []string) error {
			t := &tale{app: a, people: people, keys: map[string]*crypto.SigningKey{}}
			var err error
			if t.exe, err = os.Executable(); err != nil {
				return err
			}
			if t.guests, err = a.guestFolder(guests, t.exe); err != nil {
				return err
			}
			return t.tellIn(c.Context(), keep)
		},
	}
	c.Flags().StringVar(&keep, "keep", "", a.tr("`FOLDER` keep everything in this new folder", "`FOLDER` 将全部内容保留在此新目录"))
	c.Flags().StringVar(&guests, "guests", "", a.tr("`FOLDER` example modules (default: guests beside this program)", "`FOLDER` 示例模块目录（默认为本程序旁的 guests）"))
	c.Flags().IntVar(&people, "people", 20_000, a.tr("`N` size of the city (default 20000 people)", "`N` 城市人口（默认 20000）"))
	return c
}

// guestFolder finds the example modules before the tale needs them.
func (a *app) guestFolder(given, exe string) (string, error) {
	if given == "" {
		given = filepath.Join(filepath.Dir(exe), "guests")
	}
	if _, err := os.Stat(filepath.Join(given, "compare.wasm")); err != nil {
		return "", a.fault(fault.NotFound, "the example modules are not in %s; make them with: make guests", "%s 中没有示例模块；生成：make guests", given)
	}
	return given, nil
}

// tale is one telling of the demo.
type tale struct {
	*app
	exe    string // starts cells and the keeper
	dir    string
	guests string
	people int

	truth    synth.Truth
	domain   *domain.Domain
	keys     map[string]*crypto.SigningKey
	step     int
	refusals int
	releases []string
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
	{"xu", "徐宁", "玉溪市医保局", access.Reviewer},
	{"sun", "孙正", "玉溪市审计局", access.Auditor},
}

// tellIn tells the tale in a new folder, which stays where keep names it.
func (t *tale) tellIn(ctx context.Context, keep string) error {
	t.dir = keep
	if keep == "" {
		tmp, err := os.MkdirTemp("", "yingbi-demo-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(tmp)
		t.dir = filepath.Join(tmp, "demo")
	}
	if err := os.Mkdir(t.dir, 0o700); errors.Is(err, os.ErrExist) {
		return t.fault(fault.Conflict, "%s exists; the demo keeps its things in a new folder", "%s 已存在；演示需要新目录", keep)
	} else if err != nil {
		return err
	}
	if err := t.tell(ctx); err != nil {
		return err
	}
	if keep != "" {
		t.say("\nkept in %s: domain/, keys/, data/, releases/, trail/", "\n已保留于 %s：domain/、keys/、data/、releases/、trail/", keep)
	}
	return t.give(map[string]any{
		"name": t.domain.Info.Name, "public_key": t.domain.Info.Public, "refusals": t.refusals, "releases": t.releases, "kept": keep,
	}, func() {})
}

func (t *tale) tell(ctx context.Context) (err error) {
	defer func() {
		if t.domain != nil {
			err = errors.Join(err, t.domain.Close(context.WithoutCancel(ctx)))
		}
	}()
	for _, chapter := range []func(context.Context) error{t.makeCity, t.found, t.importCity, t.grant, t.attack, t.work, t.verify} {
		if err := chapter(ctx); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
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

// cross prints and counts a refusal.
func (t *tale) cross(english, chinese string, args ...any) {
	t.refusals++
	t.note("✗ "+english, "✗ "+chinese, args...)
}

func (t *tale) path(parts ...string) string {
	return filepath.Join(append([]string{t.dir}, parts...)...)
}

// submit brings a job of the city in, with one of the example modules or none.
func (t *tale) submit(ctx context.Context, s *domain.Session, name, module string) (job.Job, error) {
	path := "jobs/" + name + ".yaml"
	p := job.Package{File: path}
	var err error
	if p.Manifest, err = t.document(path); err != nil {
		return job.Job{}, err
	}
	if module != "" {
		if p.Module, err = t.readModule(filepath.Join(t.guests, module+".wasm")); err != nil {
			return job.Job{}, err
		}
	}
	return s.Jobs().Submit(ctx, s.Actor, p)
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
	t.cross("%s", "%s", err)
	return nil
}

func (t *tale) try(english, chinese string) { t.note("— "+english, "— "+chinese) }
