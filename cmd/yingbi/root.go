package main

import (
	"context"
	"errors"
	"io"
	"runtime"

	"github.com/spf13/cobra"

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
	a := &app{ui: newUI(in, out, errw, prefersChinese(args))}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errw)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	if ctx.Err() != nil {
		err = fault.New(fault.Interrupted, a.tr("stopped; what was not finished is undone at the next start", "已停止；未完成的操作将在下次启动时撤销"))
	}
	var usage usageError
	if errors.As(err, &usage) {
		err = fault.New(fault.Invalid, usage.Error())
	}
	return a.fail(err)
}

// usageError marks what cobra says of a wrong command line.
type usageError struct{ error }

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use: "yingbi",
		Short: a.tr("A secure operating domain for public data: it can be used, not seen",
			"公共数据授权安全运营域：原始数据不出域，数据可用不可见"),
		SilenceUsage: true, SilenceErrors: true,
		PersistentPreRunE: func(*cobra.Command, []string) error { return a.settle() },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	flags := root.PersistentFlags()
	flags.StringVar(&a.format, "format", "text", a.tr("output: text or json", "输出格式：text 或 json"))
	flags.StringVar(&a.lang, "lang", "", a.tr("language: en or zh (default: the locale's)", "语言：en 或 zh（默认随系统）"))
	root.AddCommand(a.versionCommand())
	a.addVerifiers(root)
	a.addDomainVerbs(root)
	for _, c := range allCommands(root) {
		strictArgs(c)
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

// strictArgs makes wrong arguments a usage error, and a group of verbs without a
// verb show its help.
func strictArgs(c *cobra.Command) {
	check := c.Args
	if c.RunE == nil && c.Run == nil {
		check = cobra.NoArgs
		c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	}
	c.Args = func(c *cobra.Command, args []string) error {
		if check == nil {
			return nil
		}
		if err := check(c, args); err != nil {
			return usageError{err}
		}
		return nil
	}
}

// settle checks the global flags once they are read.
func (a *app) settle() error {
	switch a.format {
	case "text":
	case "json":
		a.json = true
	default:
		return fault.Errorf(fault.Invalid, "--format is %q; use text or json", a.format)
	}
	if a.lang != "" && a.lang != "en" && a.lang != "zh" {
		return fault.Errorf(fault.Invalid, "--lang is %q; use en or zh", a.lang)
	}
	return nil
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: a.tr("print the version", "显示版本"), Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			v := map[string]string{"version": version, "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH}
			return a.give(v, func() { a.say("yingbi %s (%s, %s)", "影壁 %s（%s，%s）", version, v["go"], v["platform"]) })
		},
	}
}
