package manifest

import "strings"

// Levels of binding, loosest first, as in the grammar of docs/MANIFEST.md.
const (
	levelOr = iota
	levelAnd
	levelNot
	levelCompare
	levelSum
	levelProduct
	levelUnary
	levelPrimary
)

func (e *expr) level() int {
	switch e.op {
	case opOr:
		return levelOr
	case opAnd:
		return levelAnd
	case opNot:
		return levelNot
	case opCompare, opIn, opBetween, opIsNull:
		return levelCompare
	case opArith:
		if e.text == "*" {
			return levelProduct
		}
		return levelSum
	case opNeg:
		return levelUnary
	case opNumber:
		if strings.HasPrefix(e.text, "-") {
			return levelUnary
		}
	}
	return levelPrimary
}

// String gives the one text that parses to this tree.
func (e *expr) String() string {
	var b strings.Builder
	e.print(&b, levelOr)
	return b.String()
}

func (e *expr) print(b *strings.Builder, level int) {
	if e.level() < level {
		b.WriteByte('(')
		defer b.WriteByte(')')
	}
	switch e.op {
	case opNumber, opBool:
		b.WriteString(e.text)
	case opText:
		b.WriteString(quoteText(e.text))
	case opColumn:
		if e.input != "" {
			b.WriteString(quoteName(e.input) + ".")
		}
		b.WriteString(quoteName(e.text))
	case opNeg:
		b.WriteByte('-')
		e.args[0].print(b, levelPrimary)
	case opNot:
		b.WriteString("not ")
		e.args[0].print(b, levelNot)
	case opArith:
		e.printPair(b, " "+e.text+" ", e.level(), e.level()+1)
	case opCompare:
		e.printPair(b, " "+e.text+" ", levelSum, levelSum)
	case opAnd:
		printAll(b, e.args, " and ", levelNot)
	case opOr:
		printAll(b, e.args, " or ", levelAnd)
	default:
		e.printWords(b)
	}
}

func (e *expr) printPair(b *strings.Builder, sign string, left, right int) {
	e.args[0].print(b, left)
	b.WriteString(sign)
	e.args[1].print(b, right)
}

func (e *expr) printWords(b *strings.Builder) {
	switch e.op {
	case opIn:
		e.args[0].print(b, levelSum)
		b.WriteString(" in [")
		printAll(b, e.args[1:], ", ", levelOr)
		b.WriteByte(']')
	case opBetween:
		e.args[0].print(b, levelSum)
		b.WriteString(" between ")
		printAll(b, e.args[1:], " and ", levelSum)
	case opIsNull:
		e.args[0].print(b, levelSum)
		b.WriteString(" is null")
	case opCall:
		b.WriteString(e.text + "(")
		printAll(b, e.args, ", ", levelOr)
		b.WriteByte(')')
	case opList:
		b.WriteByte('[')
		printAll(b, e.args, ", ", levelOr)
		b.WriteByte(']')
	case opCase:
		b.WriteString("case")
		for i, a := range e.args {
			b.WriteString(caseWord(i, len(e.args)))
			a.print(b, levelOr)
		}
		b.WriteString(" end")
	}
}

func caseWord(i, n int) string {
	switch {
	case i%2 == 1:
		return " then "
	case i == n-1:
		return " else "
	}
	return " when "
}

func printAll(b *strings.Builder, list []*expr, between string, level int) {
	for i, e := range list {
		if i > 0 {
			b.WriteString(between)
		}
		e.print(b, level)
	}
}

func quoteText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func quoteName(s string) string {
	if isName(s) {
		return s
	}
	return quoteSQL(s)
}

// quoteSQL writes a name for the engine. Readers have refused control characters.
func quoteSQL(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
