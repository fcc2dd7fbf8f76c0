//go:build linux && cgo

package main

import (
	"strings"

	"github.com/spf13/cobra"

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

func (a *app) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use: "doctor", GroupID: groupFound, Args: cobra.NoArgs,
		Short: a.tr("show whether this host has every protection that a cell needs", "检查主机是否具备隔离单元所需的全部保护"),
		Long: a.tr("Lists every protection with what was found. One that is required and missing makes\nthe domain refuse to start (exit 8); docs/THREATS.md says what may degrade.",
			"列出每项保护及检测结果。缺少必需保护时域拒绝启动（退出码 8）；可降级的项目见 docs/THREATS.md。"),
		Example: "  yingbi doctor\n  yingbi doctor --format json",
		RunE: func(*cobra.Command, []string) error {
			var all []protection
			var missing []string
			for _, p := range lockdown.Probe() {
				all = append(all, protection(p))
				if p.Required && !p.Present {
					missing = append(missing, p.Name)
				}
			}
			if err := a.give(all, func() { a.showProtections(all) }); err != nil {
				return err
			}
			if len(missing) > 0 {
				return a.fault(fault.Unsupported, "this host lacks %s; a domain will not start on it", "本机缺少 %s；域无法在此启动", strings.Join(missing, ", "))
			}
			a.say("\nthis host can run a domain", "\n本机可以运行域")
			return nil
		},
	}
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
