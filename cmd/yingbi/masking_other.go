//go:build !(linux && cgo)

package main

import "github.com/spf13/cobra"

func (a *app) maskingScan() *cobra.Command {
	return a.needsLinux("scan FILE", "say which columns of a file identify people (on Linux)", "找出文件中的敏感字段（限 Linux）")
}

func (a *app) maskingPropose() *cobra.Command {
	return a.needsLinux("propose FILE", "write a masking policy for a file (on Linux)", "为文件起草脱敏策略（限 Linux）")
}

func (a *app) maskingAnonymize() *cobra.Command {
	return a.needsLinux("anonymize", "find the least generalisation that makes a file k-anonymous (on Linux)", "求使文件满足 k-匿名等模型且损失最小的泛化（限 Linux）")
}
