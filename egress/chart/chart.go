package chart

import (
	"strings"

	"yingbi/egress"
	"yingbi/internal/fault"
)

// Kind is a form of chart. The zero value is none.
type Kind string

// The kinds.
const (
	Bar       Kind = "bar"
	Line      Kind = "line"      // over a date, a year or another number
	Histogram Kind = "histogram" // bars that touch, over classes in their order
	Heat      Kind = "heat"      // two keys, shades for the figure
	Tiles     Kind = "tiles"     // a tile for each region code
)

// Kinds lists them.
func Kinds() []Kind { return []Kind{Bar, Line, Histogram, Heat, Tiles} }

// Spec says what to draw of a table. Columns go by name.
type Spec struct {
	Kind  Kind
	X     string // the key along the axis; for tiles, the region code
	Y     string // the figure
	Group string // a second key: bars side by side, lines, rows of a heat map; may be empty
	Title string // the table's name where it is empty
}

// Limits of a chart, beyond which nothing could be read.
const (
	maxBars   = 240
	maxGroups = 8
	maxPoints = 4000 // of all lines
	maxSide   = 60   // of a heat map
	maxTiles  = 400
	maxFigure = 1e18
)

// Draw gives the chart as an SVG document in UTF-8.
func Draw(t *egress.Published, s Spec) ([]byte, error) {
	p, err := newPlot(t, s)
	if err != nil {
		return nil, err
	}
	var draw func(*plot) (*canvas, error)
	switch s.Kind {
	case Bar, Histogram:
		draw = (*plot).bars
	case Line:
		draw = (*plot).lines
	case Heat:
		draw = (*plot).heat
	case Tiles:
		draw = (*plot).tiles
	default:
		return nil, fault.Errorf(fault.Invalid, "%q is no kind of chart; there are %s", s.Kind, kindNames())
	}
	c, err := draw(p)
	if err != nil {
		return nil, err
	}
	return c.document(p), nil
}

func kindNames() string {
	var out []string
	for _, k := range Kinds() {
		out = append(out, string(k))
	}
	return strings.Join(out, ", ")
}

// tooMany refuses a chart that nobody could read.
func tooMany(what string, n, most int) error {
	return fault.Errorf(fault.Limit, "%d %s cannot be told apart, %d at most can; draw a coarser table", n, what, most)
}
