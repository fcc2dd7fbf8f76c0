package audit

import (
	"context"
	"errors"
	"time"

	"yingbi/internal/fault"
)

// UndecidedError is an act's answer when nobody knows whether it was done, such as
// a commit during which the disk failed.
type UndecidedError struct{ Cause error }

func (e *UndecidedError) Error() string {
	return e.Cause.Error() + ": whether it was done is not known before the next start"
}

// Unwrap gives the cause.
func (e *UndecidedError) Unwrap() error { return e.Cause }

// Act records r as an intent, does it, and records how it ended: OK, or the kind
// of do's error. Without a durable intent do is not called. The outcome is
// recorded even when ctx has ended; if it cannot be, that is Act's error, and
// what do produced must not be used. After an *[UndecidedError] no outcome is
// recorded and the log refuses all further appends: who opens it the next time
// sees the open intent and finds out.
func (l *Log) Act(ctx context.Context, r Record, do func(intent uint64) error) error {
	r.Phase, r.Ref, r.Result = Intent, nil, ""
	intent, err := l.Append(ctx, r)
	if err != nil {
		return err
	}
	err = do(intent)
	var open *UndecidedError
	if errors.As(err, &open) {
		l.fail("waiting for an act of unknown outcome", open)
		return err
	}
	r.Phase, r.Ref, r.Result = Outcome, &intent, OK
	r.Time, r.Details = time.Time{}, nil
	if err != nil {
		r.Result = fault.KindOf(err).String()
	}
	_, lost := l.Append(context.WithoutCancel(ctx), r)
	return errors.Join(err, lost)
}
