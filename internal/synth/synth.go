package synth

import (
	"context"
	"os"
	"runtime"

	"yingbi/internal/fault"
)

const (
	minPeople = 200 // whatever is planted hangs on the first people
	maxPeople = 60_000_000
)

// The names of the files under Config.Dir. What is planted in files of its own is in
// its folder cases.
const (
	PopulationFile  = "population.csv"
	ClaimsFile      = "claims.csv"
	EnterprisesFile = "enterprises.csv"
	ElectricityFile = "electricity.csv"
	TruthFile       = "truth.json"
)

// Config says which city to make.
type Config struct {
	People   int              // 200 to 60,000,000
	Seed     uint64           // another seed is another city; 0 is a seed like any other
	Dir      string           // made if it does not exist; files in it are replaced
	Workers  int              // 0 means one for each processor; the files are the same for any number
	Progress func(people int) // how many are written; may be nil
}

func (c Config) validate() (Config, error) {
	if c.People < minPeople || c.People > maxPeople {
		return c, fault.Errorf(fault.Invalid, "a synthetic city has %d to %d people, not %d", minPeople, maxPeople, c.People)
	}
	if c.Dir == "" {
		return c, fault.New(fault.Invalid, "a synthetic city needs a folder to be written to")
	}
	if c.Workers <= 0 {
		c.Workers = runtime.GOMAXPROCS(0)
	}
	return c, nil
}

// Write makes the city's files and tells what is in them. Memory does not grow with
// the city. After an error the folder may hold a part of it.
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
	w := &writer{
		config: config, city: c,
		truth: Truth{People: config.People, Seed: config.Seed, Rows: map[string]int{}, BadRows: map[string]int{}},
	}
	for _, step := range []func(context.Context) error{w.people, w.enterprises, w.finish} {
		if err := step(ctx); err != nil {
			return Truth{}, err
		}
	}
	return w.truth, nil
}
