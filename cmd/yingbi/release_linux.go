//go:build linux && cgo

package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"yingbi/domain"
	"yingbi/release"
)

func (a *app) addReleaseVerbs(c *cobra.Command) {
	c.AddCommand(a.releaseCreate(), a.releaseFetch(), a.releaseWithdraw(), a.releaseWithdrawn())
}

func (a *app) releaseCreate() *cobra.Command {
	return &cobra.Command{
		Use: "create JOB", Args: cobra.ExactArgs(1),
		Short: a.tr("make the release of an approved job, with its certificate", "为已批准的作业生成出域成果与证书"),
		Long: a.tr("Makes CSV, XLSX and JSON of the approved tables and a certificate that binds them to\nthe reviewer's signature and to the log. It stays sealed until it is fetched.",
			"将已批准的统计表生成 CSV、XLSX 与 JSON，并签发证书，与审查员签名及日志绑定。领取之前保持加密。"),
		Example: "  yingbi release create 0192… --as zhao --key zhao.key",
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				j, err := s.Jobs().Release(c.Context(), s.Actor, args[0])
				if err != nil {
					return err
				}
				return a.give(newJobView(j), func() {
					a.say("released %[1]s; its submitter fetches it with: yingbi release fetch %[1]s FOLDER", "已出域 %[1]s；提交人可领取：yingbi release fetch %[1]s 目录", j.ID)
				})
			})
		},
	}
}

func (a *app) releaseFetch() *cobra.Command {
	return &cobra.Command{
		Use: "fetch JOB FOLDER", Args: cobra.ExactArgs(2),
		Short:   a.tr("write the files of a release into a new folder", "将出域成果写入新目录"),
		Example: "  yingbi release fetch 0192… out --as wang --key wang.key",
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				files, err := s.Jobs().Files(c.Context(), s.Actor, args[0])
				if err != nil {
					return err
				}
				if err := release.WriteFolder(args[1], files); err != nil {
					return err
				}
				names := slices.Sorted(maps.Keys(files))
				return a.give(map[string]any{"folder": args[1], "files": names, "name": s.Info.Name, "public_key": s.Info.Public}, func() {
					a.say("%d files in %s; anybody can verify them with:", "已写入 %[2]s，共 %[1]d 个文件；任何人均可校验：", len(files), args[1])
					fmt.Fprintf(a.out, "  yingbi release verify %s --name %s --public-key %s\n", args[1], s.Info.Name, s.Info.Public)
				})
			})
		},
	}
}
