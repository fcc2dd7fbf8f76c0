package differencing

import "github.com/RoaringBitmap/roaring/v2"

// Cell is one published sum: whose contributions it adds. An element is a subject, or
// a subject with the digest of what it contributed, by a number of the caller's.
// Members is not changed and must not change.
type Cell struct {
	ID      string
	Members *roaring.Bitmap
	Spread  *Spread  // of Members; counted where it is nil
	Values  []uint64 // for Splits: what each member contributes, in their order, from 1 to Prime−1
}

// Pair are two cells by their places in what Near was given, and by how many elements
// they differ.
type Pair struct {
	A, B       int
	Difference int
}
