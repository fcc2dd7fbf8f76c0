package page

import (
	"cmp"
	"fmt"
	"strings"

	"yingbi/egress"
)

// maxPast is how many pairs, and how many combinations, are shown.
const maxPast = 60

// pastView is how the job stands to earlier releases.
type pastView struct {
	Summary      string
	Pairs        []pairView
	Combinations []combinationView
	More         int    // pairs and combinations that are not shown
	Incomplete   string // why the search does not cover all
}

type pairView struct{ Cell, Other, Difference, So string }

type combinationView struct {
	Terms []string
	About string
}

// past gives nil where no comparison was made.
func (w words) past(h *egress.History) *pastView {
	if h == nil {
		return nil
	}
	out := &pastView{Summary: fmt.Sprintf(
		w.tr("compared with %d earlier releases of %d figures: %d pairs and %d combinations tell of few subjects", "与 %d 次以往出域、%d 个数字比对：可推出少数主体的数字对 %d 个、组合 %d 个"),
		h.Releases, h.Cells, len(h.Pairs), len(h.Combinations))}
	if h.LeftOut > 0 || h.Incomplete {
		out.Incomplete = fmt.Sprintf(w.tr("not all combinations of three figures and more were looked at: %d figures had no room", "未查遍三个及以上数字的组合：%d 个数字未纳入"), h.LeftOut)
	}
	add := func(all []egress.NearPair, so string) {
		for i, p := range all {
			if i == maxPast {
				out.More += len(all) - i
				return
			}
			view := pairView{w.cellOf(p.Cell), w.cellOf(p.Other) + w.of(p.Other), fmt.Sprintf("%d %s", p.Difference, line(p.Kind)), so}
			if p.Difference == 0 {
				view.So = w.tr("told before", "此前已公布")
			}
			out.Pairs = append(out.Pairs, view)
		}
	}
	add(h.Pairs, w.tr("withheld", "已抑制"))
	add(h.Nearest, w.tr("far enough apart", "差异足够"))
	for i, c := range h.Combinations {
		if i == maxPast {
			out.More += len(h.Combinations) - i
			break
		}
		out.Combinations = append(out.Combinations, w.combination(c))
	}
	return out
}

// combination shows a sum with its coefficients, a part a line.
func (w words) combination(c egress.Combination) combinationView {
	out := combinationView{About: fmt.Sprintf("%d %s", c.Subjects, line(c.Kind))}
	for i, t := range c.Terms {
		if i == maxPast {
			out.Terms = append(out.Terms, fmt.Sprintf(w.tr("… and %d more", "……另有 %d 项"), len(c.Terms)-i))
			break
		}
		out.Terms = append(out.Terms, strings.Replace(line(t.Times), "-", "−", 1)+" × "+w.cellOf(t.PastCell)+w.of(t.PastCell))
	}
	return out
}

func (w words) cellOf(c egress.PastCell) string {
	keys := w.tr("all", "全部")
	if len(c.Keys) > 0 {
		keys = strings.Join(c.Keys, ", ")
	}
	return line(fmt.Sprintf("%s [%s] %s", c.Table, keys, c.Figure))
}

// of says which release a figure is of.
func (w words) of(c egress.PastCell) string {
	return line(w.tr(", ", "，") + cmp.Or(c.Release, w.tr("this job", "本作业")))
}
