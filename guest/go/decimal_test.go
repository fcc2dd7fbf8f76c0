package yingbi

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

func TestDecimalText(t *testing.T) {
	for _, c := range []struct {
		v     int64
		scale uint8
		text  string
	}{
		{0, 0, "0"}, {0, 2, "0.00"}, {5, 2, "0.05"}, {-5, 2, "-0.05"}, {1234, 2, "12.34"}, {-1234, 0, "-1234"},
		{math.MaxInt64, 18, "9.223372036854775807"}, {-math.MaxInt64, 1, "-922337203685477580.7"},
	} {
		if got := FormatDecimal(c.v, c.scale); got != c.text {
			t.Errorf("%d scale %d: %s", c.v, c.scale, got)
		}
		if got, err := ParseDecimal(c.text, c.scale); err != nil || got != c.v {
			t.Errorf("%s: %d, %v", c.text, got, err)
		}
	}
	if got := FormatDecimal(math.MinInt64, 0); got != "-9223372036854775808" {
		t.Error(got)
	}
	if got, err := ParseDecimal("12.3", 2); err != nil || got != 1230 {
		t.Error(got, err)
	}
	for _, s := range []string{"", "-", ".", "1.", ".5", "1.234", "1e3", "+1", "1_0", " 1", "9223372036854775808"} {
		if got, err := ParseDecimal(s, 2); err == nil {
			t.Errorf("%q is %d", s, got)
		}
	}
}

func TestAddDecimal(t *testing.T) {
	for _, c := range []struct {
		a, b int64
		ok   bool
	}{{1, 2, true}, {math.MaxInt64, 0, true}, {math.MaxInt64, 1, false}, {math.MinInt64, -1, false}, {math.MinInt64, math.MaxInt64, true}, {-1, 0, true}} {
		if got, err := AddDecimal(c.a, c.b); (err == nil) != c.ok || c.ok && got != c.a+c.b {
			t.Errorf("%d + %d = %d, %v", c.a, c.b, got, err)
		}
	}
}

// TestMulDivAgainstBigNumbers compares with math/big, at the edges and at random.
func TestMulDivAgainstBigNumbers(t *testing.T) {
	edges := []int64{0, 1, -1, 2, -2, 3, 10, 1e9, math.MaxInt64, math.MinInt64, math.MaxInt64 - 1, 1 << 62, -(1 << 62)}
	var list []int64
	list = append(list, edges...)
	random := rand.New(rand.NewPCG(1, 2))
	for range 40 {
		list = append(list, int64(random.Uint64())>>random.IntN(63))
	}
	for _, a := range list {
		for _, b := range list {
			for _, c := range list {
				checkMulDiv(t, a, b, c)
			}
		}
	}
}

func checkMulDiv(t *testing.T, a, b, c int64) {
	t.Helper()
	got, err := MulDiv(a, b, c)
	if c == 0 {
		if err == nil {
			t.Fatalf("%d × %d / 0 = %d", a, b, got)
		}
		return
	}
	product := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
	quotient, remainder := new(big.Int).QuoRem(product, big.NewInt(c), new(big.Int))
	twice := remainder.Abs(remainder).Lsh(remainder, 1)
	half := twice.Cmp(new(big.Int).Abs(big.NewInt(c)))
	if half > 0 || half == 0 && quotient.Bit(0) == 1 {
		quotient.Add(quotient, big.NewInt(int64(product.Sign())*int64(big.NewInt(c).Sign())))
	}
	fits := quotient.IsInt64() && quotient.Int64() != math.MinInt64
	if fits != (err == nil) || fits && got != quotient.Int64() {
		t.Fatalf("%d × %d / %d = %d, %v; want %v", a, b, c, got, err, quotient)
	}
}
