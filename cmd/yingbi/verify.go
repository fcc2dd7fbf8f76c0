package main

import (
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/release"
)

// addVerifiers adds what anybody runs anywhere: no domain, no network, a public
// key.
func (a *app) addVerifiers(root *cobra.Command) {
	rel := &cobra.Command{Use: "release", Short: a.tr("make, fetch and verify releases", "生成、领取与校验出域成果")}
	rel.AddCommand(a.releaseVerify())
	aud := &cobra.Command{Use: "audit", Short: a.tr("read, export and verify the log", "查阅、导出与校验审计日志")}
	aud.AddCommand(a.auditVerify())
	root.AddCommand(rel, aud)
}

// trust is whose word a verifier takes.
type trust struct {
	name, public string
}

func (t *trust) flags(a *app, c *cobra.Command) {
	c.Flags().StringVar(&t.name, "name", "", a.tr("the domain's name, such as yuxi.gov.cn", "域名称，如 yuxi.gov.cn"))
	c.Flags().StringVar(&t.public, "public-key", "", a.tr("the domain's public key, sm2:…, or a file that holds it", "域公钥 sm2:…，或保存公钥的文件"))
}

func (t *trust) key() (crypto.PublicKey, error) {
	if t.name == "" || t.public == "" {
		return crypto.PublicKey{}, fault.New(fault.Invalid, "say whose signature to trust with --name and --public-key, as the domain gave them to you")
	}
	text := t.public
	if b, err := os.ReadFile(t.public); err == nil {
		text = firstLine(b)
	}
	return crypto.ParsePublicKey(text)
}

func firstLine(b []byte) string {
	for i, c := range b {
		if c == '\n' || c == '\r' {
			return string(b[:i])
		}
	}
	return string(b)
}

func (a *app) releaseVerify() *cobra.Command {
	var t trust
	c := &cobra.Command{
		Use: "verify FOLDER", Args: cobra.ExactArgs(1),
		Short: a.tr("verify a release offline, with the public key alone", "仅凭公钥离线校验出域成果"),
		Long: a.tr(`Checks the certificate's signature, every file, the reviewers' signed decisions and
the place in the log. Any altered, missing or additional byte fails with exit 7.`,
			`校验证书签名、全部文件、审查员签名的决定及其在日志中的位置。任何字节被改、缺失或多出均失败（退出码 7）。`),
		Example: "  yingbi release verify out --name yuxi.gov.cn --public-key sm2:…",
		RunE: func(_ *cobra.Command, args []string) error {
			key, err := t.key()
			if err != nil {
				return err
			}
			cert, err := release.Verify(os.DirFS(args[0]), t.name, key)
			if err != nil {
				return err
			}
			return a.give(cert, func() { a.showCertificate(cert) })
		},
	}
	t.flags(a, c)
	return c
}

func (a *app) showCertificate(c *release.Certificate) {
	a.say("the release is genuine", "出域成果真实有效")
	lines := [][]string{
		{a.tr("domain", "域"), c.Domain},
		{a.tr("job", "作业"), c.Job},
		{a.tr("name", "名称"), c.Name},
		{a.tr("scenario", "场景"), c.Scenario + "  " + c.ScenarioTitle},
		{a.tr("class", "保障等级"), c.Class},
		{a.tr("issued", "签发时间"), when(c.Issued)},
		{a.tr("log record", "日志记录"), strconv.FormatUint(c.Proof.Index, 10)},
	}
	for _, in := range c.Inputs {
		lines = append(lines, []string{a.tr("data", "数据"), in.Dataset + " v" + strconv.Itoa(in.Version) + ", " + in.Policy})
	}
	for _, d := range c.Decisions {
		decision, err := release.ParseDecision([]byte(d.Statement))
		if err != nil {
			continue // Verify has parsed it already
		}
		lines = append(lines, []string{a.tr("approved by", "批准人"), decision.Reviewer + ", " + decision.Org + ", " + when(decision.Time)})
	}
	for _, f := range c.Files {
		lines = append(lines, []string{a.tr("file", "文件"), f.Name + "  sm3:" + f.SM3.String()[:16] + "…"})
	}
	for _, n := range c.Checks.NotChecked {
		lines = append(lines, []string{a.tr("not checked", "未检查"), n})
	}
	a.rows([]string{"", ""}, lines)
}

func (a *app) auditVerify() *cobra.Command {
	var t trust
	var since string
	c := &cobra.Command{
		Use: "verify FOLDER", Args: cobra.ExactArgs(1),
		Short: a.tr("verify a log folder offline, with the public key alone", "仅凭公钥离线校验日志"),
		Long: a.tr(`Recomputes the whole log against its signed checkpoint. With --since, a checkpoint
kept elsewhere, a log that was rewritten or shortened behind it is caught.`,
			`依据签名检查点重算整个日志。给出另行保存的检查点（--since），可发现其后被改写或截短的日志。`),
		Example: "  yingbi audit verify export --name yuxi.gov.cn --public-key sm2:…\n  yingbi audit verify export --name yuxi.gov.cn --public-key sm2:… --since checkpoint.kept",
		RunE: func(_ *cobra.Command, args []string) error {
			key, err := t.key()
			if err != nil {
				return err
			}
			verifier, err := crypto.NoteVerifier(t.name, key)
			if err != nil {
				return err
			}
			var kept []byte
			if since != "" {
				if kept, err = os.ReadFile(since); err != nil {
					return fault.Errorf(fault.NotFound, "%v", err)
				}
			}
			r, err := audit.Verify(args[0], verifier, kept)
			if err != nil {
				return err
			}
			return a.give(r, func() {
				a.say("the log verifies: %d records, %d under a signed checkpoint, %d after it", "日志校验通过：共 %d 条记录，%d 条在签名检查点之内，%d 条在其后", r.Records, r.Covered, r.Uncovered)
				a.say("root %s", "根 %s", r.Root)
			})
		},
	}
	t.flags(a, c)
	c.Flags().StringVar(&since, "since", "", a.tr("checkpoint that was kept elsewhere", "另行保存的检查点"))
	return c
}
