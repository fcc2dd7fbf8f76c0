package main

import (
	"context"
	"errors"
	"io"
	"runtime"

	"github.com/spf13/cobra"

	"yingbi/internal/durable"
	"yingbi/internal/fault"
)

// app carries what every verb needs: the way to speak and the global flags.
type app struct {
	*ui
	format string
	lang   string
	domain domainFlags
}

// domainFlags say which domain a verb works on, as whom, and how it is unlocked.
type domainFlags struct {
	dir          string
	as           string
	key          string
	rootKey      string
	passphraseFD int
	sharesFD     int
}

// run executes one command line and gives the exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errw io.Writer) int {
	a := newApp(args, in, out, errw)
	err := a.root(args).ExecuteContext(ctx)
	var told exitStatus
	if errors.As(err, &told) && a.out.failed == nil {
		return int(told)
	}
	if (err == nil || told != 0) && a.out.failed != nil {
		err = a.fault(fault.Internal, "done, but its output is lost: %v", "操作已完成，但输出丢失：%v", a.out.failed)
	}
	if err == nil {
		return 0
	}
	if ctx.Err() != nil && a.out.failed == nil {
		err = a.fault(fault.Interrupted, "stopped; what was half done does not count", "已停止；未完成的操作不生效")
	}
	if a.out.failed == nil && durable.Full(err) {
		err = a.fault(fault.Limit, "the disk is full; what was half done does not count. Make room and call again", "磁盘已满；未完成的操作不生效。请清理空间后重试")
	}
	return a.fail(err)
}

// newApp looks at the arguments for language and format before cobra does, so
// that help and the complaint about a wrong command line come out in them.
func newApp(args []string, in io.Reader, out, errw io.Writer) *app {
	a := &app{ui: newUI(in, out, errw)}
	a.chinese = prefersChinese(argument(args, "--lang"))
	a.json = argument(args, "--format") == "json"
	return a
}

// root builds the command tree for one command line.
func (a *app) root(args []string) *cobra.Command {
	root := &cobra.Command{
		Use: "yingbi",
		Short: a.tr("A secure operating domain for public data: it can be used, not seen",
			"公共数据授权安全运营域：原始数据不出域，数据可用不可见"),
		Long:         a.overview() + a.firstSteps(),
		Version:      version,
		SilenceUsage: true, SilenceErrors: true,
		PersistentPreRunE: func(*cobra.Command, []string) error { return a.settle() },
	}
	root.SetVersionTemplate("yingbi {{.Version}}\n")
	root.SetArgs(args)
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	flags := root.PersistentFlags()
	flags.StringVar(&a.format, "format", "text", a.tr("`text|json` form of the output", "`text|json` 输出格式"))
	flags.StringVar(&a.lang, "lang", "", a.tr("`en|zh` language (default: the locale's)", "`en|zh` 语言（默认随系统）"))
	flags.BoolP("help", "h", false, a.tr("help for the verb", "显示帮助"))
	root.Flags().Bool("version", false, a.tr("print the version", "显示版本"))
	a.addGroups(root)
	root.AddCommand(a.versionCommand())
	a.addVerifiers(root)
	a.addEgressVerbs(root)
	a.addDomainVerbs(root)
	a.addMaskingVerbs(root)
	root.AddCommand(a.synthCommand())
	a.addHelp(root)
	for _, c := range allCommands(root) {
		a.strictArgs(c)
		nameValues(c)
	}
	return root
}

// allCommands lists c and everything below it.
func allCommands(c *cobra.Command) []*cobra.Command {
	out := []*cobra.Command{c}
	for _, sub := range c.Commands() {
		out = append(out, allCommands(sub)...)
	}
	return out
}

// settle checks the global flags once they are read.
func (a *app) settle() error {
	if a.format != "text" && a.format != "json" {
		return a.fault(fault.Invalid, "--format is %q; use text or json", "--format 为 %q；请用 text 或 json", a.format)
	}
	a.json = a.format == "json"
	if a.lang != "" && a.lang != "en" && a.lang != "zh" {
		return a.fault(fault.Invalid, "--lang is %q; use en or zh", "--lang 为 %q；请用 en 或 zh", a.lang)
	}
	return nil
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", GroupID: groupOther, Args: cobra.NoArgs,
		Short:   a.tr("print the version", "显示版本"),
		Example: "  yingbi version --format json",
		RunE: func(*cobra.Command, []string) error {
			v := map[string]string{"version": version, "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH}
			return a.give(v, func() {
				a.say("yingbi %s (%s, %s)", "影壁 %s（%s，%s）", version, v["go"], v["platform"])
			})
		},
	}
}
