//go:build linux && cgo

package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"yingbi/domain"
	"yingbi/egress"
	"yingbi/job"
	"yingbi/store"
)

func (a *app) policyPreset() *cobra.Command {
	c := &cobra.Command{Use: "preset", Short: a.tr("set and list the domain's own rules of disclosure control", "设置与列出本域的出域规则集（预设）")}
	c.AddCommand(a.presetSet(),
		a.documentList("list", job.DocPreset, a.tr("list the domain's own presets", "列出本域的预设"),
			"  yingbi policy preset list --as shen --key shen.key",
			"no presets of the domain's own; set one with: yingbi policy preset set FILE", "本域尚无自定预设；设置：yingbi policy preset set FILE"),
		a.documentShow(job.DocPreset, a.tr("show a preset as it was written, and what it asks for", "显示预设原文及其规则"),
			"  yingbi policy preset show city --as zhao --key zhao.key", a.showPreset))
	return c
}

// storedPreset is what a program learns of a preset that was stored.
type storedPreset struct {
	ID      string `json:"id"`
	Version int    `json:"version"`
}

func (a *app) presetSet() *cobra.Command {
	return &cobra.Command{
		Use: "set FILE", Args: cobra.ExactArgs(1),
		Short: a.tr("set a preset, which extends one of the program's (docs/EGRESS.md)", "设置预设：在程序自带预设上收紧（见 docs/EGRESS.md）"),
		Long: a.tr(`Stores a preset of the domain's own, or a new version of it. It extends one of the
program's and may only be stricter. Scenarios name it with its version, so that a later
version counts only when the scenario is approved again:

  preset: city
  preset_version: 2`,
			`保存本域的预设或其新版本。预设在程序自带预设之上扩展，只能更严。应用场景连同版本号引用，
故新版本须重新批准场景后方生效：

  preset: city
  preset_version: 2`),
		Example: "  yingbi policy preset set city.yaml --as shen --key shen.key",
		RunE: func(c *cobra.Command, args []string) error {
			body, err := a.readDocument(args[0])
			if err != nil {
				return err
			}
			return a.with(c.Context(), func(s *domain.Session) error {
				p, err := s.SetPreset(c.Context(), args[0], body)
				if err != nil {
					return err
				}
				return a.give(storedPreset{p.Name, p.Version}, func() {
					a.say("%[1]s, version %[2]d, is stored; scenarios name it with: preset: %[1]s, preset_version: %[2]d", "已保存 %[1]s 第 %[2]d 版；应用场景引用：preset: %[1]s，preset_version: %[2]d", p.Name, p.Version)
				})
			})
		},
	}
}

func (a *app) showPreset(_ context.Context, _ *domain.Session, d store.Document) error {
	p, err := job.ParsePreset(d.ID, d.Body, d.Version)
	if err != nil {
		return err
	}
	fmt.Fprintln(a.out)
	a.showText(string(d.Body))
	a.heading("What %s asks for", "%s 的规则", a.preset(p))
	a.showRules(p)
	return nil
}

// showRules lists what a preset asks for.
func (a *app) showRules(p egress.Preset) {
	for _, line := range a.rulesInWords(p) {
		a.say("  • %s", "  • %s", line)
	}
}
