package catalog

import (
	"slices"
	"strings"

	_ "time/tzdata" // a zone is known here whatever the host has installed

	"yingbi/internal/coltype"
	"yingbi/internal/yamldoc"
)

// ParseDescription reads a description; file names it in errors, which are
// fault.Invalid and point to the line and the field.
func ParseDescription(file string, b []byte) (*Dataset, error) {
	doc, err := yamldoc.Parse(file, b)
	if err != nil {
		return nil, err
	}
	m, err := doc.Map()
	if err != nil {
		return nil, err
	}
	d := new(Dataset)
	r := &reader{m: m}
	d.ID = r.slug("id")
	d.Title = r.line("title")
	d.Summary = r.prose("summary")
	d.Provider = r.line("provider")
	d.CollectedBy = r.lineOr("collected_by", d.Provider)
	d.ApprovedBy = r.lineOr("approved_by", d.Provider)
	d.Level = r.level("level")
	d.Lowered = r.lowered("lowered")
	d.Tags = r.tags("tags")
	d.Openness = oneOf(r, "openness", opennesses)
	d.UpdateFrequency = oneOf(r, "update", frequencies)
	d.Scope = r.prose("scope")
	d.Conditions = r.prose("conditions")
	if r.err == nil && d.Openness == Conditional && d.Conditions == "" {
		r.fail(m.Get("openness"), "conditional openness needs \"conditions\" that say under which")
	}
	d.Declaration = r.declaration()
	d.File = r.file()
	d.Columns = r.columns(d)
	d.Subjects = r.subjects(d)
	d.RawUse = r.rawUse("raw_use", d)
	if err := r.done(); err != nil {
		return nil, err
	}
	return d, nil
}

// sub reads a mapping by its own reader and takes over its error.
func (r *reader) sub(n *yamldoc.Node, read func(*reader)) {
	if r.err != nil {
		return
	}
	var m *yamldoc.Map
	if m, r.err = n.Map(); r.err != nil {
		return
	}
	inner := &reader{m: m}
	read(inner)
	r.err = inner.done()
}

func (r *reader) declaration() (d Declaration) {
	n := r.need("declaration")
	r.sub(n, func(r *reader) {
		d.StateSecrets = r.none("state_secrets")
		d.StateSecurity = r.none("state_security")
		d.PublicInterest = r.none("public_interest")
		d.Restricted = r.none("restricted")
		d.By, d.Date = r.line("by"), r.day("date")
	})
	return d
}

// none reads the one answer with which data may be registered.
func (r *reader) none(key string) string {
	s := r.line(key)
	if s != "none" {
		r.fail(r.m.Get(key), "%q: such data is never registered; only \"none\" can be declared", s)
	}
	return s
}

// file reads how uploads are written. A key that has no meaning for the format
// that is given is unknown.
func (r *reader) file() (f File) {
	if r.err != nil || r.m.Get("file") == nil {
		return f
	}
	r.sub(r.m.Get("file"), func(r *reader) {
		f.Format = r.choice("format", "csv", "tsv", "xlsx", "parquet")
		if f.Format == "" || f.Format == "csv" || f.Format == "tsv" {
			f.Compression = r.choice("compression", "none", "gzip", "zstd")
			f.Encoding = r.choice("encoding", "utf-8", "gbk", "gb18030", "utf-16", "utf-16le", "utf-16be")
		}
		if f.Format == "" || f.Format == "csv" {
			if f.Delimiter = r.textOr("delimiter", ""); r.m.Get("delimiter") != nil {
				r.check("delimiter", f.Delimiter, checkDelimiter)
			}
		}
		if f.Format == "" || f.Format == "xlsx" {
			f.Sheet = r.lineOr("sheet", "")
		}
	})
	return f
}

func (r *reader) columns(d *Dataset) []Column {
	items := r.list("columns", MaxColumns)
	if r.err == nil && len(items) == 0 {
		r.fail(r.m.Get("columns"), "at least one column is needed")
	}
	columns := make([]Column, 0, len(items))
	names, sources := map[string]string{}, map[string]string{}
	for _, item := range items {
		r.sub(item, func(r *reader) {
			c := r.column(d.File)
			r.explained(c, d)
			r.once(item, names, strings.ToLower(c.Name), c.Name, "two columns are named %q (upper and lower case are the same)")
			r.once(item, sources, c.Source, c.Name, "column %q reads the same source as another one")
			columns = append(columns, c)
		})
	}
	r.room(columns)
	return columns
}

// room counts a column with a sample as two: a description has as many brackets as
// are read, also as JSON.
func (r *reader) room(columns []Column) {
	n := len(columns)
	for _, c := range columns {
		if c.Sample != nil {
			n++
		}
	}
	if r.err == nil && n > MaxColumns {
		r.fail(r.m.Get("columns"), "%d columns, where one with a sample counts as two; at most %d are read", n, MaxColumns)
	}
}

// once refuses a key that was seen before.
func (r *reader) once(at *yamldoc.Node, seen map[string]string, key, name, format string) {
	if _, ok := seen[key]; ok {
		r.fail(at, format, name)
	}
	seen[key] = name
}

func (r *reader) column(f File) (c Column) {
	c.Name = r.columnName("name")
	c.Title = r.lineOr("title", "")
	c.Type = r.columnType("type")
	c.Source = r.textOr("source", c.Name)
	r.check("source", c.Source, checkCell)
	c.Required = r.flag("required")
	c.Nulls = r.nulls("nulls", f)
	c.Zone = r.textOr("zone", "")
	switch {
	case c.Type.Kind != coltype.Timestamp:
		if c.Zone != "" {
			r.fail(r.m.Get("zone"), "only a timestamp has a zone, and %q is %s", c.Name, c.Type)
		}
	case c.Zone == "":
		c.Zone = DefaultZone
	default:
		r.check("zone", c.Zone, checkZone)
	}
	c.Level = r.levelOr("level", 0)
	c.Category = r.category("category")
	c.Identifier = r.identifier("identifier")
	c.Sample = r.sample("sample", c)
	return c
}

// nulls reads the spellings of null. By default an empty cell is null; Parquet has
// nulls of its own, which a description of it must say.
func (r *reader) nulls(key string, f File) []string {
	if r.err != nil || r.m.Get(key) == nil {
		if f.Format == "parquet" {
			return []string{}
		}
		return []string{""}
	}
	return r.texts(key, maxNulls, checkCell)
}

// subjects reads whom the rows are about. The key must be there, so that nobody
// forgets it; a data set about nobody says so by an empty list.
func (r *reader) subjects(d *Dataset) []Subject {
	items := r.list("subjects", MaxSubjects)
	subjects := make([]Subject, 0, len(items))
	for _, item := range items {
		r.sub(item, func(r *reader) {
			s := Subject{Kind: r.kind("kind"), Column: r.textOr("column", ""), EachRow: r.flag("each_row")}
			if s.EachRow == (s.Column != "") {
				r.fail(item, "give either the \"column\" that identifies the %s, or each_row: true where every row is one", s.Kind)
			}
			r.subjectColumn(s, d)
			if slices.ContainsFunc(subjects, func(t Subject) bool { return t.Kind == s.Kind }) {
				r.fail(item, "kind %q is given twice; a row has one subject of a kind (call the second role by another kind)", s.Kind)
			}
			subjects = append(subjects, s)
		})
	}
	return subjects
}

func (r *reader) subjectColumn(s Subject, d *Dataset) {
	if r.err != nil || s.EachRow {
		return
	}
	c, ok := d.Column(s.Column)
	if !ok {
		r.fail(r.m.Get("column"), "%q is not a column of this data set", s.Column)
	} else if c.Type.Kind != coltype.Text && c.Type.Kind != coltype.Integer {
		r.fail(r.m.Get("column"), "%q is %s; what identifies a subject is text or integer", s.Column, c.Type)
	} else if c.Sample != nil && (c.Sample.Values != nil || c.Sample.Min+c.Sample.Max+c.Sample.SameAs != "" || c.Sample.Missing != nil) {
		r.fail(r.m.Get("column"), "%q identifies subjects, for whom samples have numbers of their own; its sample can only say whether it is unique", s.Column)
	}
}
