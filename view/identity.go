package view

import (
	"encoding/binary"
	"slices"

	"yingbi/crypto"
	"yingbi/masking"
)

// codeVersion names how rows are put in order and cut into parts; it changes when
// they would stand otherwise.
const codeVersion = "yingbi/view/3"

// identify gives SM3 over the fields, each behind its length (4 bytes, little
// endian), so that no two requests write the same bytes.
func identify(req Request, columns []masking.Column) crypto.Digest {
	policy := req.Policy.Digest()
	var b []byte
	add := func(fields ...string) {
		for _, f := range fields {
			b = binary.LittleEndian.AppendUint32(b, uint32(len(f)))
			b = append(b, f...)
		}
	}
	number := func(n int) { b = binary.LittleEndian.AppendUint64(b, uint64(n)) }

	add(codeVersion, masking.CodeVersion, req.Dataset.ID, req.Version.Digest, policy.String(), req.Scenario)
	add(string(crypto.Derive(req.Secret, nil, "view identity", 16)))
	number(req.Version.Number)
	grant := slices.Clone(req.Grant)
	slices.Sort(grant)
	number(len(grant))
	add(grant...)
	number(len(columns))
	for _, c := range columns {
		add(c.Name, c.Type.String(), c.Subject, c.Zone)
	}
	subjects := kinds(req.Dataset)
	number(len(subjects))
	add(subjects...)
	return crypto.Sum(b)
}
