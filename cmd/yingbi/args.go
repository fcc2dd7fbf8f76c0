package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"yingbi/internal/fault"
)

// argument finds the value of a global flag in arguments that are not parsed yet.
func argument(args []string, name string) string {
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if v, ok := strings.CutPrefix(arg, name+"="); ok {
			return v
		}
		if arg == name && i+1 < len(args) {
			return args[i+1]
		}
	}
	return ""
}

// strictArgs makes wrong arguments a usage error that says what is right, and a
// group of verbs without a verb show its help.
func (a *app) strictArgs(c *cobra.Command) {
	c.SetFlagErrorFunc(a.wrongFlag)
	if c.RunE == nil && c.Run == nil {
		c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
		c.Args = func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return a.unknownVerb(c, args[0])
			}
			return nil
		}
		return
	}
	check := c.Args
	if check == nil {
		return
	}
	c.Args = func(c *cobra.Command, args []string) error {
		if check(c, args) == nil {
			return nil
		}
		_, operands, ok := strings.Cut(c.Use, " ")
		if !ok {
			return a.fault(fault.Invalid, "%[1]s takes no arguments, only flags; see %[1]s --help", "%[1]s 不带参数，只接受选项；用法见 %[1]s --help", c.CommandPath())
		}
		return a.fault(fault.Invalid, "%[1]s takes %[2]s, and was given %[3]d arguments; see %[1]s --help", "%[1]s 的参数为 %[2]s，实际给出 %[3]d 个；用法见 %[1]s --help",
			c.CommandPath(), operands, len(args))
	}
}

// unknownVerb refuses a word that is no verb of the group c.
func (a *app) unknownVerb(c *cobra.Command, word string) error {
	c.SuggestionsMinimumDistance = 2
	if near := c.SuggestionsFor(word); len(near) > 0 {
		return a.fault(fault.Invalid, "%q is no verb of %s; did you mean %s?", "%q 不是 %s 的命令；是否为 %s？", word, c.CommandPath(), strings.Join(near, ", "))
	}
	return a.fault(fault.Invalid, "%[1]q is no verb of %[2]s; %[2]s --help lists them", "%[1]q 不是 %[2]s 的命令；%[2]s --help 列出全部命令", word, c.CommandPath())
}

// wrongFlag says what is wrong with a flag. A flag that a group of verbs does not
// know usually follows a verb that was mistyped.
func (a *app) wrongFlag(c *cobra.Command, err error) error {
	if words := c.Flags().Args(); c.HasSubCommands() && len(words) > 0 {
		return a.unknownVerb(c, words[0])
	}
	var unknown *pflag.NotExistError
	var valueless *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		return a.fault(fault.Invalid, "%[1]s has no flag %[2]s; see %[1]s --help", "%[1]s 没有选项 %[2]s；用法见 %[1]s --help", c.CommandPath(), dashed(unknown.GetSpecifiedName()))
	case errors.As(err, &valueless):
		return a.fault(fault.Invalid, "%[2]s needs a value; see %[1]s --help", "选项 %[2]s 需要一个值；用法见 %[1]s --help", c.CommandPath(), dashed(valueless.GetSpecifiedName()))
	case errors.As(err, &invalid):
		return a.fault(fault.Invalid, "--%[2]s cannot be %[3]q; see %[1]s --help", "选项 --%[2]s 的值 %[3]q 无效；用法见 %[1]s --help", c.CommandPath(), invalid.GetFlag().Name, invalid.GetValue())
	}
	return a.fault(fault.Invalid, "%v; see %s --help", "%v；用法见 %s --help", err, c.CommandPath())
}

// dashed writes a flag as it is typed.
func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}
