//go:build linux && cgo

package main

import (
	"strings"

	"github.com/spf13/cobra"

	"yingbi/access"
	"yingbi/crypto"
	"yingbi/domain"
)

func (a *app) peopleCommand() *cobra.Command {
	c := &cobra.Command{Use: "people", Short: a.tr("register the people of the domain", "登记域内人员")}
	c.AddCommand(a.peopleKey(), a.peopleAdd(), a.peopleList())
	return c
}

func (a *app) peopleKey() *cobra.Command {
	return &cobra.Command{
		Use: "key FILE", Args: cobra.ExactArgs(1),
		Short: a.tr("make a signing key; prints the public half for registration", "生成签名密钥，并显示用于登记的公钥"),
		Long: a.tr("Makes an SM2 key pair. The private half goes into FILE with mode 0600 and never\nleaves its owner; the public half is printed for `yingbi people add`.",
			"生成 SM2 密钥对。私钥写入权限为 0600 的 FILE，由本人保管；公钥用于 `yingbi people add`。"),
		Example: "  yingbi people key li.key",
		RunE: func(_ *cobra.Command, args []string) error {
			public, err := newKeyFile(args[0])
			if err != nil {
				return err
			}
			return a.give(map[string]any{"public": public, "fingerprint": public.Fingerprint()}, func() { a.say("%s", "%s", public) })
		},
	}
}

func (a *app) peopleAdd() *cobra.Command {
	var name, org, public string
	var roles []string
	c := &cobra.Command{
		Use: "add ID", Args: cobra.ExactArgs(1),
		Short: a.tr("register a person by real name, with roles and public key", "实名登记人员、角色与公钥"),
		Long: a.tr("Registers a person. The real name is stored sealed. Roles: ", "登记人员，真实姓名加密保存。角色：") +
			strings.Join(roleNames(), ", ") + ".",
		Example: "  yingbi people add li --name 李静 --org 玉溪市医保局 --role provider,reviewer --public-key sm2:…",
		RunE: func(c *cobra.Command, args []string) error {
			p := access.Person{ID: args[0], Org: org}
			for _, r := range roles {
				role, err := access.ParseRole(r)
				if err != nil {
					return err
				}
				p.Roles = append(p.Roles, role)
			}
			var err error
			if p.Key, err = crypto.ParsePublicKey(public); err != nil {
				return err
			}
			return a.with(c.Context(), func(s *domain.Session) error {
				if err := s.AddPerson(c.Context(), p, name); err != nil {
					return err
				}
				return a.give(map[string]any{"id": p.ID, "org": p.Org, "roles": p.Roles}, func() {
					a.say("registered %s (%s)", "已登记 %s（%s）", p.ID, strings.Join(roles, ", "))
				})
			})
		},
	}
	f := c.Flags()
	f.StringVar(&name, "name", "", a.tr("real name", "真实姓名"))
	f.StringVar(&org, "org", "", a.tr("organisation", "所属机构"))
	f.StringSliceVar(&roles, "role", nil, a.tr("role; repeat, or separate with commas", "角色，可重复或用逗号分隔"))
	f.StringVar(&public, "public-key", "", a.tr("public key as `yingbi people key` prints it", "`yingbi people key` 显示的公钥"))
	return c
}

func (a *app) peopleList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Args: cobra.NoArgs, Short: a.tr("list everybody", "列出全部人员"),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				people, err := s.People(c.Context())
				if err != nil {
					return err
				}
				return a.give(people, func() {
					var rows [][]string
					for _, p := range people {
						titles := make([]string, len(p.Roles))
						for i, r := range p.Roles {
							titles[i] = a.tr(string(r), r.Title())
						}
						state := a.tr("active", "正常")
						if p.Frozen {
							state = a.tr("frozen", "冻结")
						}
						rows = append(rows, []string{p.ID, p.Name, p.Org, strings.Join(titles, ", "), state})
					}
					a.rows([]string{a.tr("id", "编号"), a.tr("name", "姓名"), a.tr("organisation", "机构"), a.tr("roles", "角色"), a.tr("state", "状态")}, rows)
				})
			})
		},
	}
}

func roleNames() []string {
	var out []string
	for _, r := range access.Roles() {
		out = append(out, string(r))
	}
	return out
}
