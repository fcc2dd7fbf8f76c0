package view

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"

	"yingbi/internal/fault"
	"yingbi/masking"
)

// survey shows the masker every row of the version, where a rule looks at all of them
// before it masks one. Only the columns that such rules need are read.
func (b *builder) survey(ctx context.Context) error {
	if !b.masker.Surveys() {
		return nil
	}
	err := b.eachBatch(ctx, b.masker.SurveyReads(), func() eachBatch {
		return func(batch arrow.RecordBatch, first int64) error {
			err := b.masker.Survey(batch, first)
			b.did(batch.NumRows())
			return err
		}
	})
	if err == nil {
		err = b.masker.Settle(ctx)
	}
	if done := b.masker.Anonymised(); err == nil && done != nil {
		err = b.sealEvidence(ctx, done)
	}
	return err
}

// maxEvidence bounds what an anonymity step says of itself, in bytes.
const maxEvidence = 1 << 20

func (v *View) evidenceObject() string { return fmt.Sprintf("view-%s.anonymity.json", v.identity) }

// sealEvidence adds what the anonymity step did to the view's objects.
func (b *builder) sealEvidence(ctx context.Context, done *masking.Anonymised) error {
	w, err := b.batch.CreateCache(ctx, b.evidenceObject())
	if err != nil {
		return err
	}
	if err := json.NewEncoder(w).Encode(done); err != nil {
		return err
	}
	return w.Close()
}

// Anonymised tells what the policy's anonymity step did with the view: levels, rows
// suppressed, risk before and after. It is derived from rows and is for reviewers and
// security officers alone. A view whose policy asks for no anonymity has none, which is
// fault.NotFound.
func (v *View) Anonymised(ctx context.Context) (*masking.Anonymised, error) {
	body, err := v.home.Read(ctx, v.evidenceObject(), maxEvidence)
	if fault.KindOf(err) == fault.NotFound {
		return nil, fault.New(fault.NotFound, "the view's policy asks for no anonymity over the columns that are granted")
	}
	if err != nil {
		return nil, err
	}
	done := new(masking.Anonymised)
	return done, json.Unmarshal(body, done)
}
