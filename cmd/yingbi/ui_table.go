package main

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// rows prints an aligned table. A Chinese character takes two columns.
func (u *ui) rows(header []string, rows [][]string) { u.indented("", header, rows) }

func (u *ui) indented(indent string, header []string, rows [][]string) {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Options = table.Options{SeparateColumns: false, SeparateHeader: false, SeparateRows: false, DrawBorder: false}
	t.Style().Box.PaddingLeft, t.Style().Box.PaddingRight = "", "   "
	t.Style().Format.Header = text.FormatDefault
	if u.colour {
		t.Style().Color.Header = text.Colors{text.Bold}
	}
	t.AppendHeader(tableRow(header))
	for _, r := range rows {
		t.AppendRow(tableRow(r))
	}
	t.SuppressTrailingSpaces()
	for line := range strings.Lines(t.Render()) {
		fmt.Fprint(u.out, indent+line)
	}
	fmt.Fprintln(u.out)
}

func tableRow(cells []string) table.Row {
	out := make(table.Row, len(cells))
	for i, c := range cells {
		out[i] = strings.ReplaceAll(printable(c), "\n", " ")
	}
	return out
}

// list prints a table, or where there is nothing to list, what to do about it.
func (u *ui) list(header []string, rows [][]string, english, chinese string) {
	if len(rows) == 0 {
		u.say(english, chinese)
		return
	}
	u.rows(header, rows)
}

// pairs prints names with their values under each other. A pair without a value
// is left out.
func (u *ui) pairs(indent string, lines [][2]string) {
	width := 0
	for _, l := range lines {
		if l[1] != "" {
			width = max(width, text.StringWidthWithoutEscSequences(l[0]))
		}
	}
	for _, l := range lines {
		if l[1] == "" {
			continue
		}
		gap := strings.Repeat(" ", width-text.StringWidthWithoutEscSequences(l[0])+2)
		value := strings.ReplaceAll(printable(l[1]), "\n", "\n"+indent+strings.Repeat(" ", width+2))
		fmt.Fprintln(u.out, indent+l[0]+gap+value)
	}
}
