package chart

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

const (
	pageWidth = 760.0 // pixels of every chart; A4 takes it whole
	margin    = 12.0
	ink       = "#1a1a1a"
	faint     = "#d0d0d0"
	fonts     = "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',SimHei,sans-serif" // of the reader's machine
	hatch     = "url(#hidden)"
)

// palette is Okabe and Ito's, in an order in which neighbours differ in lightness.
var palette = [maxGroups]string{"#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#555555"}

var dashes = [maxGroups]string{"", "6 3", "2 2", "8 3 2 3", "1 3", "10 4", "4 4", "12 2 2 2"}

// shades go from light to dark, all light enough for dark digits on them.
var shades = [5]string{"#f1f6fb", "#d3e4f3", "#a6cde6", "#72b2d8", "#4292c6"}

// canvas collects the elements of a picture. Its height grows with what is drawn.
type canvas struct {
	body   strings.Builder
	height float64
}

// num writes a length to a tenth of a pixel.
func num(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10+0, 'f', -1, 64) }

func (c *canvas) rect(x, y, w, h float64, fill, more string) {
	fmt.Fprintf(&c.body, `<rect x="%s" y="%s" width="%s" height="%s" fill="%s"%s/>`+"\n", num(x), num(y), num(max(w, 0)), num(max(h, 0)), fill, more)
}

// hide draws the field of a suppressed figure.
func (c *canvas) hide(x, y, w, h float64) {
	c.rect(x, y, w, h, hatch, ` stroke="#888888" stroke-width="0.6"`)
}

func (c *canvas) line(x1, y1, x2, y2 float64, colour string) {
	fmt.Fprintf(&c.body, `<line x1="%s" y1="%s" x2="%s" y2="%s" stroke="%s"/>`+"\n", num(x1), num(y1), num(x2), num(y2), colour)
}

// text writes at a baseline; anchor is start, middle or end.
func (c *canvas) text(x, y float64, anchor string, size float64, s string) {
	fmt.Fprintf(&c.body, `<text x="%s" y="%s" text-anchor="%s" font-size="%s">%s</text>`+"\n", num(x), num(y), anchor, num(size), escape(s))
}

// slanted writes a text that ends at a point, rising to it.
func (c *canvas) slanted(x, y, size float64, s string) {
	fmt.Fprintf(&c.body, `<text x="%[1]s" y="%[2]s" text-anchor="end" font-size="%[3]s" transform="rotate(-45 %[1]s %[2]s)">%[4]s</text>`+"\n", num(x), num(y), num(size), escape(s))
}

// document wraps the elements. The description tells the whole chart to those who
// cannot see it.
func (c *canvas) document(p *plot) []byte {
	var out strings.Builder
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %[1]s %[2]s" width="%[1]s" height="%[2]s" role="img" aria-labelledby="title desc" font-family="%[3]s" fill="%[4]s">`+"\n",
		num(pageWidth), num(c.height), fonts, ink)
	fmt.Fprintf(&out, `<title id="title">%s</title>`+"\n"+`<desc id="desc">%s</desc>`+"\n", escape(p.title), escape(p.description()))
	out.WriteString(`<defs><pattern id="hidden" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="#ffffff"/><path d="M-1 1L1 -1M0 6L6 0M5 7L7 5" stroke="#777777" stroke-width="1"/></pattern></defs>` + "\n")
	fmt.Fprintf(&out, `<rect width="%s" height="%s" fill="#ffffff"/>`+"\n", num(pageWidth), num(c.height))
	out.WriteString(c.body.String())
	out.WriteString("</svg>\n")
	return []byte(out.String())
}

// maxTold is how many figures a description lists.
const maxTold = 40

func (p *plot) description() string {
	var out strings.Builder
	figures := len(p.xs) * len(p.groups)
	fmt.Fprintf(&out, "%s: %s by %s", p.kind, p.y, p.x)
	if p.group != "" {
		fmt.Fprintf(&out, " and %s", p.group)
	}
	fmt.Fprintf(&out, "; %d figures, %d suppressed · 共 %d 个数字，隐去 %d 个", figures, p.hidden, figures, p.hidden)
	if figures > maxTold {
		return out.String()
	}
	for g, row := range p.cells {
		for x, f := range row {
			out.WriteString("; ")
			if p.group != "" {
				out.WriteString(p.groups[g] + ", ")
			}
			out.WriteString(p.xs[x] + ": " + f.told())
		}
	}
	return out.String()
}

func (f figure) told() string {
	return map[state]string{known: f.text, missing: "–", suppressed: "suppressed · 隐去"}[f.state]
}

// entry is one line of a legend; draw makes its sign in a field of 18 by 12 pixels.
type entry struct {
	label string
	draw  func(x, y float64)
}

// head draws title and legend, and gives where the plot may begin.
func (c *canvas) head(p *plot, entries []entry) float64 {
	c.text(margin, 26, "start", 16, fit(p.title, 16, pageWidth-2*margin))
	if p.hidden > 0 {
		entries = append(entries, entry{"suppressed · 隐去", func(x, y float64) { c.hide(x, y, 18, 12) }})
	}
	if p.absent > 0 {
		entries = append(entries, entry{"no value · 无值", func(x, y float64) { c.text(x+9, y+10, "middle", 12, "–") }})
	}
	x, y := margin, 40.0
	if len(entries) == 0 {
		return y
	}
	for _, e := range entries {
		label := fit(e.label, 12, 220)
		room := 26 + wide(label, 12) + 16
		if x > margin && x+room > pageWidth-margin {
			x, y = margin, y+20
		}
		e.draw(x, y)
		c.text(x+24, y+10.5, "start", 12, label)
		x += room
	}
	return y + 24
}

// groupEntries names the groups by their colours.
func (p *plot) groupEntries(sign func(i int, x, y float64)) (out []entry) {
	if p.group == "" {
		return nil
	}
	for i, label := range p.groups {
		out = append(out, entry{label, func(x, y float64) { sign(i, x, y) }})
	}
	return out
}
