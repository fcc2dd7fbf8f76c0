//go:build !(linux && cgo)

package main

import "github.com/spf13/cobra"

func (a *app) egressCheck() *cobra.Command {
	return a.needsLinux("check", "check a table or regression of a file, cell by cell (on Linux)", "逐单元格检查由文件得出的统计表或回归（限 Linux）")
}
