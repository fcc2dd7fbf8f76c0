//go:build linux && cgo

package main

import (
	"github.com/spf13/cobra"

	"yingbi/domain"
)

func (a *app) keysCommand() *cobra.Command {
	c := &cobra.Command{Use: "keys", GroupID: groupFound, Short: a.tr("rotate the domain's keys", "轮换域密钥")}
	c.AddCommand(a.keysRotate())
	return c
}

func (a *app) keysRotate() *cobra.Command {
	return &cobra.Command{
		Use: "rotate", Args: cobra.NoArgs,
		Short: a.tr("make a new key-encryption key and put every data key under it", "生成新的密钥加密密钥，并以其重新加密全部数据密钥"),
		Long: a.tr(`Makes a new key-encryption key in the keeper and wraps every data key under it. Sealed
objects are not written again: their data keys stay. Interrupted half-way, nothing is
lost; run it again. A copy of the folder from before is still opened by the root key.`,
			`在密钥保管进程中生成新的密钥加密密钥，并以其重新加密每个数据密钥。封存对象不重写，数据密钥不变。
中途中断不会丢失任何内容，再次运行即可。此前的目录副本仍可用根密钥打开。`),
		Example: "  yingbi keys rotate --as shen --key shen.key",
		RunE: func(c *cobra.Command, _ []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				version, moved, err := s.RotateKeys(c.Context())
				if err != nil {
					return err
				}
				return a.give(map[string]any{"version": version, "data_keys": moved}, func() {
					a.say("key-encryption key %d is in force; %d data keys are under it", "第 %d 版密钥加密密钥已生效；%d 个数据密钥已改由其加密", version, moved)
				})
			})
		},
	}
}
