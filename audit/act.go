package audit

import (
	"context"
	"errors"
	"time"

	"yingbi/internal/fault"
)

// Act records r as an intent, does it, and records how it ended: OK, or the kind
// of do's error. Without a durable intent do is not called. The outcome is
// recorded even when ctx has ended; if it cannot be, that is Act's error, and
// what do produced must not be used.
func (l *Log) Act(ctx context.Context, r Record, do func(intent uint64) error) error {
	r.Phase, r.Ref, r.Result = Intent, nil, ""
	intent, err := l.Append(ctx, r)
	if err != nil {
		return err
	}
	err = do(intent)
	r.Phase, r.Ref, r.Result = Outcome, &intent, OK
	r.Time, r.Details = time.Time{}, nil
	if err != nil {
		r.Result = fault.KindOf(err).String()
	}
	_, lost := l.Append(context.WithoutCancel(ctx), r)
	return errors.Join(err, lost)
}
