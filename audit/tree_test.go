package audit

import (
	"fmt"
	"testing"

	"yingbi/crypto"

	"github.com/transparency-dev/merkle/proof"
)

// mth is RFC 6962 §2.1, word for word.
func mth(leaves [][]byte) crypto.Digest {
	switch n := len(leaves); n {
	case 0:
		return crypto.Sum()
	case 1:
		return crypto.Sum([]byte{0}, leaves[0])
	default:
		k := 1
		for k*2 < n {
			k *= 2
		}
		l, r := mth(leaves[:k]), mth(leaves[k:])
		return crypto.Sum([]byte{1}, l[:], r[:])
	}
}

func TestTreeAgainstDefinition(t *testing.T) {
	const most = 70 // passes 64, so that kept levels 0, 3 and 6 are all in use
	full := newTree(true)
	var leaves [][]byte
	var roots []crypto.Digest
	for n := range most {
		roots = append(roots, mth(leaves))
		if full.root() != roots[n] {
			t.Fatalf("root of %d leaves differs", n)
		}
		leaf := fmt.Appendf(nil, "leaf %d", n)
		leaves = append(leaves, leaf)
		if err := full.append(leafHash(leaf)); err != nil {
			t.Fatal(err)
		}
	}
	for size := range uint64(most) {
		for i := range size {
			checkInclusion(t, full, leaves[i], i, size, roots[size])
			checkConsistency(t, full, i, size, roots)
		}
		checkConsistency(t, full, size, size, roots)
	}
}

func checkInclusion(t *testing.T, full *tree, leaf []byte, i, size uint64, root crypto.Digest) {
	t.Helper()
	path, err := full.inclusion(i, size)
	if err != nil {
		t.Fatal(err)
	}
	hash := leafHash(leaf)
	if err := proof.VerifyInclusion(hasher{}, i, size, hash[:], slicesOf(path), root[:]); err != nil {
		t.Fatalf("leaf %d in %d: %v", i, size, err)
	}
}

func checkConsistency(t *testing.T, full *tree, from, to uint64, roots []crypto.Digest) {
	t.Helper()
	path, err := full.consistency(from, to)
	if err != nil {
		t.Fatal(err)
	}
	r := CheckpointRequest{Size: to, Root: roots[to], OldSize: from, Consistency: path}
	if err := r.Check(roots[from]); err != nil {
		t.Fatalf("%d to %d: %v", from, to, err)
	}
	if r.Check(crypto.Sum([]byte("another"))) == nil {
		t.Fatalf("%d to %d: extends another log too", from, to)
	}
	if from < to && from > 0 {
		r.Consistency = path[:len(path)-1]
		if r.Check(roots[from]) == nil {
			t.Fatalf("%d to %d: a shorter proof was accepted", from, to)
		}
	}
}

func TestMemoryPerRecord(t *testing.T) {
	full := newTree(true)
	const n = 1 << 12
	for i := range n {
		if err := full.append(leafHash([]byte{byte(i), byte(i >> 8)})); err != nil {
			t.Fatal(err)
		}
	}
	kept := 0
	for _, level := range full.kept {
		kept += len(level)
	}
	if bytes := float64(kept*32) / n; bytes > 37 {
		t.Fatalf("%.1f bytes a record are kept, doc.go says 37", bytes)
	}
}
