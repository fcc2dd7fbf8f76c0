package view

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"

	"yingbi/catalog"
	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/masking"
	"yingbi/table"
	"yingbi/vault"
)

// Request says which view of what. Every field but Requires and Progress is needed.
type Request struct {
	Compartment *vault.Compartment // of the data set; stays open while the View is used
	Dataset     *catalog.Dataset
	Version     catalog.Version
	Policy      *masking.Policy
	Scenario    string   // its id
	Secret      []byte   // the scenario's, of at least masking.MinSecret bytes
	Grant       []string // the columns that the scenario was granted, all of them

	// Requires is the anonymity that the scenario asks for; zero asks for none.
	Requires masking.Requirement

	// Progress is told, from several goroutines, how many rows of a view that is being
	// built were masked or put in their place: in the end twice the rows of the version,
	// and three times where a rule looks at all rows before it masks one.
	Progress func(done int64)
}

// View is a masked view, sealed in its data set's compartment.
type View struct {
	identity crypto.Digest
	home     *vault.Compartment
	columns  []masking.Column
	kinds    []string
	shape    shape
	reused   bool
}

// Open finds the view that the request describes, or builds and seals it. A
// granted column that the policy drops is a Conflict, as are a policy that gives less
// anonymity than the scenario requires, a version that cannot meet it, and identifiers
// of persons that are still readable after masking; stored rows that are not those of
// the version are an Integrity fault.
func Open(ctx context.Context, req Request) (*View, error) {
	return openWith(ctx, req, standard())
}

func openWith(ctx context.Context, req Request, l limits) (*View, error) {
	masker, err := compile(req)
	if err != nil {
		return nil, err
	}
	defer masker.Close()
	stored, err := checkVersion(ctx, req)
	if err != nil {
		return nil, err
	}
	v := &View{
		identity: identify(req, masker.Columns()), home: req.Compartment,
		columns: masker.Columns(), kinds: kinds(req.Dataset), shape: shapeOf(req.Version.Rows, stored, l.bucket),
	}
	if v.reused = v.exists(); v.reused {
		return v, nil
	}
	return v, v.build(ctx, req, masker, l)
}

// maxVersion bounds the sealed description of a version, in bytes.
const maxVersion = 16 << 20

// checkVersion makes sure that the version is the one that was sealed with its
// parts: the metadata database, which says so, is not believed. It gives the bytes of
// the parts.
func checkVersion(ctx context.Context, req Request) (stored int64, err error) {
	v := req.Version
	var sealed catalog.Version
	body, err := req.Compartment.Read(ctx, v.VersionObject(), maxVersion)
	if err == nil {
		err = json.Unmarshal(body, &sealed)
	}
	if err != nil {
		return 0, err
	}
	same := sealed.Digest == v.Digest && sealed.Rows == v.Rows && catalog.RowsDigest(v.Parts) == v.Digest
	rows := int64(0)
	for _, p := range v.Parts {
		info, err := req.Compartment.Stat(p.Object())
		same = same && err == nil && info.Commitment.String() == p.Digest
		stored += info.Size
		rows += p.Rows
	}
	if rows > maxRows {
		return 0, fault.Errorf(fault.Limit, "a view holds at most %d rows; version %d of %s has %d", int64(maxRows), v.Number, req.Dataset.ID, rows)
	}
	if !same || rows != v.Rows {
		return 0, fault.Errorf(fault.Integrity, "the stored rows of data set %s, version %d, are not those that were registered", req.Dataset.ID, v.Number)
	}
	return stored, nil
}

// compile fits the policy to the data set and narrows it to the grant.
func compile(req Request) (*masking.Masker, error) {
	if req.Policy.Dataset != req.Dataset.ID || req.Version.Dataset != req.Dataset.ID {
		return nil, fault.Errorf(fault.Invalid, "policy %s masks data set %s, and the version is of %s; data set %s was asked for",
			req.Policy.ID, req.Policy.Dataset, req.Version.Dataset, req.Dataset.ID)
	}
	if len(req.Grant) == 0 {
		return nil, fault.Errorf(fault.Invalid, "the scenario grants no column of data set %s", req.Dataset.ID)
	}
	for i, name := range req.Grant {
		if _, ok := req.Dataset.Column(name); !ok {
			return nil, fault.Errorf(fault.NotFound, "data set %s has no column %q, which the scenario grants", req.Dataset.ID, name)
		}
		if slices.Contains(req.Grant[:i], name) {
			return nil, fault.Errorf(fault.Invalid, "column %q of data set %s is granted twice", name, req.Dataset.ID)
		}
	}
	masker, err := req.Policy.Compile(Columns(req.Dataset), req.Secret)
	if err != nil {
		return nil, err
	}
	if masker, err = Granted(masker, req.Dataset, req.Scenario, req.Grant); err != nil {
		return nil, err
	}
	return masker, masker.Meets(req.Requires)
}

// Granted narrows the masker to what is granted to a scenario, and refuses a column
// that stays readable without the provider's consent for this very scenario.
func Granted(masker *masking.Masker, d *catalog.Dataset, scenario string, grant []string) (*masking.Masker, error) {
	only, err := masker.Only(grant)
	if err != nil {
		return nil, err
	}
	for _, c := range only.Columns() {
		if c.Raw && !d.Consents(scenario, c.Name) {
			return nil, fault.Errorf(fault.Denied, "column %s of data set %s would stay readable, and %s has not consented to it for scenario %s (raw_use in the description); change the policy, or grant other columns",
				c.Name, d.ID, d.Provider, scenario)
		}
	}
	return only, nil
}

// Columns gives the columns of a data set as masking compiles a policy for them: those
// that any scenario may have unmasked are marked; see Granted.
func Columns(d *catalog.Dataset) []masking.Column {
	out := make([]masking.Column, len(d.Columns))
	for i, c := range d.Columns {
		out[i] = masking.Column{Name: c.Name, Type: c.Type, Zone: c.Zone, Identifier: c.Identifier, Raw: d.Consents("", c.Name)}
		for _, s := range d.Subjects {
			if s.Column == c.Name && out[i].Subject == "" {
				out[i].Subject = s.Kind
			}
		}
	}
	return out
}

func kinds(d *catalog.Dataset) []string {
	out := make([]string, len(d.Subjects))
	for i, s := range d.Subjects {
		out[i] = s.Kind
	}
	return out
}

// Identity is the digest of all that the view depends on. It tells nothing of
// the secret.
func (v *View) Identity() crypto.Digest { return v.identity }

// Columns gives the masked columns, in the order of the data set.
func (v *View) Columns() []masking.Column { return slices.Clone(v.columns) }

// Subjects gives the kinds of subjects of each row; the ordinals of a kind are
// the column catalog.SubjectColumn(kind) of Query.
func (v *View) Subjects() []string { return slices.Clone(v.kinds) }

// Rows gives how many rows the view has: all rows of the version.
func (v *View) Rows() int64 { return v.shape.rows }

// Reused reports whether Open found the view sealed already.
func (v *View) Reused() bool { return v.reused }

// object names a part of the view, counted from 0.
func (v *View) object(part int64) string {
	return fmt.Sprintf("view-%s.%05d.parquet", v.identity, part+1)
}

// exists reports whether the view is sealed. All its parts are of one commit.
func (v *View) exists() bool {
	for i := range v.shape.parts() {
		if _, err := v.home.Stat(v.object(i)); err != nil {
			return false
		}
	}
	return true
}

// Query writes the named columns of the view as one Parquet file, for a query cell.
// They may be masked columns and ordinals; nil is all of them.
func (v *View) Query(ctx context.Context, w io.Writer, columns []string) error {
	all := names(v.schema())
	if columns == nil {
		columns = all
	}
	if err := v.allow(columns, all); err != nil {
		return err
	}
	return v.project(ctx, w, columns)
}

// Project writes the named masked columns as one Parquet file, without ordinals, for
// a guest. The rows stand in the same order as in Query.
func (v *View) Project(ctx context.Context, w io.Writer, columns []string) error {
	if err := v.allow(columns, names(v.schema())[:len(v.columns)]); err != nil {
		return err
	}
	return v.project(ctx, w, columns)
}

func (v *View) allow(columns, allowed []string) error {
	for _, name := range columns {
		if !slices.Contains(allowed, name) {
			return fault.Errorf(fault.Denied, "column %q is not in the view", name)
		}
	}
	return nil
}

// project copies the columns of all parts into one file. Only their bytes are
// decrypted, and none are decoded.
func (v *View) project(ctx context.Context, w io.Writer, columns []string) error {
	var parts []table.Source
	for i := range v.shape.parts() {
		object, err := v.home.Open(ctx, v.object(i))
		if err != nil {
			return err
		}
		defer object.Close()
		parts = append(parts, table.Source{ReaderAt: object, Size: object.Size()})
	}
	untilDone := writer(func(p []byte) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		return w.Write(p)
	})
	return table.Project(untilDone, parts, columns)
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

func names(schema *arrow.Schema) []string {
	out := make([]string, schema.NumFields())
	for i, f := range schema.Fields() {
		out[i] = f.Name
	}
	return out
}
