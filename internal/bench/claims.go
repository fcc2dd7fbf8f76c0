//go:build linux && cgo

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"yingbi/internal/idnum"
)

// The values of the columns that repeat.
var (
	districts = []string{"530402", "530403", "530423", "530424", "530425", "530426", "530427", "530428", "530481"}
	chapters  = []string{"I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII", "XVIII", "XIX", "XX", "XXI"}
	hospitals = []string{"青鸾医院", "白鹿医院", "云杉中医院", "石榴妇幼保健院", "抚仙第一人民医院", "杞麓卫生院", "星云社区卫生服务中心", "哀牢山中心卫生院"}
)

// perPerson is how many claims a person has, on average.
const perPerson = 6

// claims gives a CSV file of claims as examples/city describes them, made once:
// exactly so many good rows, of people in no order, as bills arrive.
func (b *bench) claims(ctx context.Context, rows int64) (path string, err error) {
	if path, ok := b.files[rows]; ok {
		return path, nil
	}
	path = filepath.Join(b.dir, fmt.Sprintf("claims-%d.csv", rows))
	b.say("making %s", counted(rows, "claims"))
	f, err := os.Create(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriterSize(f, 1<<20)
	if err := writeClaims(ctx, w, rows, rows/perPerson); err != nil {
		return "", err
	}
	b.files[rows] = path
	return path, w.Flush()
}

func writeClaims(ctx context.Context, w *bufio.Writer, rows, people int64) error {
	ids := make([][18]byte, 0, people)
	for id, err := range residentIDs(people) {
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	r := rand.New(rand.NewPCG(2024, uint64(rows)))
	days := daysOf2024()
	w.WriteString("claim,person,district,hospital,icd_chapter,visit_date,cost\n")
	var line []byte
	for i := range rows {
		if i%100_000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		chapter := chapters[min(r.IntN(len(chapters)), r.IntN(len(chapters)+6))] // some are rarer
		fen := 500 + int64(r.ExpFloat64()*60_000)
		line = strconv.AppendInt(append(line[:0], 'C'), 2024_000_000_000+i, 10)
		line = append(append(line, ','), ids[r.Int64N(people)][:]...)
		line = append(append(line, ','), districts[r.IntN(len(districts))]...)
		line = append(append(line, ','), hospitals[r.IntN(len(hospitals))]...)
		line = append(append(line, ','), chapter...)
		line = append(append(line, ','), days[r.IntN(len(days))]...)
		line = strconv.AppendInt(append(line, ','), fen/100, 10)
		line = append(line, '.', byte('0'+fen/10%10), byte('0'+fen%10), '\n')
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	return nil
}

// residentIDs gives different synthetic numbers that pass every check.
func residentIDs(people int64) iter.Seq2[[18]byte, error] {
	const sequences, days = 1000, 30_000
	first := time.Date(1930, 1, 1, 0, 0, 0, 0, time.UTC)
	return func(yield func([18]byte, error) bool) {
		for i := range int(people) {
			day := first.AddDate(0, 0, i/sequences%days)
			region := districts[i/sequences/days%len(districts)]
			id, err := idnum.SyntheticResidentID(region, day.Year(), int(day.Month()), day.Day(), i%sequences)
			if !yield([18]byte([]byte(id+"                  ")), err) || err != nil {
				return
			}
		}
	}
}

func daysOf2024() []string {
	var out []string
	for d := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() == 2024; d = d.AddDate(0, 0, 1) {
		out = append(out, d.Format(time.DateOnly))
	}
	return out
}
