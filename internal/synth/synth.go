package synth

import (
	"bufio"
	"context"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"

	"yingbi/internal/fault"
)

const (
	defaultPeople = 20_000
	minPeople     = 200 // whatever is planted hangs on the first people
	maxPeople     = slots * monthDays * 10
)

// The names of the files under Config.Dir.
const (
	PopulationFile  = "population.csv"
	ClaimsFile      = "claims.csv"
	EnterprisesFile = "enterprises.csv"
	TruthFile       = "truth.json"
)

// Config says which city to make.
type Config struct {
	People int    // 200 to 1,680,000; 0 means 20,000
	Seed   uint64 // another seed is another city; 0 is a seed like any other
	Dir    string // made if it does not exist; files in it are replaced
}

func (c Config) validate() (Config, error) {
	if c.People == 0 {
		c.People = defaultPeople
	}
	if c.People < minPeople || c.People > maxPeople {
		return c, fault.Errorf(fault.Invalid, "a synthetic city has %d to %d people, not %d", minPeople, maxPeople, c.People)
	}
	if c.Dir == "" {
		return c, fault.New(fault.Invalid, "a synthetic city needs a folder to be written to")
	}
	return c, nil
}

// Write makes the city's files and tells what is in them. After an error the
// folder may hold a part of it.
func Write(ctx context.Context, config Config) (Truth, error) {
	config, err := config.validate()
	if err != nil {
		return Truth{}, err
	}
	if err := os.MkdirAll(config.Dir, 0o755); err != nil {
		return Truth{}, err
	}
	c, err := newCity(config.Seed, config.People)
	if err != nil {
		return Truth{}, err
	}
	w := &writer{ctx: ctx, dir: config.Dir, city: c, truth: newTruth(config)}
	for _, step := range []func() error{w.people, w.enterprises, w.finish} {
		if err := step(); err != nil {
			return Truth{}, err
		}
	}
	return w.truth, nil
}

// writer makes the rows in order and counts them on the way.
type writer struct {
	ctx   context.Context // of the one call of Write
	dir   string
	city  *city
	truth Truth
}

// people writes population and claims side by side, as claims follow from people.
func (w *writer) people() error {
	return w.file(PopulationFile, "", func(population *csv.Writer) error {
		return w.file(ClaimsFile, "", func(claims *csv.Writer) error {
			population.Write(populationHeader)
			claims.Write(claimsHeader)
			for i := range w.city.people {
				if err := w.ctx.Err(); err != nil {
					return err
				}
				if err := w.person(i, population, claims); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func (w *writer) person(i int, population, claims *csv.Writer) error {
	p, err := w.city.person(i)
	if err != nil {
		return err
	}
	visits := w.city.claims(i, p)
	population.Write(p.row())
	for _, v := range visits {
		claims.Write(v.row(p))
	}
	w.truth.addPerson(p, visits)
	if plan, ok := w.city.planted(i); ok {
		w.truth.addPlanted(plan, p, visits[:plan.rows])
	}
	w.spoil(PopulationFile, population, badPeople(i, p))
	w.spoil(ClaimsFile, claims, badClaims(i, p))
	return nil
}

func (w *writer) enterprises() error {
	return w.file(EnterprisesFile, "\ufeff", func(out *csv.Writer) error {
		out.UseCRLF = true
		out.Write(enterprisesHeader)
		for i, e := range w.city.firms {
			out.Write(e.row())
			w.truth.addEnterprise(i, e)
			w.spoil(EnterprisesFile, out, badEnterprises(i, e))
		}
		return w.ctx.Err()
	})
}

// spoil writes the rows that ingest must quarantine.
func (w *writer) spoil(name string, out *csv.Writer, rows [][]string) {
	for _, row := range rows {
		out.Write(row)
		w.truth.BadRows[name]++
	}
}

func (w *writer) finish() error {
	b, err := w.truth.json()
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(w.dir, TruthFile), b, 0o644)
}

// file makes one CSV file; csv.Writer keeps its first error for the end.
func (w *writer) file(name, start string, rows func(*csv.Writer) error) error {
	f, err := os.Create(filepath.Join(w.dir, name))
	if err != nil {
		return err
	}
	defer f.Close() // a second Close after the checked one below does nothing
	buffered := bufio.NewWriterSize(f, 1<<16)
	io.WriteString(buffered, start)
	out := csv.NewWriter(buffered)
	if err := rows(out); err != nil {
		return err
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	return f.Close()
}
