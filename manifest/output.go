package manifest

import (
	"yingbi/internal/yamldoc"
)

// outputs reads what leaves besides the declared tables.
func (r *reader) outputs(top *yamldoc.Map) error {
	return each(top.Get("outputs"), maxOutputs, func(name string, v *yamldoc.Node) error {
		m, err := v.Map()
		if err != nil {
			return err
		}
		kind, err := m.NeedText("kind")
		if err != nil {
			return err
		}
		switch kind {
		case "table":
			err = r.tableOutput(name, v, m)
		case "chart":
			err = r.chart(name, v, m)
		case "model":
			err = r.model(name, v, m)
		case "answer":
			err = r.answer(name, v, m)
		case "asserted":
			err = r.asserted(name, v, m)
		default:
			return m.Get("kind").Errorf("want table, chart, model, answer or asserted, found %q", kind)
		}
		if err != nil {
			return err
		}
		return m.Done()
	})
}

func (r *reader) tableOutput(name string, v *yamldoc.Node, m *yamldoc.Map) (err error) {
	out := Output{Name: name, at: v.Place}
	if out.Derives, _, err = list(m.Get("derives"), maxTables); err != nil {
		return err
	}
	if out.Compares, err = m.GetText("compares"); err != nil {
		return err
	}
	if out.Columns, _, err = list(m.Get("columns"), maxColumns); err != nil {
		return err
	}
	if (len(out.Derives) == 0) == (out.Compares == "") {
		return v.Errorf("want either derives: [tables] (the module is shown finished tables) or compares: table (it is shown rows, and its figures are only compared)")
	}
	r.m.Outputs = append(r.m.Outputs, out)
	return nil
}
