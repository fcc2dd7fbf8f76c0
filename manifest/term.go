package manifest

import "strings"

// sum, term, unary and primary continue the grammar of syntax.go below the
// comparisons.

func (p *parser) sum() (*expr, *problem) { return p.arith("+", "-", p.product) }

func (p *parser) product() (*expr, *problem) { return p.arith("*", "*", p.unary) }

func (p *parser) arith(a, b string, operand func() (*expr, *problem)) (*expr, *problem) {
	left, err := operand()
	for err == nil && (p.is(a) || p.is(b)) {
		t := p.take()
		var right *expr
		if right, err = operand(); err != nil {
			return nil, err
		}
		left, err = p.node(opArith, t.text, t.offset, left, right)
	}
	return left, err
}

func (p *parser) unary() (*expr, *problem) {
	var offsets []int
	for p.is("-") {
		offsets = append(offsets, p.take().offset)
	}
	e, err := p.primary()
	for i := len(offsets) - 1; i >= 0 && err == nil; i-- {
		if e.op == opNumber {
			e, err = p.node(opNumber, negated(e.text), offsets[i])
		} else {
			e, err = p.node(opNeg, "", offsets[i], e)
		}
	}
	return e, err
}

// negated gives the literal of the opposite sign; minus zero is zero.
func negated(number string) string {
	if positive, ok := strings.CutPrefix(number, "-"); ok || number == "0" {
		return positive
	}
	return "-" + number
}

func (p *parser) primary() (*expr, *problem) {
	t := p.peek()
	switch {
	case t.kind == tokenNumber || t.kind == tokenText || p.is("true") || p.is("false"):
		return p.literal()
	case t.kind == tokenName || t.kind == tokenWord && !keywords[t.text]:
		p.pos++
		return p.named(t)
	case p.accept("("):
		e, err := p.or()
		if err != nil {
			return nil, err
		}
		return e, p.want(")")
	case p.accept("case"):
		return p.cases(t.offset)
	case p.is("null"):
		return nil, problemf(t.offset, "nothing equals null; write: x is null")
	case p.is("["):
		return nil, problemf(t.offset, "a list stands after in, or as the second argument of band")
	}
	return nil, p.unexpected("a value")
}

// named reads what follows a name: a call, a column of a named input, or nothing.
func (p *parser) named(t token) (*expr, *problem) {
	if t.text == "" {
		return nil, problemf(t.offset, "a name is empty")
	}
	if t.kind == tokenWord && p.accept("(") {
		return p.call(t)
	}
	if !p.accept(".") {
		return p.node(opColumn, t.text, t.offset)
	}
	c := p.peek()
	if c.kind != tokenName && (c.kind != tokenWord || keywords[c.text]) || c.text == "" {
		return nil, p.unexpected("a column of " + t.text)
	}
	p.pos++
	e, err := p.node(opColumn, c.text, t.offset)
	if err == nil {
		e.input = t.text
	}
	return e, err
}

func (p *parser) call(name token) (*expr, *problem) {
	var args []*expr
	for !p.accept(")") {
		if len(args) > 0 {
			if err := p.want(","); err != nil {
				return nil, err
			}
		}
		e, err := p.argument()
		if err != nil {
			return nil, err
		}
		args = append(args, e)
	}
	return p.node(opCall, name.text, name.offset, args...)
}

func (p *parser) argument() (*expr, *problem) {
	if !p.is("[") {
		return p.or()
	}
	offset := p.peek().offset
	items, err := p.list()
	if err != nil {
		return nil, err
	}
	return p.node(opList, "", offset, items...)
}

func (p *parser) cases(offset int) (*expr, *problem) {
	var args []*expr
	read := func(word string) *problem {
		if err := p.want(word); err != nil {
			return err
		}
		e, err := p.or()
		args = append(args, e)
		return err
	}
	for len(args) == 0 || p.is("when") {
		if err := read("when"); err != nil {
			return nil, err
		}
		if err := read("then"); err != nil {
			return nil, err
		}
	}
	if p.is("else") {
		if err := read("else"); err != nil {
			return nil, err
		}
	}
	if err := p.want("end"); err != nil {
		return nil, err
	}
	return p.node(opCase, "", offset, args...)
}
