//go:build linux && cgo

package main

import (
	"context"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"yingbi/author"
	"yingbi/internal/fault"
)

// addAuthorVerbs adds what tries modules, statements and files in cells, without a
// domain. docs/AUTHORS.md has what they answer.
func (a *app) addAuthorVerbs(root *cobra.Command) {
	c := &cobra.Command{Use: "sandbox", GroupID: groupWork, Short: a.tr("try modules and SQL in locked cells, without a domain", "在锁定的隔离单元中试用模块与 SQL，无需域")}
	c.AddCommand(a.sandboxAdmit(), a.sandboxRun(), a.sandboxSQL())
	root.AddCommand(c)
}

// notOK is the exit code of a check whose outcome is not ok. Its answer has been
// printed, and says why.
const notOK exitStatus = 3

func (a *app) checks() (*author.Checks, error) { return author.New(author.Config{}) }

func (a *app) sandboxAdmit() *cobra.Command {
	wall := seconds(time.Minute)
	c := &cobra.Command{
		Use: "admit FILE.wasm", Args: cobra.ExactArgs(1),
		Short: a.tr("say whether a domain would take a module", "检查域是否会接受某模块"),
		Long: a.tr("Reads a module by the rules of admission (docs/GUEST-ABI.md) and compiles it in a\ncell. Exit code 0: admitted; 3: not, and why.",
			"按准入规则（docs/GUEST-ABI.md）读取模块，并在隔离单元中编译。退出码 0：准入；3：不准入并说明原因。"),
		Example: "  yingbi sandbox admit job.wasm\n  yingbi sandbox admit job.wasm --format json",
		RunE: func(c *cobra.Command, args []string) error {
			module, err := a.readWhole(args[0], author.MaxModule()+1)
			if err != nil {
				return err
			}
			checks, err := a.checks()
			if err != nil {
				return err
			}
			got, err := checks.Admit(c.Context(), module, time.Duration(wall))
			if err != nil {
				return err
			}
			return a.concluded(got.Admitted, a.give(got, func() { a.showAdmission(got) }))
		},
	}
	c.Flags().Var(&wall, "time", a.tr("`TIME` for compiling, such as 60s", "`TIME` 编译时限，如 60s"))
	return c
}

// checksOver gives the checks and the tables of a folder; "" has none.
func (a *app) checksOver(ctx context.Context, folder string, c author.Config) (*author.Checks, *author.Data, error) {
	checks, err := author.New(c)
	if err != nil || folder == "" {
		return checks, &author.Data{}, err
	}
	tables, err := checks.Load(ctx, folder)
	return checks, tables, err
}

func (a *app) sandboxRun() *cobra.Command {
	wall, memory, data, by := seconds(10*time.Second), bytesFlag(256<<20), "", ""
	c := &cobra.Command{
		Use: "run FILE.wasm", Args: cobra.ExactArgs(1),
		Short: a.tr("run a module over CSV files", "在 CSV 文件上运行模块"),
		Long: a.tr(`Admits and compiles a module and runs it over the files *.csv and *.tsv of a folder:
each is an input under its name without the ending. What it emits, under any name,
and its whole log are shown. A mapping needs --by: it sees the rows of one value of
that column at a time. Exit code 0: it succeeded; 3: not, and why.`,
			`准入并编译模块，以目录中的 *.csv 与 *.tsv 文件为输入（名称为去掉扩展名的文件名）运行。
显示其以任意名称输出的内容与完整日志。映射模块需用 --by 指定列：每次只看到该列同一取值的行。
退出码 0：成功；3：未成功并说明原因。`),
		Example: "  yingbi sandbox run job.wasm --data sample/\n  yingbi sandbox run mapping.wasm --data sample/ --by person\n  yingbi sandbox run job.wasm --data sample/ --time 5s --memory 64MiB --format json",
		RunE: func(c *cobra.Command, args []string) error {
			if by == "" && c.Flags().Changed("by") {
				return a.fault(fault.Invalid, "--by names no column", "--by 未指定列名")
			}
			module, err := a.readWhole(args[0], author.MaxModule()+1)
			if err != nil {
				return err
			}
			checks, tables, err := a.checksOver(c.Context(), data, author.Config{})
			if err != nil {
				return err
			}
			defer tables.Close() // files in memory, which the end of the process closes too
			got, err := checks.Run(c.Context(), author.Trial{Module: module, Data: tables, Time: time.Duration(wall), Memory: int64(memory), By: by})
			if err != nil {
				return err
			}
			return a.concluded(got.Outcome == author.OK, a.line(got, func() { a.showRun(got) }))
		},
	}
	c.Flags().StringVar(&data, "data", "", a.tr("`FOLDER` of CSV files", "`FOLDER` CSV 文件所在目录"))
	c.Flags().StringVar(&by, "by", "", a.tr("`COLUMN` of every table, by whose values a mapping's rows are grouped", "`COLUMN` 每张表都有的列，映射按其取值分组"))
	c.Flags().Var(&wall, "time", a.tr("`TIME` for compiling and running, such as 10s", "`TIME` 编译与运行的时限，如 10s"))
	c.Flags().Var(&memory, "memory", a.tr("`SIZE` memory of the module, such as 256MiB", "`SIZE` 模块的内存上限，如 256MiB"))
	return c
}

// concluded turns a check whose answer was printed into an exit code.
func (a *app) concluded(ok bool, err error) error {
	if err == nil && !ok {
		return notOK
	}
	return err
}

// readWhole reads a plain file, or its first bytes as far as max: whoever judges
// them refuses what is longer.
func (a *app) readWhole(path string, max int64) ([]byte, error) {
	f, err := a.openPlain(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, max))
}

// openPlain opens a file that is one: a pipe or a device would be waited for.
func (a *app) openPlain(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err == nil && !info.IsDir() && !info.Mode().IsRegular() {
		return nil, a.fault(fault.Invalid, "%s is no plain file; save it as one", "%s 不是普通文件；请先保存为文件", path)
	}
	f, err := a.openFile(path)
	if err != nil && fault.KindOf(err) == fault.Internal {
		return nil, a.fault(fault.Invalid, "%s cannot be read: %v", "无法读取 %s：%v", path, err)
	}
	return f, err
}
