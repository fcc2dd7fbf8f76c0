package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/term"

	"yingbi/internal/fault"
)

// ui is how the command speaks: to a person on a terminal in English or Chinese,
// to a program in JSON.
type ui struct {
	in       io.Reader
	out      *sink
	err      io.Writer
	chinese  bool
	json     bool
	colour   bool // out is a terminal and NO_COLOR is not set
	terminal bool // err is a terminal: progress is drawn there
}

func newUI(in io.Reader, out, err io.Writer) *ui {
	// Terminals give one column to × and –, in a Chinese locale as well.
	text.OverrideRuneWidthEastAsianWidth(false)
	return &ui{
		in: in, out: &sink{w: out}, err: err,
		colour: isTerminal(out) && os.Getenv("NO_COLOR") == "", terminal: isTerminal(err),
	}
}

// sink remembers the first failure of a write, so that no caller has to look and
// none goes unnoticed: a checkpoint that a full disk swallowed was not kept.
type sink struct {
	w      io.Writer
	failed error
}

func (s *sink) Write(b []byte) (int, error) {
	n, err := s.w.Write(b)
	if s.failed == nil {
		s.failed = err
	}
	return n, err
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// tr picks the words of the reader's language.
func (u *ui) tr(english, chinese string) string {
	if u.chinese {
		return chinese
	}
	return english
}

// fault makes an error in the reader's language.
func (u *ui) fault(kind fault.Kind, english, chinese string, args ...any) error {
	return fault.Errorf(kind, u.tr(english, chinese), args...)
}

// say prints a line for a person; a program reading JSON does not get it.
func (u *ui) say(english, chinese string, args ...any) {
	if !u.json {
		fmt.Fprintf(u.out, u.tr(english, chinese)+"\n", args...)
	}
}

// heading prints a title with an empty line before it.
func (u *ui) heading(english, chinese string, args ...any) {
	title := fmt.Sprintf(u.tr(english, chinese), args...)
	if u.colour {
		title = text.Bold.Sprint(title)
	}
	fmt.Fprintf(u.out, "\n%s\n", title)
}

// give prints a value: as JSON to a program, by show to a person.
func (u *ui) give(v any, show func()) error {
	if !u.json {
		show()
		return nil
	}
	enc := json.NewEncoder(u.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// printable keeps text that came from outside from speaking to the terminal:
// control characters are shown, not sent.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return '\ufffd'
		}
		return r
	}, s)
}

var kindTitles = map[fault.Kind]string{
	fault.Internal: "内部错误", fault.Invalid: "输入有误", fault.Denied: "拒绝", fault.NotFound: "未找到", fault.Conflict: "冲突",
	fault.Limit: "超出限制", fault.Integrity: "完整性校验失败", fault.Unsupported: "主机不支持", fault.Interrupted: "已中断",
}

// failure is an error as a program reads it. Line and column count from 1.
type failure struct {
	Kind    string `json:"kind"`
	Message string `json:"message"`
	Exit    int    `json:"exit"`
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Field   string `json:"field,omitempty"`
}

// fail prints an error and gives the exit code of its kind.
func (u *ui) fail(err error) int {
	kind := fault.KindOf(err)
	if u.json {
		out := failure{Kind: kind.String(), Message: err.Error(), Exit: kind.ExitCode()}
		var placed *fault.Error
		if errors.As(err, &placed) {
			out.File, out.Line, out.Column, out.Field = placed.Place.File, placed.Place.Line, placed.Place.Column, placed.Place.Field
		}
		enc := json.NewEncoder(u.err)
		enc.SetEscapeHTML(false)
		_ = enc.Encode(map[string]failure{"error": out}) // where standard error cannot be written there is nobody left to tell
		return kind.ExitCode()
	}
	title := u.tr(kind.String()+": ", kindTitles[kind]+"：")
	if u.colour {
		title = text.FgRed.Sprint(title)
	}
	fmt.Fprintf(u.err, "yingbi: %s%s\n", title, printable(err.Error()))
	return kind.ExitCode()
}

// when renders an instant in China Standard Time, to the second.
func when(t time.Time) string {
	return t.In(time.FixedZone("CST", 8*3600)).Format("2006-01-02 15:04:05")
}

// prefersChinese takes the language from --lang or else from the locale.
func prefersChinese(lang string) bool {
	if lang == "en" || lang == "zh" {
		return lang == "zh"
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			return strings.HasPrefix(v, "zh")
		}
	}
	return false
}
