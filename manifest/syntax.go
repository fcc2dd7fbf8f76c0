package manifest

import (
	"strings"

	"yingbi/internal/fault"
)

type op uint8

const (
	opNumber  op = iota + 1 // text: canonical digits
	opText                  // text
	opBool                  // text: true or false
	opColumn                // text: name; input: qualifier or ""
	opNeg                   // -a
	opNot                   // not a
	opArith                 // text: + - *; two args
	opCompare               // text: = != < <= > >=; two args
	opAnd                   // two or more args
	opOr                    // two or more args
	opIn                    // a in [literals]; the rest of args are the items
	opBetween               // a between b and c
	opIsNull                // a is null
	opCase                  // when, then, when, then, … and a last else where len is odd
	opCall                  // text: function; args
	opList                  // [literals], an argument of band
)

// expr is one node of an expression.
type expr struct {
	op    op
	text  string
	input string
	args  []*expr
	at    fault.Place
	depth int // levels below and with this node
}

// maxDepth bounds nesting. The engine refuses at 250 levels of its own, of which
// a level here makes at most four.
const maxDepth = 40

type parser struct {
	tokens []token
	pos    int
	locate func(offset int) fault.Place
	nest   int
}

// parseExpr reads one whole expression. locate gives the place of an offset.
func parseExpr(s string, locate func(int) fault.Place) (*expr, error) {
	tokens, err := lex(s)
	if err != nil {
		return nil, fault.At(locate(err.offset), "%s", err.text)
	}
	p := &parser{tokens: tokens, locate: locate}
	e, err := p.or()
	if err == nil && p.peek().kind != tokenEnd {
		err = p.unexpected("the expression's end")
	}
	if err != nil {
		return nil, fault.At(locate(err.offset), "%s", err.text)
	}
	return e, nil
}

func (p *parser) peek() token { return p.tokens[p.pos] }

func (p *parser) take() token {
	t := p.tokens[p.pos]
	if t.kind != tokenEnd {
		p.pos++
	}
	return t
}

// is reports whether the next token is the sign or keyword s.
func (p *parser) is(s string) bool {
	t := p.peek()
	return t.text == s && (t.kind == tokenSign || t.kind == tokenWord && keywords[s])
}

func (p *parser) accept(s string) bool {
	if p.is(s) {
		p.pos++
		return true
	}
	return false
}

func (p *parser) want(s string) *problem {
	if !p.accept(s) {
		return p.unexpected(s)
	}
	return nil
}

func (p *parser) unexpected(want string) *problem {
	t := p.peek()
	switch {
	case t.kind == tokenEnd:
		return problemf(t.offset, "want %s, found the end", want)
	case t.kind == tokenWord && keywords[strings.ToLower(t.text)] && !keywords[t.text]:
		return problemf(t.offset, "want %s, found %s; keywords are written small: %s", want, t.text, strings.ToLower(t.text))
	case t.kind == tokenText:
		return problemf(t.offset, "want %s, found the text '%s'", want, t.text)
	}
	return problemf(t.offset, "want %s, found %s", want, t.text)
}

// node makes a node at an offset, refusing one that lies too deep.
func (p *parser) node(o op, text string, offset int, args ...*expr) (*expr, *problem) {
	e := &expr{op: o, text: text, args: args, at: p.locate(offset), depth: 1}
	for _, a := range args {
		e.depth = max(e.depth, a.depth+1)
	}
	if e.depth > maxDepth {
		return nil, problemf(offset, "nested more than %d levels deep", maxDepth)
	}
	return e, nil
}

func (p *parser) or() (*expr, *problem) {
	if p.nest++; p.nest > maxDepth {
		return nil, problemf(p.peek().offset, "nested more than %d levels deep", maxDepth)
	}
	defer func() { p.nest-- }()
	return p.chain(opOr, "or", p.and)
}

func (p *parser) and() (*expr, *problem) { return p.chain(opAnd, "and", p.not) }

func (p *parser) chain(o op, word string, operand func() (*expr, *problem)) (*expr, *problem) {
	offset := p.peek().offset
	first, err := operand()
	if err != nil || !p.is(word) {
		return first, err
	}
	args := []*expr{first}
	for p.accept(word) {
		e, err := operand()
		if err != nil {
			return nil, err
		}
		args = append(args, e)
	}
	return p.node(o, "", offset, args...)
}

func (p *parser) not() (*expr, *problem) {
	var offsets []int
	for p.is("not") {
		offsets = append(offsets, p.take().offset)
	}
	e, err := p.comparison()
	for i := len(offsets) - 1; i >= 0 && err == nil; i-- {
		e, err = p.node(opNot, "", offsets[i], e)
	}
	return e, err
}

func (p *parser) comparison() (*expr, *problem) {
	left, err := p.sum()
	if err != nil {
		return nil, err
	}
	t := p.peek()
	if t.kind == tokenSign && strings.Contains(" = != < <= > >= ", " "+t.text+" ") {
		p.pos++
		right, err := p.sum()
		if err != nil {
			return nil, err
		}
		return p.node(opCompare, t.text, t.offset, left, right)
	}
	if p.accept("is") {
		negated := p.accept("not")
		if err := p.want("null"); err != nil {
			return nil, err
		}
		e, err := p.node(opIsNull, "", t.offset, left)
		return p.negate(e, err, negated, t.offset)
	}
	negated := p.accept("not")
	switch {
	case p.accept("in"):
		items, err := p.list()
		if err != nil {
			return nil, err
		}
		e, err := p.node(opIn, "", t.offset, append([]*expr{left}, items...)...)
		return p.negate(e, err, negated, t.offset)
	case p.accept("between"):
		e, err := p.between(left, t.offset)
		return p.negate(e, err, negated, t.offset)
	case negated:
		return nil, p.unexpected("in or between")
	}
	return left, nil
}

func (p *parser) negate(e *expr, err *problem, negated bool, offset int) (*expr, *problem) {
	if err != nil || !negated {
		return e, err
	}
	return p.node(opNot, "", offset, e)
}

func (p *parser) between(value *expr, offset int) (*expr, *problem) {
	low, err := p.sum()
	if err != nil {
		return nil, err
	}
	if err := p.want("and"); err != nil {
		return nil, err
	}
	high, err := p.sum()
	if err != nil {
		return nil, err
	}
	return p.node(opBetween, "", offset, value, low, high)
}

// list reads [literal, …] with at least one item.
func (p *parser) list() ([]*expr, *problem) {
	if err := p.want("["); err != nil {
		return nil, err
	}
	var out []*expr
	for {
		e, err := p.literal()
		if err != nil {
			return nil, err
		}
		out = append(out, e)
		if p.accept("]") {
			return out, nil
		}
		if !p.accept(",") {
			return nil, p.unexpected(", or ]")
		}
	}
}

func (p *parser) literal() (*expr, *problem) {
	t := p.peek()
	switch {
	case t.kind == tokenNumber:
		p.pos++
		return p.node(opNumber, t.text, t.offset)
	case t.kind == tokenText:
		p.pos++
		return p.node(opText, t.text, t.offset)
	case p.is("true") || p.is("false"):
		p.pos++
		return p.node(opBool, t.text, t.offset)
	case p.is("-"):
		p.pos++
		if n := p.peek(); n.kind == tokenNumber {
			p.pos++
			return p.node(opNumber, negated(n.text), t.offset)
		}
	}
	return nil, p.unexpected("a number or a text in single quotes")
}
