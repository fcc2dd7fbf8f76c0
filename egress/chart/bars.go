package chart

import (
	"math"

	"yingbi/internal/fault"
)

// bars draws a bar for each figure, those of a group side by side; in a histogram they
// touch.
func (p *plot) bars() (*canvas, error) {
	if n := len(p.xs) * len(p.groups); n > maxBars {
		return nil, tooMany("bars", n, maxBars)
	}
	if len(p.groups) > maxGroups {
		return nil, tooMany("groups", len(p.groups), maxGroups)
	}
	if p.kind == Histogram {
		if err := p.unbroken(); err != nil {
			return nil, err
		}
	}
	c := &canvas{}
	top := c.head(p, p.groupEntries(func(i int, x, y float64) { c.rect(x, y, 18, 12, palette[i], outline) }))
	f := c.newFrame(p, top, newScale(min(p.low, 0), max(p.high, 0)))
	slot := (f.right - f.left) / float64(len(p.xs))
	gap := slot * 0.12
	if p.kind == Histogram {
		gap = 0
	}
	thick := (slot - 2*gap) / float64(len(p.groups))
	for g, row := range p.cells {
		for x, v := range row {
			c.bar(f, v, f.left+float64(x)*slot+gap+float64(g)*thick, thick, palette[g])
		}
	}
	c.line(f.left, f.at(0), f.right, f.at(0), ink)
	c.height = c.labels(p, f, f.bottom, p.xs, func(i int) float64 { return f.left + (float64(i)+0.5)*slot }, slot) + margin
	return c, nil
}

const outline = ` stroke="#1a1a1a" stroke-width="0.5"`

func (c *canvas) bar(f frame, v figure, x, w float64, colour string) {
	switch v.state {
	case suppressed: // from end to end, so that nobody reads a height
		c.hide(x, f.top, w, f.bottom-f.top)
	case missing:
		c.text(x+w/2, f.at(0)-4, "middle", 12, "–")
	case known:
		zero, end := f.at(0), f.at(v.value)
		c.rect(x, min(zero, end), w, math.Abs(end-zero), colour, outline)
		if wide(v.text, 11) <= w {
			y := end - 4
			if v.value < 0 {
				y = end + 12
			}
			c.text(x+w/2, y, "middle", 11, v.text)
		}
	}
}

// unbroken sees that a histogram over whole numbers misses none between its ends: one
// that the table does not list is withheld or empty, and drawn so.
func (p *plot) unbroken() error {
	xs, ok := p.numbers()
	if !ok {
		return nil // classes with names, in the table's order
	}
	var labels []string
	var row []figure
	for i, x := range xs {
		if x != math.Trunc(x) {
			return nil
		}
		if i > 0 && x-xs[i-1] > maxBars {
			return fault.New(fault.Limit, "the classes of the histogram lie too far apart to stand side by side; use a bar chart")
		}
		for gap := 1.0; i > 0 && xs[i-1]+gap < x; gap++ {
			labels, row = append(labels, num(xs[i-1]+gap)), append(row, figure{})
			p.hidden++
		}
		labels, row = append(labels, p.xs[i]), append(row, p.cells[0][i])
	}
	if len(row) > maxBars {
		return tooMany("bars", len(row), maxBars)
	}
	p.xs, p.cells = labels, [][]figure{row}
	return nil
}
