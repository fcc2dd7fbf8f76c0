//go:build linux && cgo

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"yingbi/author"
	"yingbi/internal/fault"
)

func (a *app) sandboxSQL() *cobra.Command {
	wall, memory, data := seconds(10*time.Second), bytesFlag(512<<20), ""
	q := author.Question{}
	c := &cobra.Command{
		Use: "sql", Args: cobra.NoArgs,
		Short: a.tr("answer SQL over CSV files, as a module's would be", "在 CSV 文件上执行 SQL，规则与模块相同"),
		Long: a.tr(`Reads statements from standard input and answers each in a cell of its own, over the
files *.csv and *.tsv of a folder. docs/GUEST-SQL.md says what may be written. With
--format json a line is a JSON string, and one JSON object answers it; otherwise a
line is a statement.`,
			`从标准输入读取语句，每条语句在独立的隔离单元中执行，表为目录中的 *.csv 与 *.tsv 文件。
可用的写法见 docs/GUEST-SQL.md。使用 --format json 时，每行为一个 JSON 字符串，以一个 JSON 对象作答；
否则每行为一条语句。`),
		Example: "  yingbi sandbox sql --data sample/ < questions.sql\n  echo '\"SELECT count(*) AS n FROM claims\"' | yingbi sandbox sql --data sample/ --format json",
		RunE: func(c *cobra.Command, _ []string) error {
			if q.MaxRows < 0 {
				return a.fault(fault.Invalid, "--rows is %d; an answer has 0 rows or more", "--rows 为 %d；行数不能为负", q.MaxRows)
			}
			checks, tables, err := a.checksOver(c.Context(), data, author.Config{Ahead: true})
			if err != nil {
				return err
			}
			defer checks.Close()
			defer tables.Close() // files in memory, which the end of the process closes too
			a.noteLeftOut(tables.Tables)
			q.Time, q.Memory = time.Duration(wall), int64(memory)
			return a.answerLines(c.Context(), func(statement string) (author.Answer, error) {
				q.SQL = statement
				return checks.Query(c.Context(), tables, q)
			})
		},
	}
	c.Flags().StringVar(&data, "data", "", a.tr("`FOLDER` of CSV files", "`FOLDER` CSV 文件所在目录"))
	c.Flags().Var(&wall, "time", a.tr("`TIME` for each statement, such as 10s", "`TIME` 每条语句的时限，如 10s"))
	c.Flags().Var(&memory, "memory", a.tr("`SIZE` memory of each statement and its tables, such as 512MiB", "`SIZE` 每条语句及其表的内存上限，如 512MiB"))
	c.Flags().IntVar(&q.MaxRows, "rows", 1<<18, a.tr("`N` rows of an answer; a longer one is not cut", "`N` 结果的最多行数；超出则不返回"))
	return c
}

// answerLines answers each statement of standard input before it looks at the next.
func (a *app) answerLines(ctx context.Context, ask func(string) (author.Answer, error)) error {
	lines, failed := make(chan []byte), make(chan error, 1)
	go func() {
		defer close(lines)
		failed <- readLines(a.in, func(line []byte) {
			select {
			case lines <- line:
			case <-ctx.Done():
			}
		})
	}()
	for {
		a.prompt()
		select {
		case <-ctx.Done(): // whoever reads may wait for a line that never comes
			return ctx.Err()
		case line, more := <-lines:
			if !more {
				return <-failed
			}
			got := a.refuseLine()
			if statement, ok := a.statement(line); ok {
				var err error
				if got, err = ask(statement); err != nil {
					return err
				}
			}
			if err := a.line(got, func() { a.showAnswer(got) }); err != nil {
				return err
			}
		}
	}
}

func (a *app) prompt() {
	if !a.json && a.terminal && isTerminal(a.in) {
		fmt.Fprint(a.err, "sql> ")
	}
}

// maxLine is the longest line that is read, in bytes: the longest statement with
// every character escaped.
const maxLine = 1 << 20

// readLines gives each line that is not blank, and of one that is longer than
// maxLine one byte more than that.
func readLines(in io.Reader, take func([]byte)) error {
	r := bufio.NewReader(in)
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part[:min(len(part), maxLine+1-len(line))]...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if len(bytes.TrimSpace(line)) > 0 {
			take(line)
		}
		line = nil
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// statement takes a line as one JSON string; for a person also as it stands. No
// statement of SQL begins with a quote.
func (a *app) statement(line []byte) (string, bool) {
	if len(line) > maxLine || !utf8.Valid(line) {
		return "", false
	}
	line = bytes.TrimSpace(line)
	if !a.json && line[0] != '"' {
		return string(line), true
	}
	var s string
	err := json.Unmarshal(line, &s)
	return s, err == nil && line[0] == '"'
}

func (a *app) refuseLine() author.Answer {
	if a.json {
		return author.Refuse("json", "the line is not one JSON string, or longer than 1 MiB")
	}
	return author.Refuse("text", "the line is not UTF-8, or longer than 1 MiB")
}
