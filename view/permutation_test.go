package view

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"yingbi/crypto"
)

func permutationOf(t testing.TB, salt []byte) *permutation {
	t.Helper()
	p, err := newPermutation(salt)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// images gives the image of each number.
func (p *permutation) images(numbers []int64) []uint32 {
	keys, out := make([]uint64, len(numbers)), make([]uint32, len(numbers))
	p.keys(keys, numbers)
	for i, k := range keys {
		out[i] = uint32(k >> 32)
	}
	return out
}

func numbers(first, n int64) []int64 {
	out := make([]int64, n)
	for i := range out {
		out[i] = first + int64(i)
	}
	return out
}

// The order is the one that is written down, value by value.
func TestPermutationAsWritten(t *testing.T) {
	key, err := crypto.KeyFromBytes(crypto.Derive(secretA, nil, "view subject order", 16))
	if err != nil {
		t.Fatal(err)
	}
	random, err := crypto.NewPRF(key)
	if err != nil {
		t.Fatal(err)
	}
	all := []int64{0, 1, 2, 65_536, math.MaxUint32}
	var want []uint32
	for _, n := range all {
		left, right := uint32(n>>16), uint32(n&0xffff)
		for round := range uint64(10) {
			entry := round<<16 + uint64(right)
			value := make([]uint64, 1)
			random.Fill(value, entry/4)
			left, right = right, left^uint32(value[0]>>(entry%4*16)&0xffff)
		}
		want = append(want, left<<16|right)
	}
	if got := permutationOf(t, secretA).images(all); !slices.Equal(got, want) {
		t.Errorf("%d, want %d", got, want)
	}
}

// No two numbers have one image, and the image tells the number.
func TestPermutationInverts(t *testing.T) {
	p := permutationOf(t, secretA)
	r := rand.New(rand.NewPCG(1, 2))
	all := slices.Concat(numbers(0, 10_000), numbers(math.MaxUint32-999, 1000), numbers(1<<16-5, 10))
	for range 10_000 {
		all = append(all, int64(r.Uint32()))
	}
	for i, image := range p.images(all) {
		if back := p.invert(image); int64(back) != all[i] {
			t.Fatalf("%d has the image %d, which is that of %d", all[i], image, back)
		}
	}
}

// The place tells the subject, however many buckets there are, and rows go to the
// places in the order of the images.
func TestSubjectOfPlace(t *testing.T) {
	p := permutationOf(t, secretA)
	all := slices.Concat(numbers(1, 3000), numbers(math.MaxUint32-99, 100))
	images, keys := p.images(all), make([]uint64, len(all))
	p.keys(keys, all)
	for _, buckets := range []int64{1, 2, 3, 47, 1024, 8260} {
		places := make([]place, len(all))
		for i, key := range keys {
			places[i] = placeOf(key, buckets)
			if got := p.subject(places[i], buckets); int64(got) != all[i] {
				t.Fatalf("of %d buckets: the place of %d is that of %d", buckets, all[i], got)
			}
		}
		for i := range places[1:] {
			a, b := places[i], places[i+1]
			byPlace := cmp.Or(cmp.Compare(a.bucket, b.bucket), cmp.Compare(a.rest, b.rest))
			if byPlace != cmp.Compare(images[i], images[i+1]) {
				t.Fatalf("of %d buckets: %v and %v", buckets, a, b)
			}
		}
	}
}

// Neighbours in the registry, or under another salt, are none in the order: of n
// numbers half of all pairs that stand beside each other rise, within five standard
// deviations.
func TestPermutationHidesOrder(t *testing.T) {
	const n = 60_000
	a, b := permutationOf(t, secretA).images(numbers(1, n)), permutationOf(t, secretB).images(numbers(1, n))
	byB := numbers(0, n)
	slices.SortFunc(byB, func(i, j int64) int { return cmp.Compare(b[i], b[j]) })
	other := make([]uint32, n)
	for i, at := range byB {
		other[i] = a[at]
	}
	for name, images := range map[string][]uint32{"ordinals": a, "another salt": other} {
		rising := 0
		for i := range images[1:] {
			if images[i] < images[i+1] {
				rising++
			}
		}
		if math.Abs(float64(rising)-n/2) > 5*math.Sqrt(n/12) {
			t.Errorf("%s: %d of %d neighbours rise", name, rising, n)
		}
	}
	// Buckets are filled evenly although ordinals are the lowest numbers only.
	var rows [16]float64
	for _, image := range a {
		rows[image>>28]++
	}
	for _, m := range rows {
		if math.Abs(m-n/16) > 5*math.Sqrt(n/16) {
			t.Errorf("sixteenths of %v numbers", rows)
		}
	}
}
