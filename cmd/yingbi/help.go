package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The groups in which the overview lists verbs.
const (
	groupFound = "found"
	groupData  = "data"
	groupWork  = "work"
	groupTrust = "trust"
	groupOther = "other"
)

// Annotations of flags.
const (
	domainFlag = "domain" // chooses or unlocks a domain
	valueName  = "value"  // what the help calls the flag's value
)

func (a *app) addGroups(root *cobra.Command) {
	root.AddGroup(
		&cobra.Group{ID: groupFound, Title: a.tr("Found and keep a domain", "建立与维护域")},
		&cobra.Group{ID: groupData, Title: a.tr("Bring data in and grant its use", "引入数据与授权使用")},
		&cobra.Group{ID: groupWork, Title: a.tr("Work with it", "开发利用与出域")},
		&cobra.Group{ID: groupTrust, Title: a.tr("Check it", "监督核查")},
		&cobra.Group{ID: groupOther, Title: a.tr("Besides", "其他")},
	)
}

// overview is what a first-time user reads who types yingbi alone.
func (a *app) overview() string {
	return a.tr(`Yingbi is a secure operating domain for public data. A provider seals data in;
an operator's jobs run over masked views of it; a reviewer lets statistics out;
an auditor checks every step. The data can be used, and not seen.`,
		`影壁是公共数据授权安全运营域：数据提供部门封存数据，开发利用主体的作业在脱敏视图上运行，
审查员批准统计结果出域，审计人员核查每一步。原始数据不出域，数据可用不可见。`)
}

// addHelp adds help and completion in the reader's language.
func (a *app) addHelp(root *cobra.Command) {
	root.SetHelpFunc(func(c *cobra.Command, _ []string) { a.showHelp(c) })
	help := &cobra.Command{
		Use: "help [VERB …]", GroupID: groupOther,
		Short:   a.tr("help about any verb", "显示任一命令的帮助"),
		Example: "  yingbi help job submit",
		RunE: func(c *cobra.Command, args []string) error {
			about, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return a.unknownVerb(about, rest[0])
			}
			return about.Help()
		},
	}
	root.SetHelpCommand(help)
	root.InitDefaultHelpCmd()
	root.SetCompletionCommandGroupID(groupOther)
	root.InitDefaultCompletionCmd()
	completion := sub(root, "completion")
	completion.Short = a.tr("print a completion script for your shell", "生成命令补全脚本")
	completion.Example = "  source <(yingbi completion bash)\n  yingbi completion zsh > ~/.zfunc/_yingbi"
	for _, c := range completion.Commands() {
		c.Short = a.tr("for "+c.Name(), c.Name()+" 补全脚本")
	}
	complete(root, "format", "text", "json")
	complete(root, "lang", "en", "zh")
}

// sub finds a command that this package has added itself.
func sub(c *cobra.Command, name string) *cobra.Command {
	for _, s := range c.Commands() {
		if s.Name() == name {
			return s
		}
	}
	panic("no command " + name) // a fault of this package's wiring, seen by its first test
}

// complete offers the values of a flag to the shell.
func complete(c *cobra.Command, flag string, values ...string) {
	err := c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	if err != nil {
		panic(err) // a fault of this package's wiring, seen by its first test
	}
}

// showHelp prints what a command does, how it is called, and its flags: its own,
// those that choose a domain, and the global ones.
func (a *app) showHelp(c *cobra.Command) {
	about := c.Long
	if about == "" {
		about = a.sentence(c.Short)
	}
	fmt.Fprintln(a.out, strings.TrimRight(about, "\n"))
	line := c.CommandPath()
	if _, operands, ok := strings.Cut(c.Use, " "); ok {
		line += " " + operands
	}
	if c.HasSubCommands() {
		line += a.tr(" VERB", " 命令")
	}
	a.heading("Usage", "用法")
	fmt.Fprintln(a.out, "  "+line+a.tr(" [flags]", " [选项]"))
	if c.Example != "" {
		a.heading("Examples", "示例")
		fmt.Fprintln(a.out, c.Example)
	}
	a.showVerbs(c)
	own, domain, global := splitFlags(c)
	a.showFlags(own, "Flags", "选项")
	a.showFlags(domain, "Which domain, and as whom", "域与身份")
	a.showFlags(global, "Everywhere", "通用选项")
	if c.HasSubCommands() {
		a.say("\n%s VERB --help tells more about a verb.", "\n%s 命令 --help 显示该命令的说明。", c.CommandPath())
	}
}

// sentence turns a short text into one.
func (a *app) sentence(s string) string {
	if a.chinese || s == "" {
		return s + "。"
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

func (a *app) showVerbs(c *cobra.Command) {
	list := func(group string) (lines [][2]string) {
		for _, s := range c.Commands() {
			if s.IsAvailableCommand() && s.GroupID == group {
				lines = append(lines, [2]string{s.Name(), s.Short})
			}
		}
		return lines
	}
	if lines := list(""); len(lines) > 0 {
		a.heading("Verbs", "命令")
		a.pairs("  ", lines)
	}
	for _, g := range c.Groups() {
		if lines := list(g.ID); len(lines) > 0 {
			a.heading(g.Title, g.Title)
			a.pairs("  ", lines)
		}
	}
}

// nameValues takes the name of a flag's value, which its usage begins with in
// backquotes, out of the usage.
func nameValues(c *cobra.Command) {
	named := func(f *pflag.Flag) {
		if rest, ok := strings.CutPrefix(f.Usage, "`"); ok {
			name, usage, _ := strings.Cut(rest, "` ")
			f.Usage = usage
			if f.Annotations == nil {
				f.Annotations = map[string][]string{}
			}
			f.Annotations[valueName] = []string{name}
		}
	}
	c.Flags().VisitAll(named)
	c.PersistentFlags().VisitAll(named)
}

func splitFlags(c *cobra.Command) (own, domain, global []*pflag.Flag) {
	c.NonInheritedFlags().VisitAll(func(f *pflag.Flag) {
		switch {
		case !c.HasParent():
			global = append(global, f)
		case f.Annotations[domainFlag] != nil:
			domain = append(domain, f)
		default:
			own = append(own, f)
		}
	})
	c.InheritedFlags().VisitAll(func(f *pflag.Flag) { global = append(global, f) })
	return own, domain, global
}

func (a *app) showFlags(flags []*pflag.Flag, english, chinese string) {
	if len(flags) == 0 {
		return
	}
	a.heading(english, chinese)
	var lines [][2]string
	for _, f := range flags {
		name := "    --" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", --" + f.Name
		}
		if value := f.Annotations[valueName]; value != nil {
			name += " " + value[0]
		}
		lines = append(lines, [2]string{name, f.Usage})
	}
	a.pairs("  ", lines)
}
