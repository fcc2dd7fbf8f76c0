package manifest

import (
	"slices"
	"strings"

	"yingbi/egress/label"
	"yingbi/internal/fault"
	"yingbi/internal/yamldoc"
)

// Chart is a picture that the domain draws of a table as it is released. No module has
// a part in it.
type Chart struct {
	Name  string
	Of    string // a table that is published, or a table that a module derives
	Draw  string // one of Drawings
	X     string // the key along the axis
	Y     string // the figure
	Group string // a second key; may be empty
	Title string // for people; may be empty

	at, ofAt fault.Place
}

// Drawings lists the forms of a chart.
func Drawings() []string { return []string{"bar", "line", "histogram", "heat", "tiles"} }

func (r *reader) chart(name string, v *yamldoc.Node, m *yamldoc.Map) error {
	c := Chart{Name: name, at: v.Place}
	for _, f := range []struct {
		key  string
		to   *string
		need bool
	}{{"of", &c.Of, true}, {"draw", &c.Draw, true}, {"x", &c.X, true}, {"y", &c.Y, true}, {"group", &c.Group, false}, {"title", &c.Title, false}} {
		if f.need {
			if _, err := m.NeedText(f.key); err != nil {
				return err
			}
		}
		text, err := m.GetText(f.key)
		if err != nil {
			return err
		}
		if err := checkText(m.Get(f.key), text, 128, false); err != nil {
			return err
		}
		*f.to = text
	}
	c.ofAt = m.Get("of").Place
	if !slices.Contains(Drawings(), c.Draw) {
		return m.Get("draw").Errorf("want one of %s, found %q", strings.Join(Drawings(), ", "), c.Draw)
	}
	if f := label.Check(c.Title); f != "" {
		return m.Get("title").Errorf("the title may not leave: %s", f)
	}
	r.m.Charts = append(r.m.Charts, c)
	return nil
}

// checkCharts holds what a chart shows against the table that it is of.
func (m *Manifest) checkCharts() error {
	for _, c := range m.Charts {
		if err := c.checkForm(); err != nil {
			return err
		}
		derived := false
		for _, out := range m.Outputs {
			derived = derived || out.Name == c.Of && len(out.Derives) > 0
			if slices.Contains(out.Derives, c.Of) {
				return fault.At(c.ofAt, "the table %q is shown to the module and not published; draw what is derived from it", c.Of)
			}
		}
		if t := m.table(c.Of); t != nil {
			if err := c.checkColumns(t); err != nil {
				return err
			}
		} else if !derived {
			return fault.At(c.ofAt, "%q is no table of this manifest, and none that a module derives", c.Of)
		}
	}
	return nil
}

func (c Chart) checkForm() error {
	switch {
	case c.Draw == "heat" && c.Group == "":
		return fault.At(c.at, "a heat map needs a second key: name it as group")
	case (c.Draw == "histogram" || c.Draw == "tiles") && c.Group != "":
		return fault.At(c.at, "a chart of the form %s has one key; leave group out", c.Draw)
	case c.X == c.Y || c.X == c.Group || c.Y == c.Group:
		return fault.At(c.at, "x, y and group are three columns, each another")
	}
	return nil
}

// checkColumns demands all keys of the table: nothing is added up over one.
func (c Chart) checkColumns(t *table) error {
	shown := []string{c.X}
	if c.Group != "" {
		shown = append(shown, c.Group)
	}
	for _, name := range shown {
		if !slices.ContainsFunc(t.keys, func(k keyName) bool { return k.name == name }) {
			return fault.At(c.at, "%q is no key of the table %q", name, t.name)
		}
	}
	for _, k := range t.keys {
		if !slices.Contains(shown, k.name) {
			return fault.At(c.at, "the table %q has the key %q too: name it as group, or draw a table without it", t.name, k.name)
		}
	}
	if !slices.ContainsFunc(t.measures, func(f measure) bool { return f.name == c.Y }) {
		return fault.At(c.at, "%q is no measure of the table %q", c.Y, t.name)
	}
	return nil
}

// canonical writes the chart as readers take it.
func (c Chart) canonical(d *object) {
	d.text("kind", "chart").text("of", c.Of).text("draw", c.Draw).text("x", c.X).text("y", c.Y).text("group", c.Group).text("title", c.Title)
}
