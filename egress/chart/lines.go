package chart

import (
	"fmt"
	"strings"

	"yingbi/internal/fault"
)

// lines joins the figures of each group over an axis of time or numbers. A line breaks
// where a figure is suppressed or the table has no row; strips under the plot show
// where that is.
func (p *plot) lines() (*canvas, error) {
	xs, ok := p.numbers()
	if !ok {
		return nil, fault.New(fault.Invalid, "a line needs an axis of dates, years or numbers; use a bar chart")
	}
	if len(p.groups) > maxGroups {
		return nil, tooMany("lines", len(p.groups), maxGroups)
	}
	c := &canvas{}
	top := c.head(p, p.groupEntries(func(i int, x, y float64) {
		fmt.Fprintf(&c.body, `<line x1="%s" y1="%s" x2="%s" y2="%s" stroke="%s" stroke-width="2"%s/>`+"\n", num(x), num(y+6), num(x+18), num(y+6), palette[i], dash(i))
		c.mark(i, x+9, y+6)
	}))
	low := min(p.low, 0)
	if p.low > p.high/2 {
		low = p.low
	}
	f := c.newFrame(p, top, newScale(low, max(p.high, 0)))
	at := func(i int) float64 { return f.left + 12 + along(xs, i)*(f.right-f.left-36) }
	for g, row := range p.cells {
		c.path(f, g, row, xs, at)
	}
	c.line(f.left, f.bottom, f.right, f.bottom, ink)
	below := c.strips(p, f, at)
	slot := (f.right - f.left - 36) / float64(max(len(xs)-1, 1))
	y := c.labels(p, f, below, p.xs, at, min(slot, nearest(xs, at)))
	if f.y.low() > 0 {
		y = c.note(y, "the axis does not begin at 0 · 纵轴不从零开始")
	}
	c.height = y + margin
	return c, nil
}

func dash(i int) string {
	if dashes[i] == "" {
		return ""
	}
	return fmt.Sprintf(` stroke-dasharray="%s"`, dashes[i])
}

// along is where a value lies on the axis, from 0 to 1.
func along(xs []float64, i int) float64 {
	if span := xs[len(xs)-1] - xs[0]; span > 0 {
		return (xs[i] - xs[0]) / span
	}
	return 0.5
}

// nearest is the least distance of two neighbours on the axis, in pixels.
func nearest(xs []float64, at func(int) float64) float64 {
	least := pageWidth
	for i := 1; i < len(xs); i++ {
		least = min(least, at(i)-at(i-1))
	}
	return max(least, 1)
}

// path draws one group. Neighbours are joined when they are one step apart, the step
// being the smallest of the axis and, for months and quarters, half as much again.
func (c *canvas) path(f frame, g int, row []figure, xs []float64, at func(int) float64) {
	step := xs[len(xs)-1] - xs[0]
	for i := 1; i < len(xs); i++ {
		step = min(step, xs[i]-xs[i-1])
	}
	var d strings.Builder
	for i, v := range row {
		if v.state != known {
			continue
		}
		verb := "M"
		if i > 0 && row[i-1].state == known && xs[i]-xs[i-1] < 1.5*step {
			verb = "L"
		}
		d.WriteString(verb + num(at(i)) + " " + num(f.at(v.value)))
	}
	if d.Len() == 0 {
		return
	}
	fmt.Fprintf(&c.body, `<path d="%s" fill="none" stroke="%s" stroke-width="2"%s/>`+"\n", d.String(), palette[g], dash(g))
	for i, v := range row {
		if v.state == known {
			c.mark(g, at(i), f.at(v.value))
		}
	}
}

// mark draws the sign of a group: lines are told apart without colour, too.
func (c *canvas) mark(g int, x, y float64) {
	points := [...]string{"", "M-4 -4H4V4H-4Z", "M0 -5L5 4H-5Z", "M0 -5L5 0L0 5L-5 0Z", "M0 5L5 -4H-5Z", "M-4 0H4M0 -4V4", "M-4 -4L4 4M-4 4L4 -4", "M-5 -2H5V2H-5Z"}
	if g == 0 {
		fmt.Fprintf(&c.body, `<circle cx="%s" cy="%s" r="3.5" fill="%s"%s/>`+"\n", num(x), num(y), palette[g], outline)
		return
	}
	fmt.Fprintf(&c.body, `<path transform="translate(%s %s)" d="%s" fill="%s"%s/>`+"\n", num(x), num(y), points[g], palette[g], outline)
}

// strips shows, a row for each group, where a figure is suppressed.
func (c *canvas) strips(p *plot, f frame, at func(int) float64) float64 {
	y := f.bottom + 4
	if p.hidden == 0 {
		return y - 4
	}
	half := 6.0
	if len(p.xs) > 1 {
		half = min(half, (at(len(p.xs)-1)-at(0))/float64(len(p.xs)-1)/2)
	}
	for g, row := range p.cells {
		if p.group != "" {
			c.mark(g, f.left, y+6)
		}
		for i, v := range row {
			if v.state == suppressed {
				c.hide(at(i)-half, y, 2*half, 11)
			}
		}
		y += 14
	}
	return y
}
