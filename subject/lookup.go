package subject

import (
	"math"

	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/internal/idnum"
)

const accountLabel = "subject-registry/account/v1"

// Nobody is an ordinal that no subject ever has.
const Nobody = math.MaxUint32

// Found is what Lookup says of an identifier.
type Found struct {
	Ordinal int64 // Nobody where the identifier is not known
	// Account stands for the subject, known or not, where what is asked about it is
	// counted: a keyed digest of its tag, from which neither tag nor ordinal follow.
	Account crypto.Digest
}

// Lookup finds a subject by an identifier and assigns nothing. Both numbers of one
// resident, of 18 characters and of 15 digits, are one account, and the first of them
// that is known gives the ordinal. Whoever is not known takes as long as others.
func (r *Registry) Lookup(id []byte) (f Found, err error) {
	tags, err := r.formsOf(id)
	if err != nil {
		return f, err
	}
	key, err := r.compartment.Derive(accountLabel, 32)
	if err != nil {
		return f, err
	}
	f = Found{Nobody, crypto.HMAC(key, tags[0][:])}
	clear(key)
	r.mu.RLock()
	defer r.mu.RUnlock()
	for i := len(tags) - 1; i >= 0; i-- {
		if ordinal := r.tags.find(&tags[i]); ordinal != 0 {
			f.Ordinal = int64(ordinal)
		}
	}
	return f, nil
}

// formsOf gives the tags of an identifier's two forms, which mostly are one; the first
// is the one to count by.
func (r *Registry) formsOf(id []byte) (tags [2]Tag, err error) {
	normal, ok := idnum.AppendNormal(nil, id)
	defer clear(normal)
	if !ok {
		return tags, fault.New(fault.Invalid, "this is no identifier: nothing is left of it without spaces and separators, or it is longer than 256 bytes")
	}
	forms := [2][]byte{normal, normal}
	if modern, old, ok := idnum.ResidentForms(string(normal)); ok {
		forms = [2][]byte{[]byte(modern), []byte(old)}
	}
	r.Tags(tags[:], func(i int) []byte { return forms[i] })
	return tags, nil
}
