// Package clock gives the time to those who need it, so that tests and guests can fix it.
//
// It imports nothing and holds no state. A Clock is passed in as a field; no
// package of this module calls time.Now for anything that is stored or signed.
package clock

import "time"

// Clock tells the present instant. The zero value is nil and must not be called.
type Clock func() time.Time

// System is the clock of the host, in UTC and to the microsecond, which is the
// finest that the metadata database and a Parquet timestamp keep.
func System() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Fixed is a clock that stands still at t.
func Fixed(t time.Time) Clock { return func() time.Time { return t } }
