//go:build linux && cgo

package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"yingbi/domain"
	"yingbi/internal/fault"
)

func (a *app) policyReveal() *cobra.Command {
	c := &cobra.Command{
		Use: "reveal", Short: a.tr("open tokens, by two people and for a recorded reason", "还原令牌：须两人共同进行并记录理由"),
		Long: a.tr(`Gives the values behind tokens of the rule token (and numbers of the rule fpe). It
takes two people: a provider of the data set asks and says why; a security officer of
another organisation agrees; then who asked reads the values, once, within 72 hours of
asking. Reason, reference and how many tokens stand in the log; tokens and values never.`,
			`给出规则 token 的令牌（以及规则 fpe 的号码）背后的原值。须两人共同进行：数据提供部门的人员申请
并说明理由；另一机构的安全管理员同意；然后申请人在申请后 72 小时内读取一次。理由、编号与令牌个数
记入日志；令牌与原值绝不记入。`),
	}
	c.AddCommand(a.revealRequest(), a.revealList(), a.revealShow(), a.revealApprove(), a.revealReject(), a.revealRead())
	return c
}

func (a *app) revealRequest() *cobra.Command {
	var q domain.RevealRequest
	c := &cobra.Command{
		Use: "request", Args: cobra.NoArgs,
		Short: a.tr("ask that tokens be opened; they are read from standard input", "申请还原令牌；令牌从标准输入读取"),
		Long: a.tr(`Reads tokens from standard input, one a line, 100 at most, and seals them. Name the case
in the reason and the reference, and nobody: both stand in the log for good. Whether a
line is a token at all nobody looks at before a security officer has agreed; a wrong one
then ends the request.`,
			`从标准输入逐行读取令牌（至多 100 个）并加密保存。理由与编号只写案由，不写任何人：二者永久留在日志中。
安全管理员同意之前，无人查验各行是否为令牌；届时有一个不符，申请即告终止。`),
		Example: "  yingbi policy reveal request --scenario chronic --dataset claims --column person \\\n" +
			"    --reason 重复结算核查 --reference 医保稽核〔2026〕17号 --as li --key li.key < tokens.txt",
		RunE: func(c *cobra.Command, _ []string) error {
			var err error
			if q.Tokens, err = a.readTokens(); err != nil {
				return err
			}
			return a.with(c.Context(), func(s *domain.Session) error {
				r, err := s.RequestReveal(c.Context(), q)
				if err != nil {
					return err
				}
				return a.give(r, func() {
					a.say("request %[1]s: %[2]d tokens, until %[3]s", "申请 %[1]s：%[2]d 个令牌，有效至 %[3]s", r.ID, r.Tokens, when(r.Until))
					a.say("a security officer of another organisation agrees with: yingbi policy reveal approve %s", "由另一机构的安全管理员同意：yingbi policy reveal approve %s", r.ID)
				})
			})
		},
	}
	f := c.Flags()
	f.StringVar(&q.Scenario, "scenario", "", a.tr("`ID` scenario that the tokens are from", "`ID` 令牌所属应用场景"))
	f.StringVar(&q.Dataset, "dataset", "", a.tr("`ID` data set", "`ID` 数据集"))
	f.StringVar(&q.Column, "column", "", a.tr("`NAME` column", "`NAME` 字段"))
	f.StringVar(&q.Reason, "reason", "", a.tr("`TEXT` why, without naming anybody", "`TEXT` 理由，不得写出任何人"))
	f.StringVar(&q.Reference, "reference", "", a.tr("`TEXT` such as the number of the case", "`TEXT` 如案件编号"))
	return c
}

// readTokens reads lines from standard input, blank ones left out. Tokens are no
// arguments: those stand in the list of processes.
func (a *app) readTokens() (out []string, err error) {
	if isTerminal(a.in) {
		fmt.Fprintln(a.err, a.tr("one token a line; end with Ctrl-D", "每行一个令牌；以 Ctrl-D 结束"))
	}
	const most = domain.MaxRevealed * (domain.MaxToken + 4)
	b, err := io.ReadAll(io.LimitReader(a.in, most+1))
	if err != nil {
		return nil, a.fault(fault.Invalid, "standard input cannot be read: %v", "无法读取标准输入：%v", err)
	}
	if len(b) > most {
		return nil, a.fault(fault.Limit, "a request has %d tokens at most", "一次申请至多 %d 个令牌", domain.MaxRevealed)
	}
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out, nil
}

func (a *app) revealList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Args: cobra.NoArgs, Short: a.tr("list requests, the newest first", "列出申请，最新在前"),
		Example: "  yingbi policy reveal list --as shen --key shen.key",
		RunE: func(c *cobra.Command, _ []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				all, err := s.Reveals(c.Context())
				if err != nil {
					return err
				}
				var rows [][]string
				for _, r := range all {
					rows = append(rows, []string{r.ID, a.revealState(r.State), r.Scenario, r.Dataset, r.Column, strconv.Itoa(r.Tokens), r.By, r.Reference, when(r.Until)})
				}
				return a.give(all, func() {
					a.list([]string{a.tr("id", "编号"), a.tr("state", "状态"), a.tr("scenario", "场景"), a.tr("data set", "数据集"), a.tr("column", "字段"),
						a.tr("tokens", "令牌数"), a.tr("by", "申请人"), a.tr("reference", "案件编号"), a.tr("until", "有效至")}, rows,
						"nobody has asked to open tokens", "尚无还原申请")
				})
			})
		},
	}
}

func (a *app) revealShow() *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Args: cobra.ExactArgs(1), Short: a.tr("show a request with its reason; never its tokens", "显示申请及其理由，不显示令牌"),
		Example: "  yingbi policy reveal show 0192… --as shen --key shen.key",
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				all, err := s.Reveals(c.Context())
				if err != nil {
					return err
				}
				for _, r := range all {
					if r.ID == args[0] {
						return a.give(r, func() { a.showReveal(r) })
					}
				}
				return a.fault(fault.NotFound, "there is no such request, or it is not for you; yingbi policy reveal list has them", "没有该申请，或无权查看；见 yingbi policy reveal list")
			})
		},
	}
}

func (a *app) showReveal(r domain.Reveal) {
	a.say("request %s: %s", "申请 %s：%s", r.ID, a.revealState(r.State))
	a.pairs("  ", [][2]string{
		{a.tr("asked by", "申请人"), r.By + a.tr(" of ", "，") + r.Org + a.tr(", ", "，") + when(r.At)},
		{a.tr("reason", "理由"), r.Reason}, {a.tr("reference", "案件编号"), r.Reference},
		{a.tr("scenario", "应用场景"), r.Scenario}, {a.tr("column", "字段"), r.Dataset + "." + r.Column},
		{a.tr("tokens", "令牌数"), strconv.Itoa(r.Tokens)},
		{a.tr("decided by", "决定人"), r.Decider}, {a.tr("until", "有效至"), when(r.Until)},
	})
}

func (a *app) revealState(s domain.RevealState) string {
	return a.tr(string(s), map[domain.RevealState]string{
		domain.RevealRequested: "待决定", domain.RevealApproved: "已同意", domain.RevealRejected: "已驳回", domain.RevealRead: "已读取", domain.RevealExpired: "已过期",
	}[s])
}

func (a *app) revealApprove() *cobra.Command {
	return a.revealDecision("approve ID", true,
		a.tr("agree, as security officer of another organisation", "由另一机构的安全管理员同意"),
		a.tr("You answer for it that the reason holds and so many people have to be known for it.\nYou see neither tokens nor values.",
			"您对理由成立、且确需得知这些人的身份负责。令牌与原值均不向您显示。"))
}

func (a *app) revealReject() *cobra.Command {
	return a.revealDecision("reject ID", false,
		a.tr("turn a request down; its tokens are destroyed", "驳回申请，并销毁其令牌"),
		a.tr("Ends a request that nobody has decided on, and destroys its tokens.", "终止尚未决定的申请，并销毁其令牌。"))
}

func (a *app) revealDecision(use string, approve bool, short, long string) *cobra.Command {
	verb, _, _ := strings.Cut(use, " ")
	return &cobra.Command{
		Use: use, Args: cobra.ExactArgs(1), Short: short, Long: long,
		Example: "  yingbi policy reveal " + verb + " 0192… --as shen --key shen.key",
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				r, err := s.DecideReveal(c.Context(), args[0], approve)
				if err != nil {
					return err
				}
				return a.give(r, func() {
					a.showReveal(r)
					if approve {
						a.say("%s reads the values, once, with: yingbi policy reveal read %s", "由 %s 读取一次：yingbi policy reveal read %s", r.By, r.ID)
					}
				})
			})
		},
	}
}

func (a *app) revealRead() *cobra.Command {
	return &cobra.Command{
		Use: "read ID", Args: cobra.ExactArgs(1),
		Short: a.tr("print the values behind the tokens of your approved request, once", "显示本人已获同意的申请中令牌的原值，仅一次"),
		Long: a.tr(`Prints each token with the value behind it. It can be done once: have a place ready
for what is printed before you begin. The tokens are destroyed with it. Where one does not open, nothing
is shown and the request is over. A number of the rule fpe carries no proof: any of the
right form opens, to somebody's number.`,
			`逐行显示令牌及其原值，仅此一次：请先备好存放之处。令牌随即销毁。有一个打不开则一个也不显示，
申请即告终止。规则 fpe 的号码不带证明：凡格式相符者都能还原为某人的号码。`),
		Example: "  yingbi policy reveal read 0192… --as li --key li.key",
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				opened, err := s.ReadReveal(c.Context(), args[0])
				if err != nil {
					return err
				}
				var rows [][]string
				for _, r := range opened {
					rows = append(rows, []string{r.Token, r.Value})
				}
				return a.give(opened, func() { a.rows([]string{a.tr("token", "令牌"), a.tr("value", "原值")}, rows) })
			})
		},
	}
}
