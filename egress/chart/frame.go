package chart

// frame is the field of a chart with axes.
type frame struct {
	left, top, right, bottom float64
	y                        scale
}

const plotHeight = 280.0

// newFrame draws the vertical axis with its grid under what head drew.
func (c *canvas) newFrame(p *plot, top float64, y scale) frame {
	room := 0.0
	for _, t := range y.ticks {
		room = max(room, wide(y.label(t), 12))
	}
	f := frame{left: margin + room + 8, top: top + 22, right: pageWidth - margin, y: y}
	f.bottom = f.top + plotHeight
	c.text(margin, top+10, "start", 12, fit(p.y, 12, pageWidth-2*margin))
	for _, t := range y.ticks {
		at := f.at(t)
		c.line(f.left, at, f.right, at, faint)
		c.text(f.left-6, at+4, "end", 12, y.label(t))
	}
	return f
}

// at is the height of a value.
func (f frame) at(v float64) float64 { return f.bottom - f.y.place(v)*(f.bottom-f.top) }

// labels writes names under the axis, one in the middle of each slot: level where they
// fit, else slanted, and not every one where the slots are narrow. It gives the height
// below which nothing stands.
func (c *canvas) labels(p *plot, f frame, below float64, names []string, middle func(i int) float64, slot float64) float64 {
	const size, most = 12.0, 130.0
	longest := 0.0
	for _, s := range names {
		longest = max(longest, wide(s, size))
	}
	if every := sparse(longest+8, slot); longest+8 <= slot || every > 1 && longest <= 64 && p.kind == Line {
		for i := 0; i < len(names); i += every {
			c.text(middle(i), below+16, "middle", size, names[i])
		}
		return c.axisTitle(p, f, below+24)
	}
	for i, every := 0, sparse(15, slot); i < len(names); i += every {
		c.slanted(middle(i)+4, below+12, size, fit(names[i], size, most))
	}
	return c.axisTitle(p, f, below+14+min(longest, most)*0.72)
}

// sparse says that only every n-th of the slots has room enough.
func sparse(room, slot float64) int {
	n := 1
	for float64(n)*slot < room {
		n++
	}
	return n
}

func (c *canvas) axisTitle(p *plot, f frame, y float64) float64 {
	c.text((f.left+f.right)/2, y+14, "middle", 12, fit(p.x, 12, f.right-f.left))
	return y + 24
}

// note writes a small line at the foot.
func (c *canvas) note(y float64, s string) float64 {
	c.text(margin, y+12, "start", 11, s)
	return y + 18
}
