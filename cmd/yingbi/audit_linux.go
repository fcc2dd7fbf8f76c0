//go:build linux && cgo

package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"yingbi/audit"
	"yingbi/domain"
)

func (a *app) addAuditVerbs(c *cobra.Command) { c.AddCommand(a.auditList(), a.auditExport()) }

func (a *app) auditList() *cobra.Command {
	var from uint64
	var target string
	c := &cobra.Command{
		Use: "list", Args: cobra.NoArgs, Short: a.tr("read the trail", "查阅审计记录"),
		Example: "  yingbi audit list --target job/0192… --as shen --key shen.key",
		RunE: func(c *cobra.Command, _ []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				records, err := s.Records(c.Context(), from)
				if err != nil {
					return err
				}
				type line struct {
					Index uint64 `json:"index"`
					audit.Record
				}
				all := []line{}
				var rows [][]string
				for index, r := range records {
					if !strings.HasPrefix(r.Target, target) {
						continue
					}
					all = append(all, line{index, r})
					rows = append(rows, []string{strconv.FormatUint(index, 10), when(r.Time), r.Actor, r.Action, r.Phase, r.Target, result(r), details(r)})
				}
				return a.give(all, func() {
					a.rows([]string{"#", a.tr("time", "时间"), a.tr("who", "操作人"), a.tr("action", "操作"), a.tr("phase", "阶段"),
						a.tr("target", "对象"), a.tr("result", "结果"), a.tr("details", "详情")}, rows)
				})
			})
		},
	}
	c.Flags().Uint64Var(&from, "from", 0, a.tr("index of the first record", "起始记录序号"))
	c.Flags().StringVar(&target, "target", "", a.tr("only records whose target begins with this", "只显示对象以此开头的记录"))
	return c
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
		v := r.Details[k]
		if len(v) > 20 {
			v = v[:16] + "…"
		}
		out = append(out, k+"="+v)
	}
	return strings.Join(out, " ")
}

func (a *app) auditExport() *cobra.Command {
	return &cobra.Command{
		Use: "export FOLDER", Args: cobra.ExactArgs(1),
		Short:   a.tr("copy the log into a new folder, to verify it elsewhere", "将日志复制到新目录，供离线校验"),
		Example: "  yingbi audit export trail --as shen --key shen.key",
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				n, err := s.ExportAudit(c.Context(), args[0])
				if err != nil {
					return err
				}
				return a.give(map[string]any{"records": n, "folder": args[0], "name": s.Info.Name, "public": s.Info.Public}, func() {
					a.say("%d records in %s; verify them anywhere with:", "已导出 %d 条记录至 %s；可在任意机器校验：", n, args[0])
					a.say("  yingbi audit verify %s --name %s --public-key %s", "  yingbi audit verify %s --name %s --public-key %s", args[0], s.Info.Name, s.Info.Public)
				})
			})
		},
	}
}
