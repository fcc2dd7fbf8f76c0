//go:build linux && cgo

package main

import (
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"yingbi/domain"
	"yingbi/internal/fault"
	"yingbi/release"
	"yingbi/sample"
)

func (a *app) scenarioKit() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use: "kit ID", Args: cobra.ExactArgs(1),
		Short: a.tr("write what a job of a scenario is developed against (docs/SAMPLE.md)", "导出场景的开发包（见 docs/SAMPLE.md）"),
		Long: a.tr(`Writes the text of a scenario into a new folder: agreement, descriptions of the data
sets, masking policies, rules. Nothing in it comes from rows. With it an operator
runs jobs over made-up data on a machine of their own: yingbi job run --sample.`,
			`将应用场景的文本写入新目录：授权协议、数据集说明、脱敏策略、出域规则。其中没有任何内容来自数据行。
开发利用主体凭此在自己的机器上以样例数据运行作业：yingbi job run --sample。`),
		Example: "  yingbi scenario kit chronic --out chronic-kit --as wang --key wang.key",
		RunE: func(c *cobra.Command, args []string) error {
			if out == "" {
				return a.fault(fault.Invalid, "name the new folder with --out", "请用 --out 指定新目录")
			}
			return a.with(c.Context(), func(s *domain.Session) error {
				k, err := s.Kit(c.Context(), args[0])
				if err != nil {
					return err
				}
				files, err := sample.Pack(k, version)
				if err != nil {
					return err
				}
				if err := release.WriteFolder(out, files); err != nil {
					return err
				}
				names := slices.Sorted(maps.Keys(files))
				return a.give(map[string]any{"folder": out, "files": names}, func() {
					a.say("%[1]d files in %[2]s; run a job with made-up data: yingbi job run --sample %[2]s JOB", "已写入 %[2]s，共 %[1]d 个文件；以样例数据运行作业：yingbi job run --sample %[2]s 作业", len(files), out)
				})
			})
		},
	}
	c.Flags().StringVar(&out, "out", "", a.tr("`FOLDER` new folder", "`FOLDER` 新目录"))
	return c
}
