package abi

import "testing"

func BenchmarkEncode(b *testing.B) {
	for name, nulls := range map[string]bool{"full": false, "nulls": true} {
		b.Run(name, func(b *testing.B) {
			f := sample(65536, nulls)
			buf := make([]byte, 0, EncodedSize(f))
			b.SetBytes(int64(EncodedSize(f)))
			for b.Loop() {
				if _, err := Encode(buf, f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	for name, nulls := range map[string]bool{"full": false, "nulls": true} {
		b.Run(name, func(b *testing.B) {
			buf, err := Encode(nil, sample(65536, nulls))
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(buf)))
			for b.Loop() {
				if _, err := Decode(buf, roomy); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
