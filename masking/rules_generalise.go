package masking

import (
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"yingbi/internal/coltype"
)

// The rule generalise: a value becomes what stands for it further up a hierarchy, which
// is written in the policy or known by name.

// climb appends what stands for a value; false where nothing does.
type climb func(to []byte, value string) ([]byte, bool)

// hierarchies are those known by name, with the levels that they go up to.
func hierarchies(by, to string) climb {
	switch by + " " + to {
	case "region county":
		return func(b []byte, v string) ([]byte, bool) { return appendRegion(b, v, 6) }
	case "region prefecture":
		return func(b []byte, v string) ([]byte, bool) { return appendRegion(b, v, 4) }
	case "region province":
		return func(b []byte, v string) ([]byte, bool) { return appendRegion(b, v, 2) }
	case "icd10 category":
		return appendCategory
	case "icd10 chapter":
		return appendChapter
	}
	return nil
}

func checkGeneralise(r *rule) error {
	switch {
	case r.has("by") == r.has("rows"):
		return r.errorAt("", "generalise needs one of by and rows")
	case r.has("rows"):
		return checkRows(r)
	case hierarchies(r.text("by"), r.text("to")) == nil:
		return r.errorAt("by", "want by: region with to: county, prefecture or province, or by: icd10 with to: category or chapter, found by: %s with to: %s", r.text("by"), r.text("to"))
	}
	return nil
}

// checkRows refuses rows of different lengths, a value that comes twice, and a group
// that belongs to two at the next level: that is no hierarchy.
func checkRows(r *rule) error {
	rows := r.texts("rows")
	levels := strings.Count(rows[0], ";")
	if to, err := strconv.Atoi(r.text("to")); err != nil || to < 1 || to > levels || r.text("to") != strconv.Itoa(to) {
		return r.errorAt("to", "want a level from 1 to %d, which is the last of the rows, found %q", levels, r.text("to"))
	}
	above := make([]map[string]string, levels)
	for i := range above {
		above[i] = map[string]string{}
	}
	for i, row := range rows {
		cells := strings.Split(row, ";")
		if len(cells) != levels+1 {
			return r.errorAt("rows", "row %d has %d cells and the first has %d; write value;level 1;…;top", i+1, len(cells), levels+1)
		}
		if _, known := above[0][cells[0]]; known {
			return r.errorAt("rows", "row %d: the value %q has a row already", i+1, cells[0])
		}
		for level := range levels {
			if known, ok := above[level][cells[level]]; ok && known != cells[level+1] {
				return r.errorAt("rows", "row %d: %q belongs to %q and to %q at level %d", i+1, cells[level], known, cells[level+1], level+1)
			}
			above[level][cells[level]] = cells[level+1]
		}
	}
	return nil
}

func compileGeneralise(r *rule, in Column, _ scope) (transform, coltype.Type, error) {
	up := hierarchies(r.text("by"), r.text("to"))
	if up == nil {
		up = climbRows(r.texts("rows"), r.count("to"))
	}
	if in.Type.Kind != coltype.Text && in.Type.Kind != coltype.Integer {
		return nil, text, r.misfit(in, "a text or integer code")
	}
	other, hasOther := r.text("other"), r.has("other")
	return func(a arrow.Array) (arrow.Array, error) {
		values, release := texts(a)
		defer release()
		return climbAll(values, up, other, hasOther), nil
	}, text, nil
}

func climbAll(values *array.String, up climb, other string, hasOther bool) arrow.Array {
	return toTexts(values, 8, func(to []byte, i int) ([]byte, bool) {
		start := len(to)
		to, ok := up(to, strings.TrimSpace(values.Value(i)))
		if !ok && hasOther {
			return append(to[:start], other...), true
		}
		return to, ok
	})
}

func climbRows(rows []string, level int) climb {
	words := make(map[string]string, len(rows))
	for _, row := range rows {
		cells := strings.Split(row, ";")
		words[strings.TrimSpace(cells[0])] = cells[level]
	}
	return func(to []byte, value string) ([]byte, bool) {
		word, ok := words[value]
		return append(to, word...), ok
	}
}

// appendRegion keeps so many digits of a code of GB/T 2260 (six digits), or of the
// statistical one behind it (nine or twelve), and fills up to six with zeros.
func appendRegion(to []byte, code string, digits int) ([]byte, bool) {
	if len(code) != 6 && len(code) != 9 && len(code) != 12 || !allDigits(code) || code[0] == '0' {
		return to, false
	}
	return append(append(to, code[:digits]...), "000000"[digits:]...), true
}

// appendCategory keeps a letter and two digits of a code of ICD-10.
func appendCategory(to []byte, code string) ([]byte, bool) {
	if len(code) < 3 || code[1]-'0' > 9 || code[2]-'0' > 9 {
		return to, false
	}
	letter := code[0] &^ 0x20 // upper case
	if letter < 'A' || letter > 'Z' {
		return to, false
	}
	return append(to, letter, code[1], code[2]), true
}

// chapters are those of ICD-10 (WHO, 2019 edition), by their first and last categories.
const chapters = "A00-B99 C00-D48 D50-D89 E00-E90 F00-F99 G00-G99 H00-H59 H60-H95 I00-I99 J00-J99 K00-K93 " +
	"L00-L99 M00-M99 N00-N99 O00-O99 P00-P96 Q00-Q99 R00-R99 S00-T98 U00-U99 V01-Y98 Z00-Z99"

const chapterSize = len("A00-B99 ")

func appendChapter(to []byte, code string) ([]byte, bool) {
	var room [3]byte
	category, ok := appendCategory(room[:0], code)
	if !ok {
		return to, false
	}
	for at := 0; at < len(chapters); at += chapterSize {
		if first, last := chapters[at:at+3], chapters[at+4:at+7]; first <= string(category) && string(category) <= last {
			return append(to, chapters[at:at+7]...), true
		}
	}
	return to, false
}
