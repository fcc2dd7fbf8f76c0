//go:build linux && cgo

package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"yingbi/domain"
	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/manifest"
)

func (a *app) answerCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "answer", GroupID: groupWork, Short: a.tr("ask a released question about one subject at a time", "就单个主体提出已获准的核验问题"),
		Long: a.tr(`A verification: a fixed question that two reviewers have approved, about one subject a
call, with one of a closed list of answers. The answer alone leaves. Bits are counted for
each subject over all callers; docs/OPERATORS.md explains it.`,
			`核验：经两名审查员批准的固定问题，每次只问一个主体，答案取自封闭列表，出域的仅有答案本身。
每个主体的比特数按全部提问方合并累计；详见 docs/OPERATORS.md。`),
	}
	c.AddCommand(a.answerAsk(), a.answerList())
	return c
}

func (a *app) answerAsk() *cobra.Command {
	q := job.Question{}
	var set []string
	c := &cobra.Command{
		Use: "ask JOB OUTPUT", Args: cobra.ExactArgs(2),
		Short: a.tr("ask about one subject, whose identifier is read from standard input", "核验一个主体；其标识从标准输入读取"),
		Long: a.tr(`Reads one identifier from standard input and prints the answer, alone. The call and its
bits are charged before the question is put, and never given back. Whoever is not known
gets the last answer. The log has the question, the basis and the charge, for a number
that stands for the subject; neither the identifier nor the answer.`,
			`从标准输入读取一个标识，仅输出答案。提问前即计入本次调用及其比特数，概不退还。查无此主体时给出
最后一个答案。日志记有问题、依据与计量，主体仅以代号表示；标识与答案均不记入。`),
		Example: "  yingbi answer ask 0192… insured --set since=2024-01-01 --basis 授权书〔2026〕17号 --as wang --key wang.key < id.txt",
		RunE: func(c *cobra.Command, args []string) error {
			q.Job, q.Output = args[0], args[1]
			var err error
			if q.Set, err = a.choices(set); err != nil {
				return err
			}
			if q.ID, err = a.readIdentifier(); err != nil {
				return err
			}
			defer clear(q.ID)
			return a.with(c.Context(), func(s *domain.Session) error {
				answer, err := s.Jobs().Ask(c.Context(), s.Actor, q)
				if err != nil {
					return err
				}
				return a.give(map[string]string{"answer": answer}, func() { fmt.Fprintln(a.out, answer) })
			})
		},
	}
	c.Flags().StringArrayVar(&set, "set", nil, a.tr("`NAME=VALUE` of a parameter; once for each", "`NAME=VALUE` 参数取值；每个参数一次"))
	c.Flags().StringVar(&q.Basis, "basis", "", a.tr("`TEXT` reference of the order or consent that you ask by, without naming anybody", "`TEXT` 提问依据的文号或授权编号，不得写出任何人"))
	return c
}

// choices reads the values of parameters.
func (a *app) choices(set []string) (map[string]string, error) {
	out := map[string]string{}
	for _, s := range set {
		name, value, ok := strings.Cut(s, "=")
		if _, twice := out[name]; !ok || twice {
			return nil, a.fault(fault.Invalid, "--set %q: write NAME=VALUE, each name once", "--set %q：请写作 NAME=VALUE，每个名称一次", s)
		}
		out[name] = value
	}
	return out, nil
}

// readIdentifier reads the one line that names a subject. It is no argument: those stand
// in the list of processes.
func (a *app) readIdentifier() ([]byte, error) {
	if isTerminal(a.in) {
		fmt.Fprintln(a.err, a.tr("one identifier; end with Ctrl-D", "一个标识；以 Ctrl-D 结束"))
	}
	const most = 1 << 10 // bytes of the longest spelling that is looked at
	b, err := io.ReadAll(io.LimitReader(a.in, most+1))
	if err != nil {
		return nil, a.fault(fault.Invalid, "standard input cannot be read: %v", "无法读取标准输入：%v", err)
	}
	id := strings.TrimSpace(string(b))
	if len(b) > most || id == "" || strings.ContainsAny(id, "\r\n") {
		return nil, a.fault(fault.Invalid, "give one identifier on standard input, in one line: a question is about one subject", "请在标准输入中给出一个标识，占一行：每次只核验一个主体")
	}
	return []byte(id), nil
}

func (a *app) answerList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Args: cobra.NoArgs, Short: a.tr("list the questions that your organisation may ask", "列出本机构可提的核验问题"),
		Example: "  yingbi answer list --as wang --key wang.key",
		RunE: func(c *cobra.Command, _ []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				all, err := s.Jobs().Questions(c.Context(), s.Actor)
				if err != nil {
					return err
				}
				var rows [][]string
				for _, q := range all {
					rows = append(rows, []string{
						q.Job, q.Output, q.Kind, strings.Join(q.Answers, " | "), choicesOf(q.Parameters), job.Bits(q.Millibits), job.Bits(q.SubjectMillibits),
						fmt.Sprintf("%d / %d", q.CallsLeft, q.CallsPerDay), q.ValidUntil,
					})
				}
				return a.give(all, func() {
					a.list([]string{a.tr("job", "作业"), a.tr("question", "问题"), a.tr("about", "主体"), a.tr("answers", "答案"), a.tr("parameters", "参数"), a.tr("bits", "比特"),
						a.tr("bits a subject and year", "主体年度比特"), a.tr("calls left today", "今日剩余次数"), a.tr("valid until", "有效期至")}, rows,
						"no question of your organisation can be asked now", "本机构目前没有可提的核验问题")
				})
			})
		},
	}
}

func choicesOf(parameters []manifest.ParameterValues) string {
	var out []string
	for _, p := range parameters {
		out = append(out, p.Name+"="+strings.Join(p.Values, "|"))
	}
	return strings.Join(out, " ")
}
