//go:build linux && cgo

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"yingbi/catalog"
	"yingbi/examples/city"
	"yingbi/masking"
)

// wide are the columns of claims with a card for each person and the days of a stay,
// but for the claim's own number.
var wide = []string{"person", "card", "district", "hospital", "icd_chapter", "visit_date", "cost", "days"}

// widePolicy makes pseudonyms of two columns, each with a value for every person.
const widePolicy = `id: wide
name: 宽表
version: 1
dataset: claims
columns:
  person: pseudonym
  card: pseudonym
  district: keep
  hospital: keep
  icd_chapter: keep
  visit_date: {rule: period, to: month}
  cost: {rule: clamp, top: 200_000}
  days: keep
`

// newWideLab makes a lab with so many rows of them imported.
func (b *bench) newWideLab(ctx context.Context, rows int64) (*lab, error) {
	from, err := b.claims(ctx, rows)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(b.dir, "wide.csv")
	if err := widen(path, from); err != nil {
		return nil, err
	}
	l, err := b.fillLab(ctx, readWide, path, rows)
	return l, errors.Join(err, os.Remove(path))
}

// readWide takes the description of claims with two columns more, and the policy.
func readWide(l *lab) error {
	description, err := city.File("datasets/claims.yaml", time.Now())
	if err != nil {
		return err
	}
	more := "  - {name: card, title: 卡号, type: text}\n  - {name: days, title: 住院天数, type: integer}\n"
	if l.dataset, err = catalog.ParseDescription("claims", append(bytes.TrimSpace(description), "\n"+more...)); err != nil {
		return err
	}
	l.grant = wide
	l.policy, err = masking.ParsePolicy("wide", []byte(widePolicy))
	return err
}

// widen adds to each line a card, which follows from the person, and days.
func widen(path, from string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	w := bufio.NewWriterSize(out, 1<<20)
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		line := lines.Bytes()
		person := bytes.SplitN(line, []byte(","), 3)[1]
		if bytes.Equal(person, []byte("person")) {
			fmt.Fprintf(w, "%s,card,days\n", line)
		} else {
			fmt.Fprintf(w, "%s,K%s,%d\n", line, person[6:], line[len(line)-1]%30)
		}
	}
	return errors.Join(lines.Err(), w.Flush())
}
