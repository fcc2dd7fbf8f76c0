package abi

import (
	"slices"
	"strings"
)

// maxSpelling is the length of the longest spelling of null that is recognised,
// in bytes with the blanks around it.
const maxSpelling = 64

// IsNullSpelling reports whether cell is one of the ways in which tables write
// that there is no value, in any case and width and with blanks around it. It is
// what an inspection may repeat of a file's rows, and no rule of ingest, which
// takes the spellings that a description declares.
func IsNullSpelling(cell string) bool {
	if len(cell) > maxSpelling {
		return false
	}
	plain := strings.Map(func(r rune) rune {
		switch {
		case r >= 0xff01 && r <= 0xff5e:
			r -= 0xff01 - '!'
		case r == '\u3000', r == '\u00a0', r == '\t':
			r = ' '
		}
		return lower(r)
	}, cell)
	return slices.Contains([]string{
		"", "null", "(null)", "<null>", `\n`, "nil", "none", "na", "n/a", "nan", "#n/a", ".", "-", "--", "---", "—", "——", "/",
		"无", "空", "暂无", "缺失", "不详", "未知", "未填", "无数据",
	}, strings.TrimSpace(plain))
}
