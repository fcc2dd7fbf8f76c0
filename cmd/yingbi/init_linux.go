//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"yingbi/access"
	"yingbi/crypto"
	"yingbi/domain"
	"yingbi/internal/fault"
)

// founding is what the flags of init say.
type founding struct {
	name, admin, org, adminKey, shares string
}

func (a *app) initCommand() *cobra.Command {
	var f founding
	c := &cobra.Command{
		Use: "init", GroupID: groupFound, Args: cobra.NoArgs,
		Short: a.tr("make a domain in an empty folder", "在空目录中建立域"),
		Long: a.tr(`Makes a domain folder: the keeper's keyring under a root key, an empty log, an
empty vault, and the first system administrator, who registers everybody else.

What unlocks the domain from then on:
  a passphrase   asked for twice on the terminal, or read from --passphrase-fd
  a key file     --root-key-file; made with mode 0600 where it does not exist
  shares         --shares 3/5: five are made, any three open the domain
docs/OPERATIONS.md says which is stronger.`,
			`建立域目录：受根密钥保护的密钥环、空日志、空保险库，以及第一位系统管理员，由其登记其他人员。

此后以下列方式之一解锁：
  口令       在终端输入两次，或由 --passphrase-fd 读取
  密钥文件   --root-key-file；不存在时生成，权限为 0600
  密钥份额   --shares 3/5：生成五份，任意三份即可解锁
各方式的强弱见 docs/OPERATIONS.md。`),
		Example: `  yingbi init -d yuxi --name yuxi.gov.cn --admin gao --org 玉溪市信息中心 --admin-key gao.key
  yingbi init -d yuxi --name yuxi.gov.cn --admin gao --org 玉溪市信息中心 --admin-key gao.key --root-key-file /media/usb/root.key
  yingbi init -d yuxi --name yuxi.gov.cn --admin gao --org 玉溪市信息中心 --admin-key gao.key --shares 3/5`,
		RunE: func(c *cobra.Command, _ []string) error { return a.found(c.Context(), f) },
	}
	flags := c.Flags()
	flags.StringVar(&f.name, "name", "", a.tr("`NAME` name of the domain, such as yuxi.gov.cn", "`NAME` 域名称，如 yuxi.gov.cn"))
	flags.StringVar(&f.admin, "admin", "", a.tr("`ID` id of the first system administrator", "`ID` 首位系统管理员编号"))
	flags.StringVar(&f.org, "org", "", a.tr("`ORG` the administrator's organisation", "`ORG` 管理员所属机构"))
	flags.StringVar(&f.adminKey, "admin-key", "", a.tr("`FILE` new file for the administrator's signing key", "`FILE` 保存管理员签名密钥的新文件"))
	flags.StringVar(&f.shares, "shares", "", a.tr("`N/M` split the root key into M shares, of which N open the domain, such as 3/5", "`N/M` 将根密钥拆分为 M 份，任意 N 份可解锁，如 3/5"))
	return c
}

func (a *app) found(ctx context.Context, f founding) error {
	cfg, err := a.config()
	if err != nil {
		return err
	}
	for _, need := range []struct{ value, flag string }{
		{f.name, "--name"}, {f.admin, "--admin"}, {f.org, "--org"}, {f.adminKey, "--admin-key"},
	} {
		if need.value == "" {
			return a.fault(fault.Invalid, "init needs %s; see yingbi init --help", "init 需要 %s；用法见 yingbi init --help", need.flag)
		}
	}
	plan := domain.Founding{Name: f.name}
	if f.shares != "" {
		if !cfg.Unlock.Terminal {
			return a.fault(fault.Invalid, "--shares makes its own root key; leave the other ways to unlock out", "--shares 自行生成根密钥；请勿同时给出其他解锁方式")
		}
		cfg.Unlock.Terminal = false
		if plan.Shares.N, plan.Shares.M, err = a.parseShares(f.shares); err != nil {
			return err
		}
	}
	if info, err := os.Stat(cfg.Dir); err == nil && !info.IsDir() {
		return a.fault(fault.Invalid, "%s is a file; name a new folder", "%s 是文件；请指定新目录", cfg.Dir)
	}
	if err := domain.CheckEmpty(cfg.Dir); err != nil {
		return err
	}
	public, err := a.newKeyFile(f.adminKey)
	if err != nil {
		return err
	}
	plan.Admin = access.Person{ID: f.admin, Org: f.org, Roles: []access.Role{access.Sysadmin}, Key: public}
	info, shares, err := domain.Init(ctx, cfg, plan)
	if err != nil {
		return errors.Join(err, os.Remove(f.adminKey)) // it belongs to nobody, and would be in the way of the next try
	}
	out := founded{Name: info.Name, Folder: cfg.Dir, Public: info.Public, Admin: f.admin, Shares: shares}
	return a.give(out, func() { a.showFounded(out, f.adminKey) })
}

// founded is a new domain. Shares are shown here once and stored nowhere.
type founded struct {
	Name   string           `json:"name"`
	Folder string           `json:"folder"`
	Public crypto.PublicKey `json:"public_key"`
	Admin  string           `json:"admin"`
	Shares []string         `json:"shares,omitempty"`
}

func (a *app) showFounded(f founded, adminKey string) {
	a.say("made domain %s in %s", "已在 %[2]s 建立域 %[1]s", f.Name, f.Folder)
	a.pairs("  ", [][2]string{
		{a.tr("public key", "公钥"), f.Public.String()},
		{"", a.tr("give it to auditors and operators: it verifies the log and every release", "请交给审计人员与开发利用主体：可据此校验日志与每次出域")},
		{a.tr("admin key", "管理员密钥"), filepath.Clean(adminKey) + a.tr(" (keep it secret)", "（请妥善保管）")},
	})
	if len(f.Shares) > 0 {
		a.say("\nshares of the root key, shown this once; hand each to another person:", "\n根密钥份额，仅显示这一次；请分别交由不同人员保管：")
		for _, share := range f.Shares {
			fmt.Fprintln(a.out, "  "+share)
		}
	}
	a.say("\nnext, each person makes a key and the administrator registers its public half:", "\n下一步：每人生成自己的密钥，由管理员登记其公钥：")
	fmt.Fprintln(a.out, "  yingbi people key li.key")
	fmt.Fprintf(a.out, "  yingbi people add li -d %s --as %s --key %s --name 李静 --org 医保局 --role provider --public-key sm2:…\n", f.Folder, f.Admin, adminKey)
}

// parseShares reads N of M, such as 3/5.
func (a *app) parseShares(s string) (need, all int, err error) {
	n, m, ok := strings.Cut(s, "/")
	need, err1 := strconv.Atoi(n)
	all, err2 := strconv.Atoi(m)
	if !ok || err1 != nil || err2 != nil || need < 2 || all < need || all > 20 {
		return 0, 0, a.fault(fault.Invalid, "--shares is %q; write how many of how many, such as 3/5 (2 ≤ needed ≤ made ≤ 20)", "--shares 为 %q；请写作 所需/总数，如 3/5（2 ≤ 所需 ≤ 总数 ≤ 20）", s)
	}
	return need, all, nil
}
