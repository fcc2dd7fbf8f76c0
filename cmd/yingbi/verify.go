package main

import (
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/release"
)

// addVerifiers adds what anybody runs anywhere: no domain, no network, a public
// key.
func (a *app) addVerifiers(root *cobra.Command) {
	rel := &cobra.Command{Use: "release", GroupID: groupWork, Short: a.tr("make, fetch and verify releases", "生成、领取与校验出域成果")}
	rel.AddCommand(a.releaseVerify(), a.releaseNotice(), a.releaseChart())
	aud := &cobra.Command{Use: "audit", GroupID: groupTrust, Short: a.tr("read, export and verify the log", "查阅、导出与校验审计日志")}
	aud.AddCommand(a.auditVerify())
	root.AddCommand(rel, aud)
}

// trust is whose word a verifier takes.
type trust struct {
	name, public string
}

func (t *trust) flags(a *app, c *cobra.Command) {
	c.Flags().StringVar(&t.name, "name", "", a.tr("`NAME` name of the domain, such as yuxi.gov.cn", "`NAME` 域名称，如 yuxi.gov.cn"))
	c.Flags().StringVar(&t.public, "public-key", "", a.tr("`KEY` the domain's public key, sm2:…, or a file that holds it", "`KEY` 域公钥 sm2:…，或保存公钥的文件"))
}

func (t *trust) key(a *app) (crypto.PublicKey, error) {
	if t.name == "" || t.public == "" {
		return crypto.PublicKey{}, a.fault(fault.Invalid, "say whose signature to trust with --name and --public-key, as the domain gave them to you",
			"请用 --name 与 --public-key 指明信任谁的签名，二者由该域提供")
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
	var withdrawn string
	c := &cobra.Command{
		Use: "verify FOLDER", Args: cobra.ExactArgs(1),
		Short: a.tr("verify a release offline, with the public key alone", "仅凭公钥离线校验出域成果"),
		Long: a.tr(`Checks the certificate's signature, every file, the reviewers' signed decisions and
the place in the log. Any altered, missing or additional byte fails with exit 7. A folder
cannot know whether it was withdrawn since: give the domain's notices of withdrawal with
--withdrawn, and a release that they name fails with exit 5.`,
			`校验证书签名、全部文件、审查员签名的决定及其在日志中的位置。任何字节被改、缺失或多出均失败（退出码 7）。
成果此后是否被撤回，目录本身无从得知：以 --withdrawn 给出域公布的撤回通知，被撤回者失败（退出码 5）。`),
		Example: "  yingbi release verify out --name yuxi.gov.cn --public-key sm2:…\n  yingbi release verify out --name yuxi.gov.cn --public-key domain.pub",
		RunE: func(_ *cobra.Command, args []string) error {
			key, err := t.key(a)
			if err != nil {
				return err
			}
			if err := a.needFolder(args[0]); err != nil {
				return err
			}
			cert, err := release.Verify(os.DirFS(args[0]), t.name, key)
			if err != nil {
				return err
			}
			if withdrawn != "" {
				if err := a.checkWithdrawn(withdrawn, args[0], t.name, key); err != nil {
					return err
				}
			}
			return a.give(cert, func() { a.showCertificate(cert) })
		},
	}
	t.flags(a, c)
	c.Flags().StringVar(&withdrawn, "withdrawn", "", a.tr("`PATH` a notice of withdrawal, or a folder of them", "`PATH` 撤回通知文件或其目录"))
	return c
}

func (a *app) showCertificate(c *release.Certificate) {
	a.say("the release is genuine", "出域成果真实有效")
	lines := [][2]string{
		{a.tr("domain", "域"), c.Domain},
		{a.tr("job", "作业"), c.Job},
		{a.tr("name", "名称"), c.Name},
		{a.tr("scenario", "场景"), c.Scenario + "  " + c.ScenarioTitle},
		{a.tr("class", "保障等级"), c.Class},
		{a.tr("issued", "签发时间"), when(c.Issued)},
		{a.tr("log record", "日志记录"), strconv.FormatUint(c.Proof.Index, 10)},
	}
	for _, name := range c.Asserted {
		lines = append(lines, [2]string{a.tr("asserted", "陈述性数值"), name + a.tr(": nobody has recomputed these numbers", "：无人复算")})
	}
	for _, in := range c.Inputs {
		lines = append(lines, [2]string{a.tr("data", "数据"), in.Dataset + " v" + strconv.Itoa(in.Version) + ", " + in.Policy})
	}
	for _, d := range c.Decisions {
		decision, err := release.ParseDecision([]byte(d.Statement))
		if err != nil {
			continue // Verify has parsed it already
		}
		if policy, ok := strings.CutPrefix(decision.Reviewer, release.PolicyPrefix); ok {
			lines = append(lines, [2]string{a.tr("approved by", "批准人"), a.tr("the policy of scenario ", "场景策略 ") + policy + a.tr("; no person looked at it, ", "；无人审查，") + when(decision.Time)})
			continue
		}
		lines = append(lines, [2]string{a.tr("approved by", "批准人"), decision.Reviewer + ", " + decision.Org + ", " + when(decision.Time)})
	}
	for _, condition := range c.Conditions {
		for _, known := range release.Conditions() {
			if condition == known[0] {
				condition = a.tr(known[1], known[2])
			}
		}
		lines = append(lines, [2]string{a.tr("on condition", "条件"), condition})
	}
	if c.ValidUntil != "" {
		until := c.ValidUntil
		if c.Terms().Over(time.Now()) {
			until += a.tr(" (over)", "（已过期）")
		}
		lines = append(lines, [2]string{a.tr("valid until", "有效期至"), until})
	}
	for _, f := range c.Files {
		lines = append(lines, [2]string{a.tr("file", "文件"), f.Name + "  sm3:" + f.SM3.String()[:16] + "…"})
	}
	for _, n := range c.Checks.NotChecked {
		lines = append(lines, [2]string{a.tr("not checked", "未检查"), n})
	}
	a.pairs("  ", lines)
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
			key, err := t.key(a)
			if err != nil {
				return err
			}
			verifier, err := crypto.NoteVerifier(t.name, key)
			if err != nil {
				return err
			}
			var kept []byte
			if since != "" {
				if kept, err = a.readFile(since, maxCheckpoint); err != nil {
					return err
				}
			}
			if err := a.needFolder(args[0]); err != nil {
				return err
			}
			r, err := audit.Verify(args[0], verifier, kept)
			if err != nil {
				return err
			}
			return a.give(newLogReport(r), func() { a.showLogReport(r, since) })
		},
	}
	t.flags(a, c)
	c.Flags().StringVar(&since, "since", "", a.tr("`FILE` checkpoint that was kept elsewhere", "`FILE` 另行保存的检查点"))
	return c
}

// maxCheckpoint bounds a kept checkpoint, in bytes; one has some 300.
const maxCheckpoint = 64 << 10

// logReport is audit.Report as a program reads it.
type logReport struct {
	Records   uint64     `json:"records"`
	Covered   uint64     `json:"covered"`
	Uncovered uint64     `json:"uncovered"`
	Pending   uint64     `json:"pending"`
	Root      string     `json:"root"`
	First     *time.Time `json:"first,omitempty"`
	Last      *time.Time `json:"last,omitempty"`
}

func newLogReport(r audit.Report) logReport {
	out := logReport{Records: r.Records, Covered: r.Covered, Uncovered: r.Uncovered, Pending: r.Pending, Root: r.Root.String()}
	if r.Records > 0 {
		out.First, out.Last = &r.First, &r.Last
	}
	return out
}

func (a *app) showLogReport(r audit.Report, since string) {
	a.say("the log is genuine: not a byte of its signed records was altered", "日志真实：已签名的记录无一字节被改动")
	lines := [][2]string{
		{a.tr("records", "记录数"), strconv.FormatUint(r.Records, 10)},
		{a.tr("signed", "已签名"), strconv.FormatUint(r.Covered, 10)},
	}
	if r.Uncovered > 0 {
		lines = append(lines, [2]string{a.tr("not yet signed", "尚未签名"), strconv.FormatUint(r.Uncovered, 10)})
	}
	if r.Pending > 0 {
		lines = append(lines, [2]string{a.tr("intents without outcome", "无结果的意图"), strconv.FormatUint(r.Pending, 10)})
	}
	if r.Records > 0 {
		lines = append(lines, [2]string{a.tr("from", "起"), when(r.First)}, [2]string{a.tr("until", "止"), when(r.Last)})
	}
	lines = append(lines, [2]string{a.tr("root", "根"), r.Root.String()})
	if since != "" {
		lines = append(lines, [2]string{a.tr("since", "自检查点"), a.tr("it extends the checkpoint that you kept", "与另行保存的检查点一致")})
	}
	a.pairs("  ", lines)
}
