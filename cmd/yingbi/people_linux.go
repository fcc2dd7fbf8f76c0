//go:build linux && cgo

package main

import (
	"strings"

	"github.com/spf13/cobra"

	"yingbi/access"
	"yingbi/crypto"
	"yingbi/domain"
	"yingbi/internal/fault"
)

func (a *app) peopleCommand() *cobra.Command {
	c := &cobra.Command{Use: "people", GroupID: groupFound, Short: a.tr("register the people of the domain", "登记域内人员")}
	c.AddCommand(a.peopleKey(), a.peopleAdd(), a.peopleConfirm(), a.peopleList())
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
			public, err := a.newKeyFile(args[0])
			if err != nil {
				return err
			}
			return a.give(map[string]any{"public_key": public, "fingerprint": public.Fingerprint(), "file": args[0]}, func() { a.say("%s", "%s", public) })
		},
	}
}

func (a *app) peopleAdd() *cobra.Command {
	var name, org, public string
	var roles []string
	c := &cobra.Command{
		Use: "add ID", Args: cobra.ExactArgs(1),
		Short: a.tr("register a person by real name, with roles and public key", "实名登记人员、角色与公钥"),
		Long: a.tr("Registers a person. The real name lies sealed; ID stands in records. The roles:\n\n", "登记人员。真实姓名加密保存，记录中只出现编号 ID。角色：\n\n") + a.roleList() +
			a.tr("\nSome roles exclude each other (separation of duties); the refusal says why.", "\n部分角色不得由同一人兼任（职责分离）；拒绝时会说明原因。"),
		Example: "  yingbi people add li --name 李静 --org 玉溪市医保局 --role provider,reviewer --public-key sm2:… --as gao --key gao.key",
		RunE: func(c *cobra.Command, args []string) error {
			p := access.Person{ID: args[0], Org: org}
			var err error
			if p.Roles, err = parseRoles(roles); err != nil {
				return err
			}
			if public == "" {
				return a.fault(fault.Invalid, "give the person's public key with --public-key; `yingbi people key` makes a key and prints it", "请用 --public-key 给出该人员的公钥；`yingbi people key` 生成密钥并显示公钥")
			}
			if p.Key, err = crypto.ParsePublicKey(public); err != nil {
				return err
			}
			return a.with(c.Context(), func(s *domain.Session) error {
				if err := s.AddPerson(c.Context(), p, name); err != nil {
					return err
				}
				return a.give(newPersonView(domain.Person{Person: p, Name: name}), func() {
					a.say("registered %s (%s); a security officer lets them begin with: yingbi people confirm %[1]s",
						"已登记 %s（%s）；须由安全管理员确认后方可工作：yingbi people confirm %[1]s", p.ID, a.roleTitles(p.Roles))
				})
			})
		},
	}
	f := c.Flags()
	f.StringVar(&name, "name", "", a.tr("`NAME` real name", "`NAME` 真实姓名"))
	f.StringVar(&org, "org", "", a.tr("`ORG` organisation", "`ORG` 所属机构"))
	f.StringSliceVar(&roles, "role", nil, a.tr("`ROLE` role; repeat, or separate with commas", "`ROLE` 角色，可重复或用逗号分隔"))
	f.StringVar(&public, "public-key", "", a.tr("`KEY` public key as \"yingbi people key\" prints it", "`KEY` 公钥，由 \"yingbi people key\" 显示"))
	complete(c, "role", roleNames()...)
	return c
}

func (a *app) peopleConfirm() *cobra.Command {
	return &cobra.Command{
		Use: "confirm ID", Args: cobra.ExactArgs(1),
		Short: a.tr("confirm, as security officer, somebody who was registered", "安全管理员确认已登记的人员"),
		Long: a.tr(`Lets somebody who is registered begin to work. Confirm only whom you know: you answer
for it that the key, the organisation and the roles are theirs. The system
administrator registers, and alone makes nobody who may do anything.`,
			`确认后该人员方可工作。请只确认您认识的人：您对其密钥、机构与角色属实负责。
系统管理员只负责登记，单独不能设立任何可操作的人员。`),
		Example: "  yingbi people confirm li --as shen --key shen.key",
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				p, err := s.ConfirmPerson(c.Context(), args[0])
				if err != nil {
					return err
				}
				return a.give(newPersonView(domain.Person{Person: p}), func() {
					a.say("confirmed %s of %s (%s)", "已确认 %s，%s（%s）", p.ID, p.Org, a.roleTitles(p.Roles))
				})
			})
		},
	}
}

func parseRoles(names []string) ([]access.Role, error) {
	var out []access.Role
	for _, n := range names {
		role, err := access.ParseRole(n)
		if err != nil {
			return nil, err
		}
		out = append(out, role)
	}
	return out, nil
}

// personView is a person as a program reads it.
type personView struct {
	ID     string           `json:"id"`
	Name   string           `json:"name"`
	Org    string           `json:"org"`
	Roles  []access.Role    `json:"roles"`
	Key    crypto.PublicKey `json:"public_key"`
	Frozen bool             `json:"frozen"`

	Confirmed bool `json:"confirmed"`
}

func newPersonView(p domain.Person) personView {
	return personView{ID: p.ID, Name: p.Name, Org: p.Org, Roles: p.Roles, Key: p.Key, Frozen: p.Frozen, Confirmed: p.Confirmed}
}

func (a *app) peopleList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Args: cobra.NoArgs, Short: a.tr("list everybody", "列出全部人员"),
		Example: "  yingbi people list --as gao --key gao.key",
		RunE: func(c *cobra.Command, _ []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				people, err := s.People(c.Context())
				if err != nil {
					return err
				}
				all := []personView{}
				var rows [][]string
				for _, p := range people {
					all = append(all, newPersonView(p))
					state := a.tr("active", "正常")
					switch {
					case p.Frozen:
						state = a.tr("frozen", "冻结")
					case !p.Confirmed:
						state = a.tr("to be confirmed", "待确认")
					}
					rows = append(rows, []string{p.ID, p.Name, p.Org, a.roleTitles(p.Roles), state, brief(p.Key.Fingerprint())})
				}
				return a.give(all, func() {
					a.rows([]string{a.tr("id", "编号"), a.tr("name", "姓名"), a.tr("organisation", "机构"), a.tr("roles", "角色"), a.tr("state", "状态"), a.tr("key", "公钥指纹")}, rows)
				})
			})
		},
	}
}

// brief gives enough of a fingerprint to compare by eye.
func brief(fingerprint string) string { return fingerprint[:min(len(fingerprint), 20)] + "…" }

func (a *app) roleTitles(roles []access.Role) string {
	titles := make([]string, len(roles))
	for i, r := range roles {
		titles[i] = a.tr(string(r), r.Title())
	}
	return strings.Join(titles, a.tr(", ", "、"))
}

func roleNames() []string {
	var out []string
	for _, r := range access.Roles() {
		out = append(out, string(r))
	}
	return out
}

// roleList explains every role in a line.
func (a *app) roleList() string {
	does := map[access.Role]string{
		access.Provider:  a.tr("registers and imports its organisation's data sets", "登记并导入本机构的数据集"),
		access.Authority: a.tr("signs agreements, approves scenarios", "签署授权协议，批准应用场景"),
		access.Processor: a.tr("prepares data: sets masking policies", "加工数据，设置脱敏策略"),
		access.Operator:  a.tr("submits and runs jobs, fetches releases", "提交与运行作业，领取出域成果"),
		access.Reviewer:  a.tr("judges what leaves: approves, rejects, releases", "批准、驳回与签发出域成果"),
		access.Security:  a.tr("sets masking policies, rotates keys, reads the trail", "设置脱敏策略，轮换密钥，查阅审计记录"),
		access.Auditor:   a.tr("reads and exports the trail", "查阅与导出审计记录"),
		access.Sysadmin:  a.tr("runs the host, registers people", "运行主机，登记人员"),
	}
	var out strings.Builder
	for _, r := range access.Roles() {
		out.WriteString("  " + string(r) + strings.Repeat(" ", 11-len(r)) + a.tr("", r.Title()+"：") + does[r] + "\n")
	}
	return out.String()
}
