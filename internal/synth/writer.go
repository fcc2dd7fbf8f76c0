package synth

import (
	"bufio"
	"context"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// writer writes what the workers make, in order, and adds up what they counted.
type writer struct {
	config Config
	city   *city
	truth  Truth
	tally  tally
	firms  firmTally
	spoilt []planted
}

// people writes the files whose rows follow from people side by side.
func (w *writer) people(ctx context.Context) error {
	var files [streams]*os.File
	for f, name := range streamFiles() {
		file, err := os.Create(filepath.Join(w.config.Dir, name))
		if err != nil {
			return err
		}
		defer file.Close() // a second Close after the checked one below does nothing
		files[f] = file
		if _, err := io.WriteString(file, headers()[name]+"\n"); err != nil {
			return err
		}
	}
	if err := w.rows(ctx, files); err != nil {
		return err
	}
	for _, f := range files {
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}

// rows writes chunks as they come.
func (w *writer) rows(ctx context.Context, files [streams]*os.File) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	pool := &sync.Pool{New: func() any { return &chunk{city: w.city} }}
	written := 0
	for made := range w.chunks(ctx, pool) {
		k := <-made
		if k.err != nil {
			return k.err
		}
		for f := range files {
			if _, err := files[f].Write(k.files[f]); err != nil {
				return err
			}
		}
		w.tally.add(&k.tally)
		w.spoilt = append(w.spoilt, k.spoilt...)
		pool.Put(k)
		written = min(written+chunkPeople, w.config.People)
		if w.config.Progress != nil {
			w.config.Progress(written)
		}
	}
	return ctx.Err()
}

// chunks starts the making of chunks, as many at once as there are workers, and
// gives them in the order of their people.
func (w *writer) chunks(ctx context.Context, pool *sync.Pool) <-chan chan *chunk {
	order := make(chan chan *chunk, w.config.Workers-1)
	go func() {
		defer close(order)
		for first := 0; first < w.config.People; first += chunkPeople {
			made := make(chan *chunk, 1)
			select {
			case order <- made:
			case <-ctx.Done():
				return
			}
			go func() {
				k := pool.Get().(*chunk)
				k.make(first, min(first+chunkPeople, w.config.People))
				made <- k
			}()
		}
	}()
	return order
}

// enterprises are few: there are no more than 99,999 numbers for them.
func (w *writer) enterprises(ctx context.Context) error {
	return w.file(EnterprisesFile, func(f io.Writer) error {
		io.WriteString(f, "\ufeff") // as Excel writes it; a failure comes out at the end
		out := csv.NewWriter(f)
		out.UseCRLF = true
		out.Write(strings.Split(enterprisesHeader, ","))
		row := int64(0)
		bad := spoiltOf(EnterprisesFile)
		for n := range w.city.codes {
			e := w.city.enterprise(n)
			good := w.city.enterpriseRow(&e)
			out.Write(good)
			w.addEnterprise(n, &e)
			row++
			if len(bad) > 0 && bad[0].after == n {
				row++
				cells := bad[0].row(good)
				out.Write(cells)
				w.spoilt = append(w.spoilt, planted{spoilt: bad[0], file: EnterprisesFile, row: row, cells: cells})
				bad = bad[1:]
			}
		}
		out.Flush()
		if err := out.Error(); err != nil {
			return err
		}
		return ctx.Err()
	})
}

// finish writes the small files and the truth.
func (w *writer) finish(context.Context) error {
	if err := w.tell(); err != nil {
		return err
	}
	if err := w.cases(); err != nil {
		return err
	}
	for _, f := range w.truth.Files {
		if !f.Refused {
			w.truth.Rows[f.Path], w.truth.BadRows[f.Path] = int(f.Rows), f.bad()
		}
	}
	b, err := w.truth.json()
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(w.config.Dir, TruthFile), b, 0o644)
}

// cases writes the small files.
func (w *writer) cases() error {
	sheets, bodies, err := w.fileSheets()
	if err != nil {
		return err
	}
	duplicates, err := w.duplicates()
	if err != nil {
		return err
	}
	for _, s := range append(w.valueSheets(), duplicates) {
		sheets, bodies = append(sheets, s), append(bodies, s.csv(false))
	}
	if err := os.MkdirAll(filepath.Join(w.config.Dir, "cases"), 0o755); err != nil {
		return err
	}
	for n, s := range sheets {
		if s.err != nil {
			return s.err
		}
		s.finish()
		w.truth.Files = append(w.truth.Files, s.file)
		for _, c := range s.cases {
			w.add(c)
		}
		if err := os.WriteFile(filepath.Join(w.config.Dir, filepath.FromSlash(s.file.Path)), bodies[n], 0o644); err != nil {
			return err
		}
	}
	return nil
}

// file makes one file.
func (w *writer) file(name string, rows func(io.Writer) error) error {
	f, err := os.Create(filepath.Join(w.config.Dir, name))
	if err != nil {
		return err
	}
	defer f.Close() // a second Close after the checked one below does nothing
	buffered := bufio.NewWriterSize(f, 1<<16)
	if err := rows(buffered); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	return f.Close()
}
