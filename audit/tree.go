package audit

import (
	"yingbi/crypto"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/proof"
)

// hasher is RFC 6962 §2.1 with SM3 in place of SHA-256.
type hasher struct{}

func (hasher) EmptyRoot() []byte { d := crypto.Sum(); return d[:] }

func (hasher) HashLeaf(record []byte) []byte { d := leafHash(record); return d[:] }

func (hasher) HashChildren(l, r []byte) []byte {
	d := crypto.Sum([]byte{1}, l, r)
	return d[:]
}

func (hasher) Size() int { return len(crypto.Digest{}) }

func leafHash(record []byte) crypto.Digest { return crypto.Sum([]byte{0}, record) }

// stride is how many levels lie between two that are kept in memory: 32 bytes a
// record become 36.6, and a node between costs at most three hashes.
const stride = 3

// tree is the Merkle tree over the records so far.
type tree struct {
	edge *compact.Range    // the right border
	kept [][]crypto.Digest // kept[i][j] is the complete node j of level stride·i; nil in a tree that only follows
	keep bool
}

func newTree(keep bool) *tree {
	f := &compact.RangeFactory{Hash: hasher{}.HashChildren}
	return &tree{edge: f.NewEmptyRange(0), keep: keep}
}

func (t *tree) size() uint64 { return t.edge.End() }

// append adds a leaf. It fails only if the tree itself is damaged.
func (t *tree) append(leaf crypto.Digest) error {
	var visit compact.VisitFn
	if t.keep {
		visit = t.store
	}
	return t.edge.Append(leaf[:], visit)
}

func (t *tree) store(id compact.NodeID, hash []byte) {
	if id.Level%stride != 0 {
		return
	}
	i := id.Level / stride
	if i == uint(len(t.kept)) {
		t.kept = append(t.kept, nil)
	}
	t.kept[i] = append(t.kept[i], crypto.Digest(hash))
}

// root is the root over everything so far.
func (t *tree) root() crypto.Digest {
	if t.size() == 0 {
		return crypto.Digest(hasher{}.EmptyRoot())
	}
	root, err := t.edge.GetRootHash(nil)
	if err != nil { // only for a range that does not begin at 0
		panic("audit: " + err.Error())
	}
	return crypto.Digest(root)
}

func (t *tree) leaf(index uint64) crypto.Digest { return t.kept[0][index] }

// node gives a complete node of a tree that keeps.
func (t *tree) node(id compact.NodeID) []byte {
	if id.Level%stride == 0 {
		return t.kept[id.Level/stride][id.Index][:]
	}
	below := compact.NewNodeID(id.Level-1, id.Index*2)
	return hasher{}.HashChildren(t.node(below), t.node(below.Sibling()))
}

// inclusion proves the leaf in the tree of an earlier or the present size.
func (t *tree) inclusion(index, size uint64) ([]crypto.Digest, error) {
	n, err := proof.Inclusion(index, size)
	if err != nil {
		return nil, err
	}
	return t.collect(n)
}

// consistency proves that the tree of size to begins with that of size from.
func (t *tree) consistency(from, to uint64) ([]crypto.Digest, error) {
	n, err := proof.Consistency(from, to)
	if err != nil {
		return nil, err
	}
	return t.collect(n)
}

func (t *tree) collect(n proof.Nodes) ([]crypto.Digest, error) {
	hashes := make([][]byte, len(n.IDs))
	for i, id := range n.IDs {
		hashes[i] = t.node(id)
	}
	path, err := n.Rehash(hashes, hasher{}.HashChildren)
	if err != nil {
		return nil, err
	}
	out := make([]crypto.Digest, len(path))
	for i, h := range path {
		out[i] = crypto.Digest(h)
	}
	return out, nil
}

func slicesOf(path []crypto.Digest) [][]byte {
	out := make([][]byte, len(path))
	for i := range path {
		out[i] = path[i][:]
	}
	return out
}
