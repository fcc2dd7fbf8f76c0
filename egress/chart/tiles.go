package chart

import (
	"math"
	"slices"
	"strings"

	"yingbi/internal/fault"
)

// tile is a region's place in the grid.
type tile struct {
	at       int // index of the figure
	code     string
	name     string // of a province
	col, row int
}

const tileHeight = 44.0

// tiles draws a tile for each region.
func (p *plot) tiles() (*canvas, error) {
	all, err := p.place()
	if err != nil {
		return nil, err
	}
	c := &canvas{}
	s := p.shading()
	top := c.head(p, s.entries(c))
	c.text(margin, top+10, "start", 12, fit(p.y+" · "+p.x, 12, pageWidth-2*margin))
	w, cols, rows := 72.0, 0, 0
	for _, t := range all {
		w = max(w, wide(p.cells[0][t.at].text, 11)+8, wide(t.name, 11)+8)
		cols, rows = max(cols, t.col+1), max(rows, t.row+1)
	}
	w = min(w, (pageWidth-2*margin)/float64(cols))
	for _, t := range all {
		v := p.cells[0][t.at]
		x, y := margin+float64(t.col)*w, top+20+float64(t.row)*(tileHeight+2)
		c.field(s, v, x, y, w-2, tileHeight)
		if v.state == suppressed { // a ground for the letters on the hatching
			c.rect(x+w/2-1-wide(t.label(), 11)/2-3, y+5, wide(t.label(), 11)+6, 16, "#ffffff", "")
		}
		c.text(x+w/2-1, y+17, "middle", 11, t.label())
		if v.state == known {
			c.text(x+w/2-1, y+34, "middle", 11, fit(v.text, 11, w-4))
		}
	}
	c.height = c.note(top+22+float64(rows)*(tileHeight+2), "tiles in the order of region codes or, for provinces, of a rough grid; no borders, no areas · 按区划代码或省级示意位置排列，不表示边界与面积") + margin
	return c, nil
}

func (t tile) label() string {
	if t.name != "" {
		return t.name
	}
	return t.code
}

// place gives every region its tile: provinces at theirs, others in rows, one for each
// prefecture where there are several.
func (p *plot) place() ([]tile, error) {
	if len(p.xs) > maxTiles {
		return nil, tooMany("regions", len(p.xs), maxTiles)
	}
	var all []tile
	provincial := true
	for i, code := range p.xs {
		if !regionCode(code) {
			return nil, fault.New(fault.Invalid, "a tile map needs region codes of 2, 4 or 6 digits (GB/T 2260); use a bar chart")
		}
		all = append(all, tile{at: i, code: code})
		_, ok := provinces[code[:2]]
		provincial = provincial && ok && strings.Trim(code[2:], "0") == ""
	}
	if provincial {
		for i := range all {
			province := provinces[all[i].code[:2]]
			all[i].name, all[i].col, all[i].row = province.name, province.col, province.row
		}
		return all, nil
	}
	slices.SortFunc(all, func(a, b tile) int { return strings.Compare(a.code, b.code) })
	line(all)
	return all, nil
}

// line sets the tiles in rows; another prefecture begins another row, unless most rows
// would hold a single tile.
func line(all []tile) {
	prefectures := map[string]int{}
	for _, t := range all {
		prefectures[t.code[:min(4, len(t.code))]]++
	}
	apart := len(prefectures) > 1 && len(prefectures)*2 <= len(all)
	most := min(10, int(math.Ceil(math.Sqrt(2*float64(len(all)))))) // a field twice as broad as high
	if apart {
		most = 10
	}
	col, row := 0, 0
	for i := range all {
		if i > 0 && (col == most || apart && !strings.HasPrefix(all[i].code, all[i-1].code[:min(4, len(all[i-1].code))])) {
			col, row = 0, row+1
		}
		all[i].col, all[i].row = col, row
		col++
	}
}

// regionCode accepts codes of province, prefecture or county.
func regionCode(s string) bool {
	if len(s) != 2 && len(s) != 4 && len(s) != 6 || s[0] < '1' || s[0] > '8' {
		return false
	}
	return strings.Trim(s, "0123456789") == ""
}

type province struct {
	name     string
	col, row int
}

// provinces by the first two digits of their codes (GB/T 2260-2007), at places that
// keep who is beside, above or below whom as far as a grid can.
var provinces = map[string]province{
	"23": {"黑龙江", 8, 0},
	"15": {"内蒙古", 5, 1}, "11": {"北京", 6, 1}, "22": {"吉林", 8, 1},
	"65": {"新疆", 0, 2}, "62": {"甘肃", 2, 2}, "64": {"宁夏", 3, 2}, "14": {"山西", 5, 2}, "13": {"河北", 6, 2}, "12": {"天津", 7, 2}, "21": {"辽宁", 8, 2},
	"63": {"青海", 1, 3}, "61": {"陕西", 4, 3}, "41": {"河南", 5, 3}, "37": {"山东", 6, 3},
	"54": {"西藏", 0, 4}, "51": {"四川", 2, 4}, "50": {"重庆", 3, 4}, "42": {"湖北", 5, 4}, "34": {"安徽", 6, 4}, "32": {"江苏", 7, 4}, "31": {"上海", 8, 4},
	"53": {"云南", 2, 5}, "52": {"贵州", 3, 5}, "43": {"湖南", 5, 5}, "36": {"江西", 6, 5}, "33": {"浙江", 7, 5},
	"45": {"广西", 4, 6}, "44": {"广东", 5, 6}, "35": {"福建", 6, 6}, "71": {"台湾", 8, 6},
	"46": {"海南", 4, 7}, "82": {"澳门", 5, 7}, "81": {"香港", 6, 7},
}
