package subject

import (
	"cmp"
	"context"
	"math"

	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/internal/idnum"
	"yingbi/vault"
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

// Lookup finds a subject in the registry of a compartment by an identifier, and assigns
// nothing. Both numbers of one resident, of 18 characters and of 15 digits, are one
// account, and the first of them that is known gives the ordinal. It reads every tag once
// and keeps none, so that it needs no memory to speak of, and takes as long for whoever is
// not known.
func Lookup(ctx context.Context, c *vault.Compartment, id []byte) (f Found, err error) {
	key, err := c.Derive(keyLabel, 32)
	if err != nil {
		return f, err
	}
	defer clear(key)
	tags, err := tagsOf(newHasher(key), id)
	if err != nil {
		return f, err
	}
	account, err := c.Derive(accountLabel, 32)
	if err != nil {
		return f, err
	}
	defer clear(account)
	var known [len(tags)]int64
	ordinal := int64(0)
	err = scan(ctx, c, func(t *Tag) {
		ordinal++
		for i := range tags {
			if *t == tags[i] {
				known[i] = ordinal
			}
		}
	})
	if err != nil {
		return f, err
	}
	f = Found{cmp.Or(known[0], known[1], Nobody), crypto.HMAC(account, tags[0][:])}
	return f, nil
}

// tagsOf gives the tags of an identifier's two forms, which mostly are one; the first is
// the one to count by.
func tagsOf(h *hasher, id []byte) (tags [2]Tag, err error) {
	normal, ok := idnum.AppendNormal(nil, id)
	defer clear(normal)
	if !ok {
		return tags, fault.New(fault.Invalid, "this is no identifier: nothing is left of it without spaces and separators, or it is longer than 256 bytes")
	}
	forms := [len(tags)][]byte{normal, normal}
	if modern, old, ok := idnum.ResidentForms(string(normal)); ok {
		forms = [len(tags)][]byte{[]byte(modern), []byte(old)}
	}
	for i, form := range forms {
		tags[i] = h.fresh(form)
	}
	clear(h.message[:cap(h.message)])
	return tags, nil
}
