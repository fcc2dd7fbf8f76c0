package chart

// heat draws a field for each pair of keys, shaded by its figure.
func (p *plot) heat() (*canvas, error) {
	if n := max(len(p.xs), len(p.groups)); n > maxSide {
		return nil, tooMany("rows or columns", n, maxSide)
	}
	c := &canvas{}
	s := p.shading()
	top := c.head(p, s.entries(c))
	c.text(margin, top+10, "start", 12, fit(p.y+" · "+p.group, 12, pageWidth-2*margin))
	room := 0.0
	for _, g := range p.groups {
		room = max(room, wide(g, 12))
	}
	f := frame{left: margin + min(room, 180) + 8, top: top + 20, right: pageWidth - margin}
	w := min((f.right-f.left)/float64(len(p.xs)), 120)
	f.right = f.left + w*float64(len(p.xs))
	h := max(20, min(34, 480/float64(len(p.groups))))
	for g, row := range p.cells {
		y := f.top + float64(g)*h
		c.text(f.left-6, y+h/2+4, "end", 12, fit(p.groups[g], 12, 180))
		for x, v := range row {
			c.field(s, v, f.left+float64(x)*w, y, w, h)
			if v.state == known && wide(v.text, 11)+4 <= w {
				c.text(f.left+(float64(x)+0.5)*w, y+h/2+4, "middle", 11, v.text)
			}
		}
	}
	f.bottom = f.top + h*float64(len(p.groups))
	c.height = c.labels(p, f, f.bottom, p.xs, func(i int) float64 { return f.left + (float64(i)+0.5)*w }, w) + margin
	return c, nil
}

// shading gives each figure one of five shades, between round numbers.
type shading struct{ limits scale }

func (p *plot) shading() shading {
	s := newScale(p.low, p.high)
	for len(s.ticks) > len(shades)+1 { // every other limit, from the top
		var fewer []float64
		for i := len(s.ticks) - 1; i >= 0; i -= 2 {
			fewer = append([]float64{s.ticks[i]}, fewer...)
		}
		if fewer[0] > s.ticks[0] {
			fewer = append([]float64{2*fewer[0] - fewer[1]}, fewer...)
		}
		s.ticks = fewer
	}
	return shading{s}
}

// class is which shade a value has: its interval holds its lower end.
func (s shading) class(v float64) int {
	n := 0
	for n+2 < len(s.limits.ticks) && v >= s.limits.ticks[n+1] {
		n++
	}
	return n
}

// colour spreads the classes over all shades.
func (s shading) colour(class int) string {
	return shades[class*(len(shades)-1)/max(len(s.limits.ticks)-2, 1)]
}

func (s shading) entries(c *canvas) (out []entry) {
	t := s.limits.ticks
	for i := range len(t) - 1 {
		out = append(out, entry{s.limits.label(t[i]) + " – " + s.limits.label(t[i+1]), func(x, y float64) { c.rect(x, y, 18, 12, s.colour(i), outline) }})
	}
	return out
}

// field draws the place of one figure.
func (c *canvas) field(s shading, v figure, x, y, w, h float64) {
	switch v.state {
	case suppressed:
		c.hide(x, y, w, h)
	case missing:
		c.rect(x, y, w, h, "#ffffff", ` stroke="#888888" stroke-width="0.6"`)
		c.text(x+w/2, y+h/2+4, "middle", 12, "–")
	case known:
		c.rect(x, y, w, h, s.colour(s.class(v.value)), ` stroke="#888888" stroke-width="0.6"`)
	}
}
