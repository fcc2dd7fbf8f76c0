//go:build linux && cgo

package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"yingbi/access"
	"yingbi/domain"
	"yingbi/internal/fault"
)

func (a *app) initCommand() *cobra.Command {
	var name, admin, org, adminKey, shares string
	c := &cobra.Command{
		Use: "init", Args: cobra.NoArgs,
		Short: a.tr("make a domain in an empty folder", "在空目录中建立域"),
		Long: a.tr(`Makes a domain folder: the keeper's keyring under a root key, an empty log, an
empty vault, and the first system administrator, who registers everybody else.

The root key comes from a passphrase (asked for on the terminal, or read from
--passphrase-fd), from a key file that init makes with mode 0600, or is split
into shares, of which a number opens the domain.`,
			`建立域目录：根密钥保护的密钥环、空日志、空保险库，以及第一位系统管理员。
根密钥可来自口令（终端询问或 --passphrase-fd）、权限 0600 的密钥文件，或拆分为若干份额。`),
		Example: `  yingbi init -d /srv/yuxi --name yuxi.gov.cn --admin gao --org 玉溪市信息中心 --admin-key gao.key
  yingbi init -d /srv/yuxi --name yuxi.gov.cn --admin gao --org 玉溪市信息中心 --admin-key gao.key --shares 3/5`,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			founding := domain.Founding{Name: name}
			if shares != "" {
				if !cfg.Unlock.Terminal {
					return fault.New(fault.Invalid, "--shares makes its own root key; leave the other ways to unlock out")
				}
				cfg.Unlock.Terminal = false
				if founding.Shares.N, founding.Shares.M, err = parseShares(shares); err != nil {
					return err
				}
			}
			if err := domain.CheckEmpty(cfg.Dir); err != nil {
				return err
			}
			if adminKey == "" {
				return fault.New(fault.Invalid, "name the file for the administrator's new signing key with --admin-key")
			}
			public, err := newKeyFile(adminKey)
			if err != nil {
				return err
			}
			founding.Admin = access.Person{ID: admin, Org: org, Roles: []access.Role{access.Sysadmin}, Key: public}
			info, parts, err := domain.Init(c.Context(), cfg, founding)
			if err != nil {
				return err
			}
			return a.give(map[string]any{"domain": info, "admin": admin, "shares": parts}, func() {
				a.say("made domain %s in %s", "已在 %[2]s 建立域 %[1]s", info.Name, cfg.Dir)
				a.say("public key  %s", "公钥  %s", info.Public)
				a.say("            give it to auditors and operators: it verifies the log and every release", "      请交给审计人员与开发利用主体：可据此校验日志与每次出域")
				a.say("admin key   %s (keep it secret)", "管理员密钥  %s（请妥善保管）", filepath.Clean(adminKey))
				for i, part := range parts {
					if i == 0 {
						a.say("\nshares of the root key, shown this once; hand each to another person:", "\n根密钥份额，仅显示这一次；请分别交由不同人员保管：")
					}
					fmt.Fprintln(a.out, "  "+part)
				}
			})
		},
	}
	f := c.Flags()
	f.StringVar(&name, "name", "", a.tr("name of the domain, such as yuxi.gov.cn", "域名称，如 yuxi.gov.cn"))
	f.StringVar(&admin, "admin", "", a.tr("id of the first system administrator", "首位系统管理员编号"))
	f.StringVar(&org, "org", "", a.tr("the administrator's organisation", "管理员所属机构"))
	f.StringVar(&adminKey, "admin-key", "", a.tr("file for the administrator's new signing key", "管理员新签名密钥的保存文件"))
	f.StringVar(&shares, "shares", "", a.tr("split the root key: needed/made, such as 3/5", "拆分根密钥：所需份数/总份数，如 3/5"))
	return c
}
