package manifest

import (
	"slices"
	"strings"

	"yingbi/internal/fault"
)

// checkNames refuses names that clash or that point nowhere. The engine compares
// names without regard to ASCII case, and released files may lie on a disk that
// does the same, so names that differ in case alone clash.
func (m *Manifest) checkNames() error {
	for _, check := range []func() error{m.checkInputNames, m.checkMappingNames, m.checkCohort, m.checkDeriveNames, m.checkTableNames, m.checkOutputNames} {
		if err := check(); err != nil {
			return err
		}
	}
	if err := m.checkCharts(); err != nil {
		return err
	}
	return m.checkClass()
}

type names map[string]bool

func (n names) add(name string, at fault.Place) error {
	folded := fold(name)
	if n[folded] {
		return fault.At(at, "%q is already the name of something here (capitals make no difference)", name)
	}
	n[folded] = true
	return nil
}

// fold makes equal what engines and file systems take for the same name.
func fold(s string) string { return strings.ToLower(strings.ToUpper(s)) }

// checkFileName refuses what cannot name a released file on every system.
func checkFileName(name string, at fault.Place) error {
	lower := strings.ToLower(name)
	device := slices.Contains([]string{"con", "prn", "aux", "nul"}, lower) ||
		len(lower) == 4 && (strings.HasPrefix(lower, "com") || strings.HasPrefix(lower, "lpt")) && lower[3] >= '0' && lower[3] <= '9'
	if device || len(name) > 200 {
		return fault.At(at, "%q names a file of the release: it may not be a device of Windows (con, nul, com1 …) nor longer than 200 bytes", name)
	}
	return nil
}

// system holds beginnings of names under which the engine keeps tables of its own.
var system = []string{"duckdb_", "sqlite_", "pg_", "pragma_", "information_schema"}

// engineName refuses a name of an input that the engine has a table of.
func engineName(name string, at fault.Place) error {
	for _, s := range system {
		if strings.HasPrefix(strings.ToLower(name), s) {
			return fault.At(at, "names beginning with %s belong to the engine", s)
		}
	}
	return nil
}

func (m *Manifest) checkInputNames() error {
	inputs := names{}
	for _, in := range m.Inputs {
		if err := inputs.add(in.Name, in.at); err != nil {
			return err
		}
		if err := engineName(in.Name, in.at); err != nil {
			return err
		}
		columns := names{}
		for i, c := range in.Columns {
			if err := columns.add(c, in.columns[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *Manifest) checkDeriveNames() error {
	taken := names{}
	for _, in := range slices.Concat(m.Inputs, m.mapped) {
		for _, c := range in.Columns {
			taken[fold(c)] = true
		}
	}
	for _, d := range m.derives {
		if err := taken.add(d.name, d.at); err != nil {
			return err
		}
	}
	return nil
}

func (m *Manifest) checkTableNames() error {
	tables := names{}
	for _, t := range m.tables {
		if err := tables.add(t.name, t.at); err != nil {
			return err
		}
		if err := checkFileName(t.name, t.at); err != nil {
			return err
		}
		if err := m.checkSource(t); err != nil {
			return err
		}
		columns := names{}
		for _, k := range t.keys {
			if err := columns.add(k.name, k.at); err != nil {
				return err
			}
		}
		for _, f := range t.measures {
			if err := columns.add(f.name, f.at); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkSource refuses rows that are made of what is no input, or of one twice.
func (m *Manifest) checkSource(t table) error {
	if m.input(t.from) == nil {
		return fault.At(t.fromAt, "%q is no input of this manifest", t.from)
	}
	used := names{}
	used[fold(t.from)] = true
	for _, j := range t.joins {
		if m.input(j.input) == nil {
			return fault.At(j.at, "%q is no input of this manifest", j.input)
		}
		if err := used.add(j.input, j.at); err != nil {
			return fault.At(j.at, "%q is already part of this table; an input is joined once", j.input)
		}
	}
	return nil
}

func (m *Manifest) checkOutputNames() error {
	taken := names{}
	for _, t := range m.tables {
		taken[fold(t.name)] = true
	}
	for _, out := range m.Outputs {
		if err := taken.add(out.Name, out.at); err != nil {
			return err
		}
		if err := checkFileName(out.Name, out.at); err != nil {
			return err
		}
		for _, name := range append([]string{out.Compares}, out.Derives...) {
			if name != "" && m.table(name) == nil {
				return fault.At(out.at, "%q is no table of this manifest", name)
			}
		}
		if out.Model != nil {
			if err := m.checkSource(out.Model.table); err != nil {
				return err
			}
		}
		if out.Asserted != nil {
			if err := out.Asserted.checkNames(m); err != nil {
				return err
			}
		}
	}
	for _, c := range m.Charts {
		if err := taken.add(c.Name, c.at); err != nil {
			return err
		}
		if err := checkFileName(c.Name, c.at); err != nil {
			return err
		}
	}
	return m.checkAnswers(taken)
}

// checkClass keeps one module on one side: what has seen rows derives nothing.
func (m *Manifest) checkClass() error {
	rows, finished := false, false
	for _, out := range m.Outputs {
		rows, finished = rows || len(out.Derives) == 0, finished || len(out.Derives) > 0
		if rows && finished {
			return fault.At(out.at, "one module cannot see rows (compares, model, asserted) and have its own figures published (derives); make two jobs")
		}
		if finished && m.SQL {
			return fault.At(out.at, "a module whose figures are published (derives) sees finished tables alone: set module: {sql: false}")
		}
	}
	return nil
}
