//go:build !(linux && cgo)

package main

import (
	"github.com/spf13/cobra"

	"yingbi/internal/fault"
)

// addAuthorVerbs adds the checks that need cells, so that who calls them here
// learns why they do not run.
func (a *app) addAuthorVerbs(root *cobra.Command) {
	sandbox := &cobra.Command{Use: "sandbox", GroupID: groupWork, Short: a.tr("try modules and SQL in locked cells (on Linux)", "在锁定的隔离单元中试用模块与 SQL（限 Linux）")}
	sandbox.AddCommand(
		a.needsLinux("admit FILE.wasm", "say whether a domain would take a module", "检查域是否会接受某模块"),
		a.needsLinux("run FILE.wasm", "run a module over CSV files", "在 CSV 文件上运行模块"),
		a.needsLinux("sql", "answer SQL over CSV files, as a module's would be", "在 CSV 文件上执行 SQL，规则与模块相同"))
	dataset := &cobra.Command{Use: "dataset", GroupID: groupData, Short: a.tr("check files before they are imported (on Linux)", "导入前检查文件（限 Linux）")}
	dataset.AddCommand(a.needsLinux("inspect FILE", "show how a file is written, and what an import would do", "检查文件的格式与导入结果"))
	root.AddCommand(sandbox, dataset)
}

// needsLinux is a verb that this build cannot do. It takes any arguments and flags.
func (a *app) needsLinux(use, english, chinese string) *cobra.Command {
	return &cobra.Command{
		Use: use, Args: cobra.ArbitraryArgs, Short: a.tr(english, chinese),
		FParseErrWhitelist: cobra.FParseErrWhitelist{UnknownFlags: true},
		RunE: func(c *cobra.Command, _ []string) error {
			return a.fault(fault.Unsupported, "%s needs the locked cells of Linux, in a build with cgo: run it there", "%s 需要 Linux 的隔离单元（cgo 版本）：请在 Linux 上运行", c.CommandPath())
		},
	}
}
