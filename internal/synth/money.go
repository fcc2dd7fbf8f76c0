package synth

import (
	"fmt"
	"strconv"
	"strings"
)

// Money is an amount in fen. As text it is yuan with two decimals: "486920.37".
type Money int64

func (m Money) String() string { return string(m.append(nil)) }

func (m Money) append(b []byte) []byte {
	return appendPadded(append(strconv.AppendInt(b, int64(m/100), 10), '.'), int(m%100), 2)
}

// MarshalText writes what String gives.
func (m Money) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads an amount that is not negative, with exactly two decimals.
func (m *Money) UnmarshalText(b []byte) error {
	yuan, fen, ok := strings.Cut(string(b), ".")
	n, err := strconv.ParseUint(yuan+fen, 10, 63)
	if !ok || err != nil || len(fen) != 2 || Money(n).String() != string(b) {
		return fmt.Errorf("synth: %q is not an amount such as 12.30", b)
	}
	*m = Money(n)
	return nil
}
