//go:build linux && cgo

package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"yingbi/author"
)

// line prints a value as one line of JSON to a program, by show to a person.
func (a *app) line(v any, show func()) error {
	if !a.json {
		show()
		return nil
	}
	enc := json.NewEncoder(a.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// verdict is an outcome in a line: "killed (time): it was ended: over its time of 10s".
func (a *app) verdictLine(v author.Verdict) string {
	text := a.tr(string(v.Outcome), map[author.Outcome]string{author.OK: "成功", author.Refused: "拒绝", author.Killed: "终止", author.Failed: "失败"}[v.Outcome])
	if v.Reason != "" {
		text += " (" + v.Reason + ")"
	}
	if v.Detail != "" {
		text += ": " + v.Detail
	}
	return text
}

func (a *app) showAdmission(got author.Admission) {
	if got.Admitted {
		a.say("admitted", "准入")
	} else {
		a.say("not admitted (%s): %s", "不准入（%s）：%s", got.Reason, printable(got.Detail))
	}
	var imports []string
	for _, i := range got.Imports {
		imports = append(imports, fmt.Sprintf("%s.%s %s", i.Module, i.Name, i.Signature))
	}
	memory := ""
	if got.Memory != nil {
		memory = fmt.Sprintf(a.tr("%d pages of 64 KiB at first", "初始 %d 页（每页 64 KiB）"), got.Memory.Initial)
		if got.Memory.Maximum != nil {
			memory += fmt.Sprintf(a.tr(", at most %d", "，最多 %d 页"), *got.Memory.Maximum)
		}
	}
	a.pairs("  ", [][2]string{
		{a.tr("imports", "导入"), strings.Join(imports, "\n")}, {a.tr("exports", "导出"), strings.Join(got.Exports, "\n")}, {a.tr("memory", "内存"), memory},
	})
}

func (a *app) showRun(got author.Run) {
	a.noteLeftOut(got.Tables)
	for _, t := range got.Tables {
		if t.Nobody > 0 {
			fmt.Fprintf(a.err, a.tr("%s: %d rows have no subject\n", "%s：有 %d 行没有主体\n"), printable(t.Name), t.Nobody)
		}
	}
	a.say("%s", "%s", printable(a.verdictLine(got.Verdict)))
	for _, item := range got.Items {
		a.heading("%s", "%s", printable(item.Name))
		a.showRows(item.Rows)
	}
	if got.Log != "" {
		a.heading("Log", "日志")
		fmt.Fprint(a.out, printable(got.Log))
	}
}

func (a *app) showAnswer(got author.Answer) {
	if got.Outcome != author.OK {
		a.say("%s", "%s", a.verdictLine(got.Verdict))
		return
	}
	a.showRows(got.Rows)
}

// shownRows is how many rows a person is shown; a program gets all.
const shownRows = 50

func (a *app) showRows(t author.Rows) {
	var rows [][]string
	for _, r := range t.Rows[:min(len(t.Rows), shownRows)] {
		line := make([]string, len(r))
		for i, v := range r {
			if v != nil {
				line[i] = fmt.Sprint(v)
			}
		}
		rows = append(rows, line)
	}
	a.rows(t.Columns, rows)
	if len(t.Rows) > shownRows {
		a.say("… %d rows in all", "……共 %d 行", len(t.Rows))
	}
}

// noteLeftOut tells of rows that are in a file and not in its table. Of a run a
// program reads it in the answer.
func (a *app) noteLeftOut(tables []author.Table) {
	for _, t := range tables {
		if t.LeftOut == 0 {
			continue
		}
		if a.json {
			enc := json.NewEncoder(a.err)
			enc.SetEscapeHTML(false)
			_ = enc.Encode(map[string]author.Table{"table": t}) // a note; who cannot hear it still gets the answers
			continue
		}
		fmt.Fprintf(a.err, a.tr("%s: %d rows are left out; yingbi dataset inspect says why\n", "%s：有 %d 行未载入；原因见 yingbi dataset inspect\n"), printable(t.Name), t.LeftOut)
	}
}
