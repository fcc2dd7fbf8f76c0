package masking

import (
	"cmp"
	"errors"
	"math"
	"time"
	_ "time/tzdata" // an empty machine has no zone files; the rule must not depend on them

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"yingbi/internal/coltype"
)

// The rule period: a date or an instant becomes the first day of its period.

const defaultZone = "Asia/Shanghai"

const secondsPerDay = 24 * 60 * 60

// firstDay gives the first day of the period of a civil date.
type firstDay func(y int, m time.Month, d int) (int, time.Month, int)

func periodOf(name string) (firstDay, bool) {
	switch name {
	case "day":
		return func(y int, m time.Month, d int) (int, time.Month, int) { return y, m, d }, true
	case "month":
		return func(y int, m time.Month, _ int) (int, time.Month, int) { return y, m, 1 }, true
	case "quarter":
		return func(y int, m time.Month, _ int) (int, time.Month, int) { return y, (m-1)/3*3 + 1, 1 }, true
	case "year":
		return func(y int, _ time.Month, _ int) (int, time.Month, int) { return y, time.January, 1 }, true
	}
	return nil, false
}

func checkPeriod(r *rule) error {
	if _, ok := periodOf(r.text("to")); !ok {
		return r.errorAt("to", "want day, month, quarter or year, found %q", r.text("to"))
	}
	if !r.has("zone") {
		return nil
	}
	if _, err := loadZone(r.text("zone")); err != nil {
		return r.errorAt("zone", "%q is no time zone; write a name such as %s or UTC", r.text("zone"), defaultZone)
	}
	return nil
}

// loadZone refuses the host's own zone: the same policy must give the same dates
// everywhere.
func loadZone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, errors.New("no zone")
	}
	return time.LoadLocation(name)
}

func compilePeriod(r *rule, in Column, _ scope) (transform, coltype.Type, error) {
	date := coltype.Type{Kind: coltype.Date}
	first, _ := periodOf(r.text("to"))
	switch {
	case in.Type.Kind == coltype.Timestamp:
		zone, err := loadZone(cmp.Or(r.text("zone"), in.Zone, defaultZone))
		if err != nil {
			return nil, date, r.errorAt("zone", "the time zone of column %s is not known", in.Name)
		}
		return periodOfTimestamp(first, zone), date, nil
	case in.Type.Kind != coltype.Date:
		return nil, date, r.misfit(in, "a date or a timestamp")
	case r.has("zone"):
		return nil, date, r.errorAt("zone", "a date has no zone; leave it out for column %s", in.Name)
	case r.text("to") == "day":
		return nil, date, r.errorAt("to", "column %s is a date already; write keep if it may stay", in.Name)
	default:
		return periodOfDate(first), date, nil
	}
}

func periodOfTimestamp(first firstDay, zone *time.Location) transform {
	return func(a arrow.Array) (arrow.Array, error) {
		values := a.(*array.Timestamp)
		return toDate(values.Len(), func(i int) (int32, bool) {
			days, ok := startOf(time.UnixMicro(int64(values.Value(i))).In(zone), first)
			return days, ok && values.IsValid(i)
		}), nil
	}
}

func periodOfDate(first firstDay) transform {
	return func(a arrow.Array) (arrow.Array, error) {
		values := a.(*array.Date32)
		return toDate(values.Len(), func(i int) (int32, bool) {
			days, ok := startOf(time.Unix(int64(values.Value(i))*secondsPerDay, 0).UTC(), first)
			return days, ok && values.IsValid(i)
		}), nil
	}
}

// startOf gives the period's first day in days since 1970-01-01; false where it
// lies before the first date that 32 bits hold.
func startOf(t time.Time, first firstDay) (int32, bool) {
	y, m, d := first(t.Date())
	days := time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay
	return int32(days), days >= math.MinInt32
}
