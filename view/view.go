package view

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"yingbi/catalog"
	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/masking"
	"yingbi/table"
	"yingbi/vault"
)

// Request says which view of what. Every field is needed.
type Request struct {
	Compartment *vault.Compartment // of the data set; stays open while the View is used
	Dataset     *catalog.Dataset
	Version     catalog.Version
	Policy      *masking.Policy
	Scenario    string   // its id
	Secret      []byte   // the scenario's, of at least masking.MinSecret bytes
	Grant       []string // the columns that the scenario was granted, all of them
}

// View is a masked view, sealed in its data set's compartment.
type View struct {
	identity crypto.Digest
	home     *vault.Compartment
	columns  []masking.Column
	kinds    []string
	rows     int64
	reused   bool
}

// Open finds the view that the request describes, or builds and seals it. A
// granted column that the policy drops is a Conflict; stored rows that are not
// those of the version are an Integrity fault.
func Open(ctx context.Context, req Request) (*View, error) {
	masker, err := compile(req)
	if err != nil {
		return nil, err
	}
	if err := checkVersion(ctx, req); err != nil {
		return nil, err
	}
	v := &View{
		identity: identify(req, masker.Columns()), home: req.Compartment,
		columns: masker.Columns(), kinds: kinds(req.Dataset), rows: req.Version.Rows, reused: true,
	}
	if _, err := v.home.Stat(v.object()); err == nil {
		return v, nil
	}
	v.reused = false
	return v, v.build(ctx, req, masker)
}

// maxVersion bounds the sealed description of a version, in bytes.
const maxVersion = 16 << 20

// checkVersion makes sure that the version is the one that was sealed with its
// parts: the metadata database, which says so, is not believed.
func checkVersion(ctx context.Context, req Request) error {
	v := req.Version
	var sealed catalog.Version
	body, err := req.Compartment.Read(ctx, v.VersionObject(), maxVersion)
	if err == nil {
		err = json.Unmarshal(body, &sealed)
	}
	if err != nil {
		return err
	}
	same := sealed.Digest == v.Digest && sealed.Rows == v.Rows && catalog.RowsDigest(v.Parts) == v.Digest
	for _, p := range v.Parts {
		info, err := req.Compartment.Stat(p.Object())
		same = same && err == nil && info.Commitment.String() == p.Digest
	}
	if !same {
		return fault.Errorf(fault.Integrity, "the stored rows of data set %s, version %d, are not those that were registered", req.Dataset.ID, v.Number)
	}
	return nil
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
	return masker.Only(req.Grant)
}

// Columns gives the columns of a data set as masking compiles a policy for them.
func Columns(d *catalog.Dataset) []masking.Column {
	out := make([]masking.Column, len(d.Columns))
	for i, c := range d.Columns {
		out[i] = masking.Column{Name: c.Name, Type: c.Type, Zone: c.Zone}
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
// the column catalog.SubjectColumn(kind) of WriteTo.
func (v *View) Subjects() []string { return slices.Clone(v.kinds) }

// Rows gives how many rows the view has: all rows of the version.
func (v *View) Rows() int64 { return v.rows }

// Reused reports whether Open found the view sealed already.
func (v *View) Reused() bool { return v.reused }

func (v *View) object() string { return "view-" + v.identity.String() + ".parquet" }

// WriteTo writes the whole view as Parquet, ordinals too, for a query cell.
func (v *View) WriteTo(ctx context.Context, w io.Writer) error {
	object, err := v.home.Open(ctx, v.object())
	if err != nil {
		return err
	}
	defer object.Close()
	_, err = io.Copy(w, object.Reader())
	return err
}

// Project writes the named masked columns as Parquet, without ordinals, for a
// guest. The rows stand in the same order as in WriteTo.
func (v *View) Project(ctx context.Context, w io.Writer, columns []string) error {
	for _, name := range columns {
		if strings.HasPrefix(name, catalog.ReservedPrefix) ||
			!slices.ContainsFunc(v.columns, func(c masking.Column) bool { return c.Name == name }) {
			return fault.Errorf(fault.Denied, "column %q is not in the view", name)
		}
	}
	object, err := v.home.Open(ctx, v.object())
	if err != nil {
		return err
	}
	defer object.Close()
	in, err := table.NewReader(table.Source{ReaderAt: object, Size: object.Size()}, columns)
	if err != nil {
		return err
	}
	out, err := table.NewWriter(w, in.Schema())
	if err != nil {
		return err
	}
	err = each(ctx, in, func(batch arrow.RecordBatch) error { return out.Write(batch) })
	if err != nil {
		return err
	}
	return out.Close()
}

// each reads all batches. Batches are not released: what f keeps stays valid.
func each(ctx context.Context, in *table.Reader, f func(arrow.RecordBatch) error) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		batch, err := in.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := f(batch); err != nil {
			return err
		}
	}
}
