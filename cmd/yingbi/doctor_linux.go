//go:build linux && cgo

package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"yingbi/domain"
	"yingbi/internal/fault"
	"yingbi/internal/lockdown"
)

// protection is a protection of the host as a program reads it.
type protection struct {
	Name     string `json:"name"`
	Required bool   `json:"required"`
	Present  bool   `json:"present"`
	Detail   string `json:"detail"`
}

// protections lists them, and the names of those that are required and missing.
func protections() (all []protection, missing []string) {
	for _, p := range lockdown.Probe() {
		all = append(all, protection(p))
		if p.Required && !p.Present {
			missing = append(missing, p.Name)
		}
	}
	return all, missing
}

func (a *app) doctorCommand() *cobra.Command {
	var repair, dryRun, acceptClock bool
	c := &cobra.Command{
		Use: "doctor", GroupID: groupFound, Args: cobra.NoArgs,
		Short: a.tr("check this host, or a domain folder; explain and repair what can be repaired", "检查主机或域目录；说明并修复可修复的问题"),
		Long: a.tr(`Without a domain: lists every protection that a cell needs, with what was found. One
that is required and missing makes a domain refuse to start (exit 8); docs/THREATS.md
says what may degrade.

With --domain: looks at the whole folder and changes nothing. That needs no key and
nobody's name; with a key file, passphrase or shares it also asks the keeper what it
remembers. What was lost or altered is exit 7.

With --repair, by a system administrator: says item by item what will be done and why
it is safe, does it, and records it. --dry-run only says it. A folder of which
something was lost or altered is left as it is: it is evidence.`,
			`不指定域：列出隔离单元所需的每项保护及检测结果。缺少必需保护时域拒绝启动（退出码 8）；
可降级的项目见 docs/THREATS.md。

指定 --domain：检查整个目录，不作任何改动。无需密钥与身份；若提供密钥文件、口令或份额，
还会核对密钥进程的记忆。内容丢失或被改动时退出码为 7。

加 --repair（由系统管理员执行）：逐项说明将做什么、为何安全，然后执行并记录。
--dry-run 只说明不执行。若内容丢失或被改动，目录保持原状，作为证据。`),
		Example: "  yingbi doctor\n  yingbi doctor -d city\n  yingbi doctor -d city --repair --dry-run\n  yingbi doctor -d city --repair --as gao --key gao.key",
		RunE: func(c *cobra.Command, _ []string) error {
			switch {
			case dryRun && !repair:
				return a.fault(fault.Invalid, "--dry-run explains what --repair would do; give both", "--dry-run 用于说明 --repair 将做什么；请同时给出")
			case acceptClock && repair:
				return a.fault(fault.Invalid, "--repair is a system administrator's, --accept-clock a security officer's; give one", "--repair 由系统管理员、--accept-clock 由安全管理员执行；请只给出一个")
			case acceptClock:
				return a.acceptClock(c.Context())
			case repair:
				return a.repair(c.Context(), dryRun)
			case a.domain.dir != "":
				return a.examine(c.Context())
			}
			return a.examineHost()
		},
	}
	c.Flags().BoolVar(&repair, "repair", false, a.tr("repair what can be repaired, and record it", "修复可修复的问题并记录"))
	c.Flags().BoolVar(&dryRun, "dry-run", false, a.tr("with --repair: only explain", "与 --repair 合用：只说明不执行"))
	c.Flags().BoolVar(&acceptClock, "accept-clock", false, a.tr("as security officer: let the host's clock count again after it was wrong and ahead", "安全管理员：主机时钟曾错误超前，现予恢复采信"))
	return c
}

func (a *app) examineHost() error {
	all, missing := protections()
	if err := a.give(all, func() { a.showProtections(all) }); err != nil {
		return err
	}
	if err := a.lacks(missing); err != nil {
		return err
	}
	a.say("\nthis host can run a domain", "\n本机可以运行域")
	return nil
}

func (a *app) lacks(missing []string) error {
	if len(missing) == 0 {
		return nil
	}
	return a.fault(fault.Unsupported, "this host lacks %s; a domain will not start on it", "本机缺少 %s；域无法在此启动", strings.Join(missing, ", "))
}

// health is an examination as a program reads it.
type health struct {
	Host   []protection     `json:"host"`
	Checks []domain.Finding `json:"checks"`
}

// look examines host and folder. What unlocks the keyring may be read only once,
// unless it is a file: with again it is kept for who opens the domain after this.
func (a *app) look(ctx context.Context, again bool) (h health, missing []string, err error) {
	cfg, err := a.config()
	if err != nil {
		return h, nil, err
	}
	h.Host, missing = protections()
	unlock := cfg.Unlock.KeyFile != "" || !again && !cfg.Unlock.Terminal
	h.Checks, err = domain.Look(ctx, cfg, unlock)
	return h, missing, err
}

func (a *app) examine(ctx context.Context) error {
	h, missing, err := a.look(ctx, false)
	if err != nil {
		return err
	}
	if err := a.give(h, func() { a.showHealth(h, missing) }); err != nil {
		return err
	}
	if err := a.broken(h); err != nil {
		return err
	}
	if err := a.lacks(missing); err != nil {
		return err
	}
	if len(mending(h.Checks)) > 0 {
		a.say("\nthe next verb, or --repair, puts right what is marked so; --repair --dry-run explains it",
			"\n标为“可修复”的问题由下一条命令或 --repair 处理；--repair --dry-run 可先行说明")
	} else {
		a.say("\nthe domain is sound", "\n域完好")
	}
	return nil
}

// broken is the error of a folder of which something was lost or altered.
func (a *app) broken(h health) error {
	var names []string
	for _, f := range h.Checks {
		if f.State == domain.Broken {
			names = append(names, a.checkTitle(f.Check))
		}
	}
	if len(names) == 0 {
		return nil
	}
	return a.fault(fault.Integrity, "cannot be repaired: %s. Stop work, keep this folder as evidence, and restore the whole folder from one backup: %s",
		"无法修复：%s。请停止使用，保留本目录作为证据，并从同一份备份恢复整个目录：%s", strings.Join(names, ", "), a.whichBackup(h))
}

func mending(all []domain.Finding) []domain.Finding {
	var out []domain.Finding
	for _, f := range all {
		if f.State == domain.Mends {
			out = append(out, f)
		}
	}
	return out
}

func (a *app) showProtections(all []protection) {
	var rows [][]string
	for _, p := range all {
		state := a.tr("ok", "正常")
		switch {
		case !p.Present && p.Required:
			state = a.tr("MISSING", "缺失")
		case !p.Present:
			state = a.tr("absent", "无")
		}
		need := a.tr("may degrade", "可降级")
		if p.Required {
			need = a.tr("required", "必需")
		}
		rows = append(rows, []string{p.Name, need, state, p.Detail})
	}
	a.rows([]string{a.tr("protection", "保护"), a.tr("need", "要求"), a.tr("state", "状态"), a.tr("found", "检测结果")}, rows)
}
