//go:build linux && cgo

package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"yingbi/audit"
	"yingbi/domain"
)

func (a *app) addAuditVerbs(c *cobra.Command) {
	c.AddCommand(a.auditList(), a.auditExport(), a.auditCheckpoint())
}

// recordView is a record of the log as a program reads it.
type recordView struct {
	Index   uint64            `json:"index"`
	Time    time.Time         `json:"time"`
	Actor   string            `json:"actor"`
	Action  string            `json:"action"`
	Phase   string            `json:"phase"`
	Target  string            `json:"target"`
	Ref     *uint64           `json:"ref,omitempty"`
	Result  string            `json:"result,omitempty"`
	Details map[string]string `json:"details,omitempty"`
}

func (a *app) auditList() *cobra.Command {
	var from uint64
	var target string
	var brief bool
	c := &cobra.Command{
		Use: "list", Args: cobra.NoArgs, Short: a.tr("read the trail", "查阅审计记录"),
		Long: a.tr("Prints the records of the log: each act as its intent before and its outcome after,\nwhich names the intent by its number. Reading is itself recorded.",
			"显示日志记录：每个操作先记意图、后记结果，结果以序号指向意图。查阅本身也被记录。"),
		Example: "  yingbi audit list --as sun --key sun.key\n  yingbi audit list --brief --target job/0192… --as sun --key sun.key",
		RunE: func(c *cobra.Command, _ []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				records, err := s.Records(c.Context(), from)
				if err != nil {
					return err
				}
				all := []recordView{}
				var rows [][]string
				for index, r := range records {
					if !strings.HasPrefix(r.Target, target) || brief && machinery(r.Action) {
						continue
					}
					all = append(all, recordView{index, r.Time, r.Actor, r.Action, r.Phase, r.Target, r.Ref, r.Result, r.Details})
					rows = append(rows, []string{strconv.FormatUint(index, 10), when(r.Time), r.Actor, r.Action, a.phase(r.Phase), r.Target, result(r), details(r)})
				}
				return a.give(all, func() {
					a.list([]string{"#", a.tr("time", "时间"), a.tr("who", "操作人"), a.tr("action", "操作"), a.tr("phase", "阶段"),
						a.tr("target", "对象"), a.tr("result", "结果"), a.tr("details", "详情")}, rows, "no records that match", "没有符合条件的记录")
				})
			})
		},
	}
	c.Flags().Uint64Var(&from, "from", 0, a.tr("`N` begin with this record", "`N` 起始记录序号"))
	c.Flags().StringVar(&target, "target", "", a.tr("`TEXT` only records whose target begins with this", "`TEXT` 只显示对象以此开头的记录"))
	c.Flags().BoolVar(&brief, "brief", false, a.tr("only what people did: without the use of keys and the storage below it", "只显示人员操作，不含其下的密钥使用与存储"))
	return c
}

// machinery reports whether an action only serves another that is recorded too.
func machinery(action string) bool {
	return action == "vault.commit" || strings.HasPrefix(action, "key.") || strings.HasPrefix(action, "sign.")
}

func (a *app) phase(p string) string {
	return a.tr(p, map[string]string{audit.Intent: "意图", audit.Outcome: "结果", audit.Event: "事件"}[p])
}

func result(r audit.Record) string {
	if r.Ref == nil {
		return r.Result
	}
	return fmt.Sprintf("%s (#%d)", r.Result, *r.Ref)
}

func details(r audit.Record) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(r.Details)) {
		v := []rune(r.Details[k])
		if len(v) > 40 {
			v = append(v[:16:16], '…')
		}
		out = append(out, k+"="+string(v))
	}
	return strings.Join(out, " ")
}

func (a *app) auditExport() *cobra.Command {
	return &cobra.Command{
		Use: "export FOLDER", Args: cobra.ExactArgs(1),
		Short:   a.tr("copy the log into a new folder, to verify it elsewhere", "将日志复制到新目录，供离线校验"),
		Example: "  yingbi audit export trail --as sun --key sun.key",
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				n, err := s.ExportAudit(c.Context(), args[0])
				if err != nil {
					return err
				}
				return a.give(map[string]any{"records": n, "folder": args[0], "name": s.Info.Name, "public_key": s.Info.Public}, func() {
					a.say("%d records in %s; verify them anywhere with:", "已导出 %d 条记录至 %s；可在任意机器校验：", n, args[0])
					fmt.Fprintf(a.out, "  yingbi audit verify %s --name %s --public-key %s\n", args[0], s.Info.Name, s.Info.Public)
				})
			})
		},
	}
}

func (a *app) auditCheckpoint() *cobra.Command {
	return &cobra.Command{
		Use: "checkpoint", Args: cobra.NoArgs,
		Short: a.tr("print a signed checkpoint of the log, to keep elsewhere", "显示日志的签名检查点，供另行保存"),
		Long: a.tr(`Signs the log as it stands and prints the checkpoint: the domain's name, the number of
records, their root, and the signature. Keep it where the host's administrator cannot
write. A later log that was shortened or rewritten behind it does not verify:
  yingbi audit verify FOLDER --since checkpoint.kept …`,
			`对当前日志签名并显示检查点：域名称、记录数、根与签名。请保存在主机管理员无法写入之处。
此后的日志若在其之前被截短或改写，校验将失败：
  yingbi audit verify 目录 --since checkpoint.kept …`),
		Example: "  yingbi audit checkpoint --as sun --key sun.key > checkpoint.kept",
		RunE: func(c *cobra.Command, _ []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				note, err := s.Checkpoint(c.Context())
				if err != nil {
					return err
				}
				return a.give(map[string]string{"checkpoint": string(note)}, func() { fmt.Fprint(a.out, string(note)) })
			})
		},
	}
}
