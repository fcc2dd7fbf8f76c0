package anonymity

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"yingbi/internal/fault"
)

// top stands for every value. An empty value, which is null, stays so below it.
const top = "*"

// Prefixes generalises a text to its first characters, by each number of keep in turn,
// which falls, and then to "*": 110105 with 4 and 2 to "1101*" and "11*". Values are
// learnt as they come.
func Prefixes(keep ...int) (*Hierarchy, error) {
	for i, n := range keep {
		if n < 1 || i > 0 && n >= keep[i-1] {
			return nil, fault.New(fault.Invalid, "prefixes keep ever fewer characters, the last at least 1")
		}
	}
	return byRule(len(keep), func(value string, i int) string {
		cut := 0
		for range keep[i] {
			_, size := utf8.DecodeRuneInString(value[cut:])
			cut += size
		}
		if cut == len(value) {
			return value
		}
		return value[:cut] + top
	}, func(value string) error { return nil })
}

// Bands generalises a whole number to a band of each width in turn, such as "[30,40)",
// and then to "*". Each width is a multiple of the one before. Values are learnt as they
// come.
func Bands(widths ...int64) (*Hierarchy, error) {
	for i, w := range widths {
		if w < 1 || w > 1<<53 || i > 0 && (w <= widths[i-1] || w%widths[i-1] != 0) {
			return nil, fault.New(fault.Invalid, "each width of a band is a multiple of the one before")
		}
	}
	return byRule(len(widths), func(value string, i int) string {
		n, _ := strconv.ParseInt(value, 10, 64) // checked below
		low := n - (n%widths[i]+widths[i])%widths[i]
		return fmt.Sprintf("[%d,%d)", low, low+widths[i])
	}, func(value string) error {
		if n, err := strconv.ParseInt(value, 10, 64); err != nil || n > 1<<53 || n < -1<<53 {
			return errors.New("it is no whole number up to 2^53")
		}
		return nil
	})
}

// Periods generalises a date such as 2006-01-02, whatever follows it, to its month, its
// year and "*". Values are learnt as they come.
func Periods() *Hierarchy {
	h, _ := byRule(2, func(value string, i int) string { return value[:7-3*i] }, func(value string) error {
		if _, err := time.Parse(time.DateOnly, value[:min(len(value), len(time.DateOnly))]); err != nil {
			return errors.New("it is no date such as 2006-01-02")
		}
		return nil
	})
	return h
}

// byRule learns values by a rule with so many levels between the value and the top.
func byRule(between int, rule func(value string, i int) string, check func(value string) error) (*Hierarchy, error) {
	if between > maxLevels-2 {
		return nil, fault.Errorf(fault.Invalid, "a hierarchy has up to %d levels", maxLevels)
	}
	return newHierarchy(between+2, func(value string) ([]string, error) {
		above := slices.Repeat([]string{""}, between)
		if value != "" {
			if err := check(value); err != nil {
				return nil, err
			}
			for i := range above {
				above[i] = rule(value, i)
			}
		}
		return append(above, top), nil
	}), nil
}
